"""What the weekly report on the classifier tells: how often it was right, what it confused, what grew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case
from sqlalchemy import select as rows
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import rows_of
from storage.tables import Agency, Example, Officer, Report, TopicAgency

WEEK = timedelta(days=7)
BEFORE = 8
"""Weeks that the present one is compared with."""

CONFUSIONS, TOPICS = 8, 5
"""How many of each are told at most."""


@dataclass(frozen=True)
class Week:
    """Counts over the reports of a week. A report that officers judged twice counts once, by the last word."""

    taught: int
    right: int
    """Of the taught ones: the office guessed at first is the one that answers."""
    received: int
    alone: int
    """Of the received ones: sent to an office without a person."""
    confusions: list[tuple[str, str, int]]
    """(guessed office, empty where there was no guess; right office; times), the most frequent first."""
    coverage: list[tuple[int, int]]
    """(received, alone) of the weeks before and of this one, the oldest first."""
    topics: list[tuple[str, int, float]]
    """(topic, reports this week, mean of a week before), the one that grew most first."""


async def week(session: AsyncSession, end: datetime) -> Week:
    """The week that ended at `end`."""
    coverage = await _coverage(session, end)
    pairs = await _pairs(session, end)
    names = {agency.id: agency.short for agency in (await session.exec(select(Agency))).all()}
    wrong = [
        (names.get(guess, guess) if guess else "", names.get(agency, agency), times)
        for guess, agency, times in pairs
        if guess != agency
    ]
    received, alone = coverage[-1]
    return Week(
        taught=sum(times for _, _, times in pairs),
        right=sum(times for guess, agency, times in pairs if guess == agency),
        received=received,
        alone=alone,
        confusions=wrong[:CONFUSIONS],
        coverage=coverage,
        topics=await _grown(session, end, coverage),
    )


async def first_day(session: AsyncSession) -> datetime | None:
    """When the first member of staff came: before, there was nothing to learn and nobody to tell."""
    return (await session.exec(select(Officer.created_at).order_by(col(Officer.created_at)).limit(1))).first()


async def _pairs(session: AsyncSession, end: datetime) -> list[tuple[str | None, str, int]]:
    """(guessed office, right office, times) among what officers said in that week, the most frequent first."""
    newest = select(func.max(Example.id)).where(Example.at < end).group_by(col(Example.report_id))
    times = func.count()
    statement = (
        select(Report.guess_agency_id, Example.agency_id, times)
        .where(Example.report_id == Report.id, col(Example.id).in_(newest), Example.at >= end - WEEK)
        .group_by(col(Report.guess_agency_id), col(Example.agency_id))
        .order_by(times.desc(), col(Report.guess_agency_id), col(Example.agency_id))
    )
    return [(guess, agency, count) for guess, agency, count in (await session.exec(statement)).all()]


async def _coverage(session: AsyncSession, end: datetime) -> list[tuple[int, int]]:
    starts = [end - WEEK * ago for ago in range(BEFORE + 1, 0, -1)]
    columns: list[ColumnElement[int]] = []
    for start in starts:
        inside = (col(Report.created_at) >= start) & (col(Report.created_at) < start + WEEK)
        columns += [_many(inside), _many(inside & (col(Report.decision) == "auto"))]
    figures = await _one(session, columns, col(Report.created_at) >= starts[0])
    return list(zip(figures[::2], figures[1::2], strict=True))


async def _grown(
    session: AsyncSession, end: datetime, coverage: Sequence[tuple[int, int]]
) -> list[tuple[str, int, float]]:
    """Topics above their own mean. A service that is younger than the weeks before is compared with what it has."""
    first = next((at for at, (received, _) in enumerate(coverage) if received), BEFORE)
    if first == BEFORE:
        return []
    fresh = _many(col(Report.created_at) >= end - WEEK)
    statement = (
        rows(col(Report.topic), fresh, func.count())
        .where(col(Report.topic).is_not(None))
        .where(col(Report.created_at) >= end - WEEK * (BEFORE + 1), col(Report.created_at) < end)
        .group_by(col(Report.topic))
    )
    counted = await rows_of(session, statement)
    known = await session.exec(select(TopicAgency.topic, TopicAgency.name).order_by(col(TopicAgency.id)))
    names = dict(known.all())
    grown = [
        (names.get(topic, topic), int(now), round((total - int(now)) / (BEFORE - first), 2))
        for topic, now, total in counted
        if topic
    ]
    return sorted((row for row in grown if row[1] > row[2]), key=lambda row: (row[2] - row[1], row[0]))[:TOPICS]


def _many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


async def _one(session: AsyncSession, columns: Sequence[ColumnElement[int]], where: ColumnElement[bool]) -> list[int]:
    [found] = await rows_of(session, rows(*columns).where(where))
    return [int(figure) for figure in found]
