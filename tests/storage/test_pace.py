"""How fast a person may write, and who may send no reports; counted in the database, on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import pace
from storage.engine import Database
from storage.pace import TooManyReports, Verdict
from storage.people import citizen_at
from storage.tables import Citizen

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
CHAT = 5_100_000_001
LAMP = "Lampu jalan mati sudah tiga malam"


async def judge(database: Database, words: str | None = None, *, after: float = 0, per_minute: int = 3) -> Verdict:
    async with database.transaction() as session:
        return await pace.judge(session, CHAT, NOW + timedelta(seconds=after), words, per_minute)


async def test_as_many_as_a_minute_holds_then_one_for_each_part_of_it(database: Database) -> None:
    assert [await judge(database) for _ in range(3)] == [Verdict()] * 3
    assert await judge(database) == Verdict(too_fast=True, tell=True)
    assert await judge(database, after=10) == Verdict(too_fast=True)  # told once a minute
    assert await judge(database, after=21) == Verdict()
    assert await judge(database, after=22) == Verdict(too_fast=True)
    assert (await judge(database, after=23 + 61 * 60)) == Verdict()  # an hour later the bucket is full, not fuller
    assert [(await judge(database, after=23 + 61 * 60)).too_fast for _ in range(3)] == [False, False, True]
    assert (await judge(database, after=23 + 61 * 60)).tell is False


async def test_the_same_words_twice_in_a_row_are_one_message(database: Database) -> None:
    assert not (await judge(database, LAMP, per_minute=20)).repeated
    assert (await judge(database, f"  {LAMP.upper()}\n", after=5, per_minute=20)).repeated
    assert (await judge(database, LAMP, after=124, per_minute=20)).repeated  # the second was the newest until then
    assert not (await judge(database, LAMP, after=245, per_minute=20)).repeated
    await judge(database, None, after=246, per_minute=20)  # a command or a press in between: said anew
    assert not (await judge(database, LAMP, after=247, per_minute=20)).repeated
    assert [(await judge(database, "ya", after=250, per_minute=20)).repeated for _ in range(2)] == [False, False]


async def test_messages_that_come_late_or_out_of_order_are_no_error(database: Database) -> None:
    await judge(database, LAMP, after=60)
    assert not (await judge(database, "Pesan yang lebih tua", after=0)).too_fast


async def test_a_blocked_person_is_told_why_once_a_day(database: Database) -> None:
    async with database.transaction() as session:
        siti = await citizen_at(session, CHAT, "Siti", NOW)
        await pace.block(session, siti.id or 0, "  Berulang kali mengirim laporan palsu.  " + "x" * 400, NOW)
    await judge(database)
    async with database.transaction() as session:
        reason = await pace.blocked(session, CHAT)
        assert reason is not None
        assert reason.startswith("Berulang kali")
        assert len(reason) == 300
        assert [await pace.tell_blocked(session, CHAT, NOW + timedelta(hours=h)) for h in (0, 1, 23, 25)] == [
            True,
            False,
            False,
            True,
        ]
        assert not await pace.tell_blocked(session, 42, NOW)
        await pace.unblock(session, siti.id or 0)
        assert await pace.blocked(session, CHAT) is None
        assert (await session.get_one(Citizen, siti.id)).blocked_at is None


async def test_nobody_without_reports_has_sent_too_many(database: Database) -> None:
    async with database.transaction() as session:
        siti = await citizen_at(session, CHAT, "Siti", NOW)
        await pace.check_reports(session, siti, NOW, 0)  # unknown until now
        later = NOW + timedelta(minutes=1)
        await pace.check_reports(session, siti, later, 1)
        with pytest.raises(TooManyReports):
            await pace.check_reports(session, siti, later, 0)
