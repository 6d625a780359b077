"""What happens because time passes: each thing is owed once, at its hour, also after a stop."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.config import Settings
from bot.schedule import jobs
from bot.schedule.clockwork import Clockwork
from bot.schedule.issue import Issue, Slice
from bot.schedule.jobs import MONDAY, MORNING, Edition
from storage import runs
from storage.bells import Bell
from storage.calendar import Calendar, Quiet
from storage.engine import Database
from storage.lifecycle import Status
from storage.tables import Citizen, Lane, Officer, Outbox, Run, RunState
from tests.conftest import settings_for
from tests.schedule.city import CALENDAR, JAKARTA, SITI, City, at


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
    assert [(chat, facts["status"], facts["late"]) for chat, facts in await city.told("your_report_waits")] == [
        (SITI, "assigned", False),
        (SITI, "in_progress", False),
    ]


@pytest.mark.parametrize("way", [[Status.NEEDS_INFO], [Status.RESOLVED], [Status.RESOLVED, Status.CLOSED]])
async def test_a_citizen_is_never_told_while_nobody_owes_them_anything(city: City, way: list[Status]) -> None:
    report = await city.report()
    for status in way:
        await city.moves(report, status)
    for _ in range(4):
        city.watch.turn(days=6)
        assert await city.runs(jobs.tell_citizens) == 0


async def test_who_wants_only_the_main_news_is_spared_the_rest(city: City) -> None:
    report = await city.report()
    async with city.database.transaction() as session:
        (await session.exec(select(Citizen))).one().updates = "main"
    city.watch.turn(days=6)
    assert await city.runs(jobs.tell_citizens) == 0
    await city.moves(report, Status.IN_PROGRESS)
    await city.moves(report, Status.NEEDS_INFO)
    await city.moves(report, Status.RESOLVED)
    async with city.database.reading() as session:
        rows = (await session.exec(select(Outbox.notice).where(Outbox.chat_id == SITI).order_by(Outbox.id))).all()
    assert rows == ["your_report_needs_info", "your_report_was_resolved"]


async def test_a_person_who_cannot_be_reached_is_owed_nothing(city: City) -> None:
    await city.report()
    async with city.database.transaction() as session:
        for table in (Citizen, Officer):
            (await session.exec(select(table))).one().reachable = False
    city.watch.turn(days=8)
    assert await city.runs(jobs.tell_citizens) == 0
    assert [await city.publishes(edition.name) for edition in jobs.EDITIONS] == [0, 0, 0, 0, 1]
    assert [chat for chat, _ in await city.told("channel_digest")] == [None], "the public channel has no person in it"


async def test_the_clockwork_makes_up_for_what_was_missed_and_then_keeps_time(city: City) -> None:
    await city.report()
    city.watch.turn_to(at("2026-11-23", "09:00"))
    settings = settings_for(city.settings.database.url, schedule={"every_seconds": 0.1})
    owed, stopping = Bell(), asyncio.Event()
    clockwork = Clockwork(city.database, settings, clock=city.watch, owed=owed)
    running = asyncio.create_task(clockwork.run(stopping))
    await until_told(city, {"reminders": 1, "your_report_waits": 1, "digest": 1})
    assert owed.is_set(), "the sender is rung"
    city.watch.turn(days=1)
    await until_told(city, {"reminders": 1, "your_report_waits": 1, "digest": 1})
    city.watch.turn(days=6)
    await until_told(city, {"reminders": 1, "your_report_waits": 1, "digest": 2})
    stopping.set()
    await asyncio.wait_for(running, 5)


async def until_told(city: City, counts: dict[str, int]) -> None:
    async with asyncio.timeout(15):
        while {notice: len(await city.told(notice)) for notice in counts} != counts:
            await asyncio.sleep(0.05)


async def test_a_job_that_fails_does_not_stop_the_clockwork(city: City) -> None:
    def broken(_session: Any, _now: datetime, _settings: Settings) -> Any:
        raise RuntimeError("boom")

    assert await city.clockwork.do(jobs.Job("broken", broken)) == 0
    await city.report()
    city.watch.turn(days=6)
    assert await city.clockwork.do(next(job for job in jobs.JOBS if job.name == "tell_citizens")) == 1


class Paper:
    """A periodic job of seven readers in slices of three; it may fail once at its second slice."""

    def __init__(self, *, fails: bool = False) -> None:
        self.served: list[int] = []
        self.fails = fails

    async def build(self, _session: Any, issue: Issue) -> Slice:
        if self.fails and issue.cursor == 3:
            self.fails = False
            raise RuntimeError("boom")
        readers = list(range(issue.cursor + 1, min(issue.cursor + 3, 7) + 1))
        self.served += readers
        return Slice(len(readers), len(readers), readers[-1] if readers[-1] < 7 else None, None if issue.cursor else 7)

    @property
    def edition(self) -> Edition:
        return Edition("paper", MONDAY, self.build)


async def progress(city: City) -> list[tuple[RunState, int, int, str | None]]:
    async with city.database.reading() as session:
        return [(run.state, run.done, run.total, run.error) for run in await runs.newest(session)]


async def test_an_issue_is_built_in_slices_and_goes_on_where_it_failed(city: City) -> None:
    paper = Paper(fails=True)
    assert await city.clockwork.publish(paper.edition) == 3
    assert await progress(city) == [(RunState.RUNNING, 3, 7, "RuntimeError")]
    assert await city.clockwork.publish(paper.edition) == 4
    assert await city.clockwork.publish(paper.edition) == 0
    assert paper.served == [1, 2, 3, 4, 5, 6, 7]
    assert await progress(city) == [(RunState.DONE, 7, 7, None)]


async def test_what_is_overtaken_by_the_next_issue_is_dropped(city: City) -> None:
    paper = Paper(fails=True)
    await city.clockwork.publish(paper.edition)
    city.watch.turn(days=15)
    assert await city.clockwork.publish(paper.edition) == 7
    async with city.database.reading() as session:
        states = [run.state for run in (await session.exec(select(Run).order_by(Run.id))).all()]
    assert states == [RunState.DROPPED, RunState.DONE], "of two Mondays that were missed, one is made up for"


async def test_two_processes_build_each_slice_once(city: City) -> None:
    paper = Paper()
    others = [Database(city.settings.database.url) for _ in range(2)]
    clocks = [Clockwork(database, city.settings, clock=city.watch, owed=Bell()) for database in others]
    owed = await asyncio.gather(*(clock.publish(paper.edition) for clock in (*clocks, city.clockwork)))
    for database in others:
        await database.close()
    assert sum(owed) == 7
    assert (await progress(city))[0][:3] == (RunState.DONE, 7, 7)


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_the_moments_are_those_of_the_citys_own_zone(zone: str) -> None:
    calendar = Calendar.of(zone)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year == 2026:
        monday, morning = MONDAY.newest(moment, calendar), MORNING.newest(moment, calendar)
        assert moment - timedelta(days=7) < monday <= moment
        assert (monday.weekday(), monday.astimezone(calendar.zone).strftime("%H:%M")) == (0, "07:00")
        assert morning <= moment
        assert calendar.works(morning.date())
        assert f"{morning:%H:%M}" == "07:30"
        moment += timedelta(minutes=397)
    idul_fitri = datetime(2026, 3, 23, 12, tzinfo=calendar.zone)  # public holiday or joint leave from 18 to 24 March
    assert MORNING.newest(idul_fitri, calendar).date().isoformat() == "2026-03-17"


def test_the_night_is_the_citys_own() -> None:
    night = Quiet(JAKARTA)
    asleep = [hour for hour in range(24) if night.covers(at("2026-11-16", f"{hour:02d}:00"))]
    assert asleep == [0, 1, 2, 3, 4, 5, 6, 21, 22, 23]
    assert not Quiet(JAKARTA, night.until, night.until).covers(at("2026-11-16", "07:00"))
    assert CALENDAR.zone == JAKARTA
    assert Lane.REPLY < Lane.NOTICE < Lane.DIGEST, "what can wait has a later lane (storage/outbox.py)"
