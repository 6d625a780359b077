"""A city's own past complaints from a CSV file, as examples to learn from.

Column names are guessed from what exports of SP4N-LAPOR and spreadsheets call them, or given. Offices are recognised
by id, full name or short name. A bad row is named and skipped; the rest goes in.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from functools import cache

from classifier.errors import CorpusError
from classifier.examples import Example, Fault
from classifier.tables import agencies, topics

NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "text",
        "teks",
        "isi",
        "isi laporan",
        "isi aduan",
        "laporan",
        "aduan",
        "pesan",
        "keluhan",
        "uraian",
        "judul",
    ),
    "agency": (
        "agency",
        "instansi",
        "instansi terdisposisi",
        "opd",
        "dinas",
        "unit",
        "unit kerja",
        "disposisi",
        "tujuan",
    ),
    "topic": ("topic", "topik"),
    "when": ("when", "tanggal", "tanggal laporan", "waktu", "created_at", "tgl"),
}
"""What each field may be called, lower case; the first that occurs is taken."""

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_FILLER = re.compile(r"\b(?:kota|kabupaten|pemerintah|depok|provinsi|jawa barat)\b")


def decode(raw: bytes) -> str:
    """Text of a file saved by Excel or by anything else."""
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", errors="replace")


def read(raw: bytes, columns: Mapping[str, str] | None = None) -> tuple[list[Example], list[Fault]]:
    """Examples of a CSV file and the rows that were skipped.

    `columns`: field ("text", "agency", "topic", "when") -> column name, where the guess would be wrong.
    Raises: CorpusError when there is no header with a text and an office in it.
    """
    content = decode(raw)
    first = content.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    header = next(_safe(rows), None)
    at = _columns([cell.strip().lower() for cell in header or []], columns or {})
    good, bad = [], []
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            bad.append(Fault(rows.line_num, str(error)))
            continue
        if any(cell.strip() for cell in row):
            try:
                good.append(_example(row, at))
            except ValueError as error:
                bad.append(Fault(rows.line_num, str(error)))
    return sorted(good, key=lambda example: example.when), bad


def _safe(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise CorpusError(f"This is no CSV file: {error}.") from error


def _columns(header: list[str], given: Mapping[str, str]) -> dict[str, int]:
    at: dict[str, int] = {}
    for name, guesses in NAMES.items():
        wanted = [given[name].strip().lower()] if name in given else [guess for guess in guesses if guess in header]
        if wanted and wanted[0] in header:
            at[name] = header.index(wanted[0])
        elif name in given:
            raise CorpusError(f"There is no column {given[name]!r}; there are: {', '.join(header)}.")
    if "text" not in at or not {"agency", "topic"} & set(at):
        raise CorpusError(
            f"No column with the text, or none with the office: {', '.join(header) or 'the file is empty'}."
        )
    return at


def _example(row: list[str], at: Mapping[str, int]) -> Example:
    if len(row) <= max(at.values()):
        raise ValueError("too few columns")
    said = {name: row[column].strip() for name, column in at.items()}
    if not said["text"]:
        raise ValueError("no text")
    topic = said.get("topic", "")
    if topic and topic not in topics():
        raise ValueError(f"unknown topic {topic!r}")
    agency = topics()[topic].agency if topic else office(said["agency"])
    if agency is None:
        raise ValueError(f"unknown office {said['agency']!r}")
    return Example(said["text"], agency, topic, who="history", when=said.get("when", ""))


@cache
def _offices() -> dict[str, str]:
    return {_plain(name): key for key, row in agencies().items() for name in (key, row.name, row.short)}


def _plain(name: str) -> str:
    return _NOT_WORD.sub(" ", _FILLER.sub(" ", _NOT_WORD.sub(" ", name.lower()))).strip()


def office(name: str) -> str | None:
    """The id of the office that a person would write as `name`; None when it is not known."""
    plain = _plain(name)
    if plain in _offices():
        return _offices()[plain]
    return next(
        (
            "kelurahan" if word == "kelurahan" else "kecamatan"
            for word in plain.split()
            if word in ("kelurahan", "kecamatan")
        ),
        None,
    )
