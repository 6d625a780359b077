"""The table of jobs. Run twice, late, or by two processes, each owes nothing twice."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Settings
from bot.schedule.digests import channel_digest, citizen_digests, leader_digest, office_digests
from bot.schedule.forget import forget
from bot.schedule.issue import Build
from bot.schedule.reminders import morning, remind_urgent
from storage import aftercare, audit, broadcasts, months, notices, offices, reads, silence
from storage.addresses import Audience
from storage.moments import MONDAY, When, WorkingDays

MORNING = WorkingDays(time(7, 30))

Run = Callable[[AsyncSession, datetime, Settings], Awaitable[int]]


@dataclass(frozen=True)
class Job:
    """Looked at every few minutes. `run` returns how many notices it owed; it keeps its own keys.

    `soon`: somebody waits for it, so it is looked at every few seconds, again and again while it owes something.
    """

    name: str
    run: Run
    soon: bool = False


@dataclass(frozen=True)
class Edition:
    """Due at the moments of `when`. What was missed is made up once, for the newest moment; `build` makes a slice."""

    name: str
    when: When
    build: Build


async def tell_citizens(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """A report that has not moved for long: its citizen, once for each standstill."""
    owed = 0
    for report in await reads.waiting_long(session, now - timedelta(days=settings.schedule.tell_citizen_after_days)):
        key = f"waits:{report.id}:{int(report.status_at.timestamp())}"
        facts = await notices.facts_of(session, report) | {"late": report.due_at is not None and report.due_at < now}
        owed += await notices.owe_audience(session, report, Audience.CITIZEN, "your_report_waits", facts, key, now)
    return owed


async def send_broadcasts(session: AsyncSession, now: datetime, _settings: Settings) -> int:
    """The next slice of a message to many (storage/broadcasts.py)."""
    return await broadcasts.send_slice(session, now) or 0


async def seal_log(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Seal the log of attempts (storage/audit.py). It owes nobody anything."""
    await audit.seal(session, now)
    return 0


async def keep_months(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Count one month of the city that is over, so that a year's figures are quick. It owes nobody anything."""
    await months.keep_next(session, now, settings.city.timezone)
    return 0


async def break_silence(session: AsyncSession, now: datetime, _settings: Settings) -> int:
    """Whoever was asked, or told that it is done, and says nothing: reminded, warned, at last closed."""
    return await silence.go_on(session, now)


async def ask_if_it_holds(session: AsyncSession, now: datetime, _settings: Settings) -> int:
    """Four weeks after the end, one question."""
    return await aftercare.ask(session, now)


async def offices_change(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Names that hold from today, and what lies with an office that has ended (storage/offices.py)."""
    today = now.astimezone(ZoneInfo(settings.city.timezone)).date()
    await offices.use_names(session, today)
    return await offices.follow(session, today, now)


JOBS = (
    Job("forget", forget),
    Job("broadcasts", send_broadcasts, soon=True),
    Job("remind_urgent", remind_urgent),
    Job("tell_citizens", tell_citizens),
    Job("break_silence", break_silence),
    Job("ask_if_it_holds", ask_if_it_holds),
    Job("seal_log", seal_log),
    Job("keep_months", keep_months),
    Job("offices_change", offices_change),
)

EDITIONS = (
    Edition("reminders", MORNING, morning),
    Edition("office_digest", MONDAY, office_digests),
    Edition("leader_digest", MONDAY, leader_digest),
    Edition("citizen_digest", MONDAY, citizen_digests),
    Edition("channel_digest", MONDAY, channel_digest),
)
