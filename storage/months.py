"""Months of the whole city that are over, counted at night and kept: a year is then twelve rows, not a walk through it.

A figure of such a month is as old as the last night; the reports of the running month are counted when asked for.
"""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import select as rows
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import periods
from storage.counting import Count, Parts, Sight, fetched, parts
from storage.engine import upsert
from storage.periods import Period
from storage.tables import CityMonth, Report

COUNTED_AGAIN = 13
"""Months after which nothing is expected to change any more."""


async def kept(session: AsyncSession, period: Period) -> tuple[Parts, list[Period]]:
    """What is known of a period, added up, and the stretches of it that must be counted now."""
    zone = str(period.start.tzinfo)
    statement = select(CityMonth).where(
        col(CityMonth.first) >= period.start.date(), col(CityMonth.first) <= period.last_day
    )
    found = {row.first: row for row in (await session.exec(statement)).all()}
    known, rest, begin = Parts(), list[Period](), period.start.date()
    for first in sorted(found):
        month = periods.month(first.year, first.month, zone)
        if month.end > period.end:
            break
        if begin < first:
            rest.append(periods.days(begin, first - timedelta(days=1), zone))
        known += of(found[first])
        begin = month.end.date()
    if begin <= period.last_day:
        rest.append(periods.days(begin, period.last_day, zone))
    return known, rest


async def keep_next(session: AsyncSession, now: datetime, zone: str) -> int:
    """Count one month that is over and not kept yet, or not since last midnight, the newest first. Returns 1, or 0."""
    today = periods.named("week", now, zone).last_day
    oldest = (await session.exec(select(func.min(col(Report.created_at))))).one()
    if oldest is None:
        return 0
    midnight = periods.days(today, today, zone).start
    made = dict(await fetched(session, rows(col(CityMonth.first), col(CityMonth.made_at))))
    month, age = before(today.replace(day=1)), 1
    while periods.month(month.year, month.month, zone).end > oldest:
        if month not in made or (made[month] < midnight and age <= COUNTED_AGAIN):
            await keep(session, month, now, zone)
            return 1
        month, age = before(month), age + 1
    return 0


async def keep(session: AsyncSession, first: date, now: datetime, zone: str) -> None:
    """Count the month that begins on `first` and keep the result."""
    counted = await parts(session, periods.month(first.year, first.month, zone), now, sight=Sight.STAFF)
    values = {"figures": asdict(counted), "made_at": now}
    statement = upsert(session, CityMonth).values(first=first, **values)
    await session.exec(statement.on_conflict_do_update(index_elements=["first"], set_=values))


def of(row: CityMonth) -> Parts:
    """The counts of a kept month."""
    agencies = {agency: Count(**count) for agency, count in row.figures["agencies"].items()}
    return Parts(**row.figures | {"agencies": agencies})


def before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)
