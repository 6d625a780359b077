"""What happens because time passes: each reminder and digest is owed once, at its hour, also after a stop."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from bot.config import Settings
from bot.schedule import jobs
from bot.schedule.clockwork import Clockwork
from storage import agencies, reports, staff
from storage.calendar import Calendar
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.reports import SYSTEM, Opening, Routing
from storage.tables import Citizen, Officer, Outbox, Report, Role
from tests.conftest import settings_for
from tests.watch import Watch

JAKARTA = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar.of("Asia/Jakarta")
OFFICES = {"dishub": "Dinas Perhubungan", "dlhk": "Dinas Lingkungan Hidup"}
SITI, BUDI, TONO = 5_000_000_001, 6_000_000_001, 6_000_000_002


def at(day: str, hour: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=JAKARTA)


class City:
    """Two offices, a citizen, and a clock to turn. Monday is 16 November 2026."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.watch = Watch(at("2026-11-16", "08:00"))
        self.drafts = 0

    async def begins(self) -> None:
        async with self.database.transaction() as session:
            rows = [
                {
                    "id": key,
                    "name": name,
                    "short": key,
                    "scope": "city",
                    "channel": "",
                    "starts_on": at("2020-01-01").date(),
                }
                for key, name in OFFICES.items()
            ]
            await agencies.seed(session, rows)
        await self.officer(BUDI, "dishub")

    async def officer(self, chat_id: int, agency: str) -> None:
        async with self.database.transaction() as session:
            token = await staff.invite(session, Role.OFFICER, agency, None, self.watch())
            await session.flush()
            await staff.accept(session, token, chat_id, "Budi Hartono", self.watch())

    async def report(self, agency: str | None = "dishub") -> int:
        self.drafts += 1
        async with self.database.transaction() as session:
            siti = await reports.citizen_at(session, SITI, "Siti", self.watch())
            to = Routing(agency_id=agency)
            opening = Opening(f"draft{self.drafts}", siti.id or 0, "Lampu mati", Kind.COMPLAINT, False, to)
            report, _ = await reports.open_report(session, opening, prefix="DPK", calendar=CALENDAR, now=self.watch())
            return report.id or 0

    async def moves(self, report_id: int, to: Status) -> None:
        async with self.database.transaction() as session:
            await reports.change_status(session, report_id, to, by=SYSTEM, now=self.watch(), note="alasan")

    async def goes_to(self, report_id: int, agency: str) -> None:
        async with self.database.transaction() as session:
            await reports.assign(session, report_id, agency, by=SYSTEM, now=self.watch(), note="bukan kami")

    async def runs(self, job: jobs.Run) -> int:
        """Run a job at this moment; returns how many people it owes something new."""
        async with self.database.transaction() as session:
            return await job(session, self.watch(), self.settings)

    async def told(self, notice: str) -> list[tuple[int | None, dict[str, Any]]]:
        """(chat, facts) of every such notice so far."""
        async with self.database.reading() as session:
            statement = select(Outbox).where(Outbox.notice == notice).order_by(col(Outbox.id))
            return [(row.chat_id, row.payload) for row in (await session.exec(statement)).all()]


@pytest.fixture
async def city(database_url: str) -> AsyncIterator[City]:
    database = Database(database_url)
    city = City(database, settings_for(database_url))
    await city.begins()
    yield city
    await database.close()


async def test_an_office_is_reminded_once_for_each_full_day_of_waiting(city: City) -> None:
    await city.report()
    await city.officer(TONO, "dishub")
    owed = []
    for _ in range(3 * 24 * 2 + 1):  # half-hourly, for three days
        owed.append(await city.runs(jobs.remind_offices))
        city.watch.turn(minutes=30)
    assert [(round(half / 48), count) for half, count in enumerate(owed) if count] == [(1, 2), (2, 2), (3, 2)]
    assert [round(facts["hours"]) for _, facts in await city.told("remind_office")] == [24, 24, 48, 48, 72, 72]


async def test_nobody_is_reminded_at_night(city: City) -> None:
    city.watch.turn_to(at("2026-11-16", "20:30"))
    await city.report()
    for hour in ("21:00", "23:59", "02:00", "06:59"):
        city.watch.turn_to(at("2026-11-18" if hour < "12" else "2026-11-17", hour))
        assert await city.runs(jobs.remind_offices) == 0, hour
        assert await city.runs(jobs.tell_citizens) == 0, hour
    city.watch.turn_to(at("2026-11-18", "07:00"))
    assert await city.runs(jobs.remind_offices) == 1


async def test_a_transfer_begins_the_waiting_anew_at_the_other_office(city: City) -> None:
    await city.officer(TONO, "dlhk")
    report = await city.report()
    city.watch.turn(hours=25)
    assert await city.runs(jobs.remind_offices) == 1
    await city.goes_to(report, "dlhk")
    assert await city.runs(jobs.remind_offices) == 0
    city.watch.turn(hours=25)
    assert await city.runs(jobs.remind_offices) == 1
    assert [chat for chat, _ in await city.told("remind_office")] == [BUDI, TONO]


async def test_a_long_stop_costs_one_reminder_and_work_ends_them(city: City) -> None:
    report = await city.report()
    city.watch.turn(days=4, hours=1)
    assert await city.runs(jobs.remind_offices) == 1
    async with city.database.transaction() as session:
        await reports.accept(session, report, officer_id=1, now=city.watch())
    city.watch.turn(days=4)
    assert await city.runs(jobs.remind_offices) == 0


async def test_a_citizen_is_told_once_for_each_standstill(city: City) -> None:
    report = await city.report()
    told = []
    for _ in range(9):
        city.watch.turn(days=1)
        told.append(await city.runs(jobs.tell_citizens))
    assert told == [0, 0, 0, 0, 0, 1, 0, 0, 0], "when five days are over, and not again"
    await city.moves(report, Status.IN_PROGRESS)
    city.watch.turn(days=4)
    assert await city.runs(jobs.tell_citizens) == 0
    city.watch.turn(days=2)
    assert await city.runs(jobs.tell_citizens) == 1
    assert [(chat, facts["status"]) for chat, facts in await city.told("your_report_waits")] == [
        (SITI, "assigned"),
        (SITI, "in_progress"),
    ]


@pytest.mark.parametrize("way", [[Status.NEEDS_INFO], [Status.RESOLVED], [Status.RESOLVED, Status.CLOSED]])
async def test_a_citizen_is_never_told_while_nobody_owes_them_anything(city: City, way: list[Status]) -> None:
    report = await city.report()
    for status in way:
        await city.moves(report, status)
    for _ in range(4):
        city.watch.turn(days=6)
        assert await city.runs(jobs.tell_citizens) == 0


async def test_a_report_at_the_desk_waits_too(city: City) -> None:
    await city.report(None)
    city.watch.turn(days=6)
    assert await city.runs(jobs.tell_citizens) == 1
    assert await city.runs(jobs.remind_offices) == 0, "no office has it"


async def test_a_person_who_cannot_be_reached_is_owed_nothing(city: City) -> None:
    await city.report()
    async with city.database.transaction() as session:
        for table in (Citizen, Officer):
            (await session.exec(select(table))).one().reachable = False
    city.watch.turn(days=6)
    assert await city.runs(jobs.tell_citizens) == 0
    assert await city.runs(jobs.remind_offices) == 0
    assert await city.runs(jobs.weekly_digest) == 0


async def test_the_digest_comes_each_monday_at_seven_once_for_each_reader_the_whole_year(city: City) -> None:
    city.watch.turn_to(at("2025-12-30"))
    await city.officer(BUDI, "dishub")  # again, before the year begins
    await city.officer(TONO, "dlhk")
    async with city.database.transaction() as session:
        for officer in (await session.exec(select(Officer))).all():
            officer.created_at = city.watch()
    await city.runs(jobs.weekly_digest)
    monday, sent = at("2026-01-05", "07:00"), 0
    while monday.year == 2026:
        for moment in (
            monday - timedelta(minutes=1),
            monday,
            monday + timedelta(minutes=1),
            monday + timedelta(days=3),
        ):
            city.watch.turn_to(moment)
            owed = await city.runs(jobs.weekly_digest)
            assert owed == (2 if moment == monday else 0), moment
            sent += owed
        monday += timedelta(days=7)
    assert sent == 52 * 2
    told = await city.told("digest")
    assert [chat for chat, _ in told].count(BUDI) == [chat for chat, _ in told].count(TONO) == 52
    starts = {facts["start"]: facts["end"] for _, facts in told}
    assert len(starts) == 52
    assert list(starts.values())[:-1] == list(starts)[1:], "where one week ends the next begins"


async def test_after_a_stop_over_a_monday_its_digest_comes_once_and_tells_of_that_monday(city: City) -> None:
    early = await city.report()  # 16 November
    city.watch.turn_to(at("2026-11-22"))  # Sunday: the service stops
    city.watch.turn_to(at("2026-11-24", "15:00"))
    await city.report()  # the office works on; these two belong to the next week
    await city.moves(early, Status.RESOLVED)
    city.watch.turn_to(at("2026-11-25", "08:00"))
    assert [await city.runs(jobs.weekly_digest) for _ in range(3)] == [1, 0, 0]
    ((_, facts),) = await city.told("digest")
    assert facts["end"] == at("2026-11-23", "07:00").isoformat()
    assert facts["week"] == {"received": 1, "resolved": 0, "open": 1, "overdue": 0, "untouched": 0}
    city.watch.turn_to(at("2026-11-30", "07:00"))
    assert await city.runs(jobs.weekly_digest) == 1


async def test_two_processes_send_one_digest(city: City) -> None:
    await city.officer(TONO, "dishub")
    city.watch.turn_to(at("2026-11-23", "07:00"))
    other = City(Database(city.settings.database.url), city.settings)
    other.watch = city.watch
    owed = await asyncio.gather(*(process.runs(jobs.weekly_digest) for process in (city, other, city, other)))
    await other.database.close()
    assert sum(owed) == 2
    assert sorted(chat or 0 for chat, _ in await city.told("digest")) == [BUDI, TONO]


async def test_who_was_invited_on_wednesday_does_not_get_last_mondays(city: City) -> None:
    city.watch.turn_to(at("2026-11-23", "06:00"))  # the service stops before Monday's digest ...
    city.watch.turn_to(at("2026-11-25"))  # ... and is back on Wednesday, when Tono joins
    await city.officer(TONO, "dishub")
    assert await city.runs(jobs.weekly_digest) == 1
    assert [chat for chat, _ in await city.told("digest")] == [BUDI]
    city.watch.turn_to(at("2026-11-30", "07:00"))
    assert await city.runs(jobs.weekly_digest) == 2


async def test_the_figures_of_a_week_are_right(city: City) -> None:
    await city.officer(TONO, "dlhk")
    last_week = await city.report()
    city.watch.turn_to(at("2026-11-17"))
    done_before = await city.report()
    await city.moves(done_before, Status.RESOLVED)
    city.watch.turn_to(at("2026-11-23", "07:00"))  # exactly the border belongs to the new week
    taken, _left_alone, refused, confirmed = [await city.report() for _ in range(4)]
    await city.report("dlhk")
    city.watch.turn_to(at("2026-11-25"))
    await city.moves(done_before, Status.CLOSED)  # the citizen says so; it was counted last week
    await city.moves(taken, Status.IN_PROGRESS)
    await city.moves(refused, Status.REJECTED)
    await city.moves(confirmed, Status.RESOLVED)
    await city.moves(confirmed, Status.CLOSED)
    async with city.database.transaction() as session:
        late = await session.get_one(Report, last_week)
        late.due_at = at("2026-11-27", "16:00")
    city.watch.turn_to(at("2026-11-30", "07:00"))
    await city.report()  # in the very minute of the digest: next week's
    await city.runs(jobs.weekly_digest)
    figures = {chat: facts["week"] for chat, facts in await city.told("digest")}
    assert figures[BUDI] == {"received": 4, "resolved": 1, "open": 3, "overdue": 1, "untouched": 2}
    assert figures[TONO] == {"received": 1, "resolved": 0, "open": 1, "overdue": 0, "untouched": 1}


async def test_the_clockwork_makes_up_for_what_was_missed_and_then_keeps_time(city: City) -> None:
    await city.report()
    city.watch.turn_to(at("2026-11-23", "09:00"))
    settings = settings_for(city.settings.database.url, schedule={"every_seconds": 0.1})
    owed, stopping = asyncio.Event(), asyncio.Event()
    clockwork = Clockwork(city.database, settings, clock=city.watch, owed=owed)
    running = asyncio.create_task(clockwork.run(stopping))
    await until_told(city, {"remind_office": 1, "your_report_waits": 1, "digest": 1})
    assert owed.is_set(), "the sender is rung"
    city.watch.turn(days=1)
    await until_told(city, {"remind_office": 2, "your_report_waits": 1, "digest": 1})
    city.watch.turn(days=6)
    await until_told(city, {"remind_office": 3, "your_report_waits": 1, "digest": 2})
    stopping.set()
    await asyncio.wait_for(running, 5)


async def test_a_job_that_fails_does_not_stop_the_clockwork(city: City) -> None:
    def broken(_session: Any, _now: datetime, _settings: Settings) -> Any:
        raise RuntimeError("boom")

    clockwork = Clockwork(city.database, city.settings, clock=city.watch, owed=asyncio.Event())
    assert await clockwork.do(jobs.Job("broken", broken)) == 0
    await city.report()
    city.watch.turn(days=1, hours=1)
    assert await clockwork.do(jobs.JOBS[0]) == 1


async def until_told(city: City, counts: dict[str, int]) -> None:
    async with asyncio.timeout(15):
        while {notice: len(await city.told(notice)) for notice in counts} != counts:
            await asyncio.sleep(0.05)


def test_the_newest_monday_is_never_in_the_future() -> None:
    settings = settings_for("sqlite:///unused.db")
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year == 2026:
        monday = jobs.last_digest(moment, settings)
        assert moment - timedelta(days=7) < monday <= moment
        assert (monday.weekday(), monday.astimezone(JAKARTA).strftime("%H:%M")) == (0, "07:00")
        moment += timedelta(minutes=97)
