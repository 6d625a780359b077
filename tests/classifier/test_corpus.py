"""The corpus reads well, repeats itself little, and a bad line is named."""

from pathlib import Path

import pytest

from classifier import corpus
from classifier.errors import CorpusError
from tests.classifier.near import near_duplicates


def test_fewer_than_two_in_a_hundred_messages_are_near_duplicates() -> None:
    texts = [message.text for message in corpus.read()]
    pairs = near_duplicates(texts)
    doubled = {later for _, later in pairs}
    assert len(doubled) < 0.02 * len(texts), [(texts[a][:70], texts[b][:70]) for a, b in pairs[:5]]


def test_near_duplicates_are_found() -> None:
    texts = [
        "lampu jalan mati di depan masjid",
        "air PDAM keruh",
        "lampu jalan mati di depan masjid!",
        "sampah menumpuk",
    ]
    assert near_duplicates(texts) == [(0, 2)]


def test_a_line_becomes_a_message() -> None:
    message = corpus.parse_line("P|!|v03|tolong | ada api\\ndi ruko", "kebakaran")
    assert (message.text, message.kind, message.urgent, message.voice) == (
        "tolong | ada api\ndi ruko",
        "pengaduan",
        True,
        "v03",
    )
    two = corpus.parse_line("P|-|v03|pju-mati+drainase|lampu mati, got mampet", corpus.TWO)
    assert two.topics == ("pju-mati", "drainase")


@pytest.mark.parametrize("line", ["P|-|v01", "X|-|v01|teks", "P|?|v01|teks", "P|-|v01|  ", "tanpa garis"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "ktp.txt").write_text(f"P|-|v01|ktp hilang\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"ktp\.txt, line 2"):
        corpus.read(tmp_path)


def test_an_unknown_topic_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no message"):
        corpus.read(tmp_path)
    (tmp_path / "tidak-ada.txt").write_text("P|-|v01|teks\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="unknown topic"):
        corpus.read(tmp_path)
