"""The jobs. Each takes a session and the time and owes notices; run twice, or late, it owes nothing twice."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Settings
from storage import audit, notices, outbox, reads, series, staff
from storage.notices import Audience
from storage.tables import Lane

AWAKE = (time(7, 0), time(21, 0))
"""Local hours between which people may be reminded of something that can wait."""

DIGEST_DAY, DIGEST_TIME = 0, time(7, 0)  # Monday

Run = Callable[[AsyncSession, datetime, Settings], Awaitable[int]]


@dataclass(frozen=True)
class Job:
    """`run` returns how many notices it owed. `weekly` jobs also run at the moment of the digest."""

    name: str
    run: Run
    weekly: bool = False


async def remind_offices(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """A report nobody has accepted: every officer of the office, once for each full waiting time."""
    if not awake(now, settings):
        return 0
    after = timedelta(hours=settings.schedule.remind_after_hours)
    owed = 0
    for report in await reads.untouched(session, now - after):
        times = int((now - report.status_at) / after)
        waited = {"hours": (now - report.status_at).total_seconds() / 3600}
        facts = await notices.facts_of(session, report) | waited
        key = f"remind:{report.id}:{int(report.status_at.timestamp())}:{times}"
        owed += await notices.owe_audience(session, report, Audience.OFFICE, "remind_office", facts, key, now)
    return owed


async def tell_citizens(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """A report that has not moved for long: its citizen, once for each standstill."""
    if not awake(now, settings):
        return 0
    owed = 0
    for report in await reads.waiting_long(session, now - timedelta(days=settings.schedule.tell_citizen_after_days)):
        key = f"waits:{report.id}:{int(report.status_at.timestamp())}"
        facts = await notices.facts_of(session, report)
        owed += await notices.owe_audience(session, report, Audience.CITIZEN, "your_report_waits", facts, key, now)
    return owed


async def weekly_digest(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Last week's figures to the officers of each office, who were there by then; a late Monday is made up once."""
    end = last_digest(now, settings)
    if not await series.advance(session, "digest", int(end.timestamp())):
        return 0
    start = end - timedelta(days=7)
    owed = 0
    for agency, officers in await staff.by_agency(session):
        readers = [officer for officer in officers if officer.created_at < end]
        if not readers:
            continue
        week = asdict(await reads.week(session, agency.id, start, end))
        facts = {"agency": agency.name, "start": start.isoformat(), "end": end.isoformat(), "week": week}
        for officer in readers:
            owed += await outbox.put(
                session,
                now=now,
                lane=Lane.DIGEST,
                chat_id=officer.chat_id,
                notice="digest",
                payload=facts,
                dedupe_key=f"digest:{end.date()}:{officer.id}",
            )
    return owed


async def seal_log(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Seal the log of attempts (storage/audit.py). It owes nobody anything."""
    await audit.seal(session, now)
    return 0


JOBS = (
    Job("remind_offices", remind_offices),
    Job("tell_citizens", tell_citizens),
    Job("weekly_digest", weekly_digest, weekly=True),
    Job("seal_log", seal_log),
)


def awake(now: datetime, settings: Settings) -> bool:
    return AWAKE[0] <= now.astimezone(ZoneInfo(settings.city.timezone)).time() < AWAKE[1]


def last_digest(now: datetime, settings: Settings) -> datetime:
    """The newest Monday 07:00, in the city's time, that is not in the future."""
    return newest(DIGEST_DAY, DIGEST_TIME, now, settings)


def newest(weekday: int, hour: time, now: datetime, settings: Settings) -> datetime:
    """The newest such moment of a week (Monday is 0), in the city's time, that is not in the future."""
    local = now.astimezone(ZoneInfo(settings.city.timezone))
    day = local.date() - timedelta(days=(local.weekday() - weekday) % 7)
    moment = datetime.combine(day, hour, local.tzinfo)
    return moment if moment <= local else datetime.combine(day - timedelta(days=7), hour, local.tzinfo)
