"""What staff taught and what a city's history holds become examples; bad rows are named and skipped."""

import json
from pathlib import Path

import pytest

from classifier import examples, history
from classifier.errors import CorpusError

CSV = """Tanggal Laporan;Isi Laporan;Instansi Terdisposisi
2025-01-02;Lampu jalan mati;Dinas Perhubungan
2025-01-01;"Jalan rusak; parah";DPUPR
2025-01-03;;DPUPR
2025-01-04;Got mampet;Dinas Entah
2025-01-05;Kurang kolom
2025-01-06;KTP hilang;Dinas Kependudukan dan Pencatatan Sipil Kota Depok
2025-01-07;Jalan gang;Kelurahan Beji
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_history_goes_in_row_by_row(encoding: str) -> None:
    good, bad = history.read(CSV.encode(encoding))
    assert [(row.agency, row.when) for row in good] == [
        ("dpupr", "2025-01-01"),
        ("dishub", "2025-01-02"),
        ("disdukcapil", "2025-01-06"),
        ("kelurahan", "2025-01-07"),
    ]
    assert [(fault.line, fault.reason.split(" '")[0]) for fault in bad] == [
        (4, "no text"),
        (5, "unknown office"),
        (6, "too few columns"),
    ]


def test_columns_may_be_named() -> None:
    good, _ = history.read(b"apa,siapa\nlampu mati,dishub\n", {"text": "apa", "agency": "siapa"})
    assert [row.agency for row in good] == ["dishub"]
    with pytest.raises(CorpusError, match="no column"):
        history.read(b"apa,siapa\nx,y\n", {"text": "isi", "agency": "siapa"})


@pytest.mark.parametrize("raw", [b"", b"\n", b"a,b\n1,2\n", b"\x00\x01\x02", b"text\nhanya teks\n"])
def test_a_file_without_text_and_office_is_refused(raw: bytes) -> None:
    with pytest.raises(CorpusError):
        history.read(raw)


def test_examples_are_read_oldest_first_and_faults_are_named(tmp_path: Path) -> None:
    lines = [
        json.dumps({"text": "lampu mati", "agency": "dishub", "when": "2026-02-01"}),
        json.dumps({"text": "got mampet", "topic": "drainase", "when": "2026-01-01"}),
        "{",
        json.dumps({"text": "", "agency": "dishub"}),
        json.dumps({"text": "x", "agency": "dinas-entah"}),
        json.dumps({"text": "x", "topic": "topik-entah"}),
        "",
    ]
    good, bad = examples.read(lines)
    assert [(row.agency, row.topic) for row in good] == [("dpupr", "drainase"), ("dishub", "")]
    assert [fault.line for fault in bad] == [3, 4, 5, 6]
    examples.write(tmp_path / "examples.jsonl", good)
    assert examples.read((tmp_path / "examples.jsonl").read_text().splitlines()) == (good, [])
