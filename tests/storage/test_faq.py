"""Answers the city writes, and how often people asked."""

from datetime import UTC, date, datetime

import pytest

from storage import faq
from storage.engine import Database
from storage.faq import Asked, BadAnswer

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ASKED = ["jam buka taman", " taman tutup jam berapa ", "jam buka taman", ""]


async def test_an_answer_is_written_changed_ended_and_written_again(database: Database) -> None:
    async with database.transaction() as session:
        put = {"questions": ASKED, "channel": "DLHK", "by": None, "now": NOW, "day": TODAY}
        entry = await faq.put(session, "taman", answer=" Pukul 6. ", **put)
        assert (entry.questions, entry.answer) == (["jam buka taman", "taman tutup jam berapa"], "Pukul 6.")
        await faq.put(session, "taman", answer="Pukul 7.", topics=["taman-kota"], **put)
        await faq.end(session, "ktp-baru", by=None, now=NOW, day=TODAY)
        rows = {row.id: row for row in await faq.changed(session)}
        assert (rows["taman"].answer, rows["taman"].topics, rows["taman"].ended_at) == (
            "Pukul 7.",
            ["taman-kota"],
            None,
        )
        assert rows["ktp-baru"].ended_at == NOW
        await faq.put(session, "ktp-baru", answer="Gratis.", **put)
        again = await faq.find(session, "ktp-baru")
        assert again is not None
        assert again.ended_at is None
        for questions, answer, code in ((["satu"], "A", "faq_too_few"), (ASKED, "x" * 701, "faq_too_long")):
            with pytest.raises(BadAnswer) as refused:
                await faq.put(session, "x", answer=answer, **put | {"questions": questions})
            assert refused.value.code == code


async def test_what_people_asked_is_counted_by_day(database: Database) -> None:
    async with database.transaction() as session:
        for entry, outcome, day in (
            ("ktp-baru", faq.SHOWN, TODAY),
            ("ktp-baru", faq.SHOWN, TODAY),
            ("ktp-baru", faq.SOLVED, TODAY),
            ("pbb-bayar", faq.SHOWN, TODAY),
            ("pbb-bayar", faq.FORWARDED, date(2026, 11, 25)),
            ("makam", faq.SHOWN, date(2026, 11, 30)),
        ):
            await faq.count(session, entry, outcome, day)
        assert await faq.asked(session, TODAY, date(2026, 11, 30)) == [
            Asked("ktp-baru", 2, 1, 0),
            Asked("pbb-bayar", 1, 0, 1),
        ]
