"""Figures of an office or of the city in a period: what /statistik, the digests and the brief tell."""

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select as rows
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import months
from storage.counting import Count, Parts, Sight, fetched, parts, seen
from storage.lifecycle import OPEN
from storage.periods import Period
from storage.tables import Report, TopicAgency

AGES = (3, 7, 14, 30)
"""Days: open reports are told by age, up to 3 days, up to 7, ... and older."""


@dataclass(frozen=True)
class Figures:
    """What is told of a period."""

    total: Count
    median_hours: float | None
    """Half of the answers came within this time, by the clock; None without answers."""
    open: list[int]
    """Open now, whenever they came in: by age, one more than AGES."""
    topics: list[tuple[str, int]]
    """(topic in words, reports), the most frequent first."""
    kecamatan: dict[str, int]
    kelurahan: list[tuple[str, str, int]]
    """(kelurahan, kecamatan, reports), the most frequent first."""
    days: list[int]
    """Reports that came in on each day of the period."""
    agencies: dict[str, Count]


async def figures(
    session: AsyncSession, period: Period, now: datetime, *, sight: Sight, agency_id: str | None = None
) -> Figures:
    """Figures of an office, or of the whole city where `agency_id` is None.

    Months of the city that are over were counted at night (storage/months.py); everything else is counted now.
    """
    whole, rest = Parts(), [period]
    if agency_id is None and sight is Sight.STAFF:
        whole, rest = await months.kept(session, period)
    for stretch in rest:
        whole += await parts(session, stretch, now, sight=sight, agency_id=agency_id)
    names = await topic_names(session)
    kecamatan: Counter[str] = Counter()
    for place, many in whole.places.items():
        kecamatan[place.partition("|")[2]] += many
    first = period.start.date()
    return Figures(
        total=sum(whole.agencies.values(), Count()),
        median_hours=median({int(hour): many for hour, many in whole.hours.items()}),
        open=await _open_by_age(session, now, sight, agency_id),
        topics=[(names.get(topic, topic), many) for topic, many in _most(whole.topics) if topic],
        kecamatan={name: many for name, many in _most(kecamatan) if name},
        kelurahan=[(*place.split("|"), many) for place, many in _most(whole.places) if place[0] != "|"],  # type: ignore[misc]
        days=[
            whole.days.get((first + timedelta(days=at)).isoformat(), 0)
            for at in range((period.last_day - first).days + 1)
        ],
        agencies=whole.agencies,
    )


def median(hours: dict[int, int]) -> float | None:
    """The hour within which half of the answers had come."""
    half, passed = sum(hours.values()) / 2, 0
    for hour in sorted(hours):
        passed += hours[hour]
        if passed >= half:
            return max(0.0, hour)
    return None


async def topic_names(session: AsyncSession) -> dict[str, str]:
    """Topic -> its name in words."""
    known = await session.exec(select(TopicAgency.topic, TopicAgency.name).order_by(col(TopicAgency.id)))
    return dict(known.all())


async def _open_by_age(session: AsyncSession, now: datetime, sight: Sight, agency_id: str | None) -> list[int]:
    where = [col(Report.status).in_(OPEN), *seen(sight)]
    if agency_id is not None:
        where.append(col(Report.agency_id) == agency_id)
    born = col(Report.created_at)
    edges = [now - timedelta(days=days) for days in AGES]
    younger = [func.count().filter(born >= edge) for edge in edges]
    row = (await fetched(session, rows(*younger, func.count()).where(*where)))[0]
    running = [0, *(int(many) for many in row)]
    return [after - before for before, after in itertools.pairwise(running)]


def _most(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent first, in a steady order."""
    return sorted(counted.items(), key=lambda row: (-row[1], row[0]))
