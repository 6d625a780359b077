"""Days are read out of what an officer types; the rest is looked for."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.staff.asking import wanted_of
from bot.staff.search import asked

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "words", "since", "until"),
    [
        ("lampu sukmajaya 1-10 nov", "lampu sukmajaya", "2026-11-01", "2026-11-11"),
        ("lampu 10 November", "lampu", "2026-11-10", "2026-11-11"),
        ("28 des - 3 jan sampah", "sampah", "2025-12-28", "2026-01-04"),
        ("1 sampai 5 desember", "", "2025-12-01", "2025-12-06"),
        ("banjir 3 mei 2024", "banjir", "2024-05-03", "2024-05-04"),
        ("hari ini", "", "2026-11-24", "2026-11-25"),
        ("kemarin beji", "beji", "2026-11-23", "2026-11-24"),
        ("30 hari", "", "2026-10-25", "2026-11-25"),
        ("gang 12 rt 05", "gang 12 rt 05", None, None),
        ("31 nov", "31 nov", None, None),
        ("", "", None, None),
    ],
)
def test_days_are_taken_out_of_the_words(said: str, words: str, since: str | None, until: str | None) -> None:
    wanted = wanted_of(said, "dishub", NOW, JAKARTA)
    assert (" ".join(wanted.words.split()), wanted.agency_id) == (words, "dishub")
    read = [moment.isoformat()[:10] if moment else None for moment in (wanted.since, wanted.until)]
    assert read == [since, until]


def test_a_question_fits_into_a_button_whatever_it_is() -> None:
    for said in ("lampu:jalan;" * 20, "é" * 100, "", "a b  c", "x" * 49):
        assert len(f"c:{asked(said)}:1000".encode()) <= 64
        assert ":" not in asked(said)
