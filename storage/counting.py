"""Counting reports: who may count what, what is counted, and the counts of a stretch of time that add up.

What is counted is the reports that came in then, so the figures of one period fit together: of 120 reports that came
in, 80 were answered in time and 70 are done. Reports merged into another are left out, they live on in that one.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Executable, Float, cast, or_
from sqlalchemy import select as rows
from sqlalchemy.orm import Mapped
from sqlmodel import col, func
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import rows_of
from storage.lifecycle import OPEN, Status
from storage.periods import Period
from storage.tables import Report

ANSWERED = (Status.RESOLVED, Status.CLOSED, Status.REJECTED, Status.REFERRED)
DONE = (Status.RESOLVED, Status.CLOSED)
OWED = OPEN - {Status.NEEDS_INFO}
"""Open, and the clock runs: while the citizen is asked it stands still."""

INSPECTORATE = "inspektorat"
"""The one office that counts reports on the conduct of officials."""


class Sight(Enum):
    """Who looks. Nobody but the Inspektorat counts misconduct; the public counts nothing confidential."""

    PUBLIC = auto()
    STAFF = auto()
    INSPECTORATE = auto()


def sight_of(agency_id: str | None) -> Sight:
    """What the staff of an office (None: of the whole city) may count."""
    return Sight.INSPECTORATE if agency_id == INSPECTORATE else Sight.STAFF


def seen(sight: Sight) -> list[ColumnElement[bool]]:
    """Conditions that leave out what this reader may not even count."""
    found: list[ColumnElement[bool]] = [col(Report.merged_into_id).is_(None)]
    if sight is not Sight.INSPECTORATE:
        found.append(~col(Report.misconduct))
    if sight is Sight.PUBLIC:
        found.append(~col(Report.confidential))
    return found


@dataclass(frozen=True)
class Count:
    """Counts of reports, which add up."""

    received: int = 0
    in_time: int = 0
    """Answered by the due date."""
    late: int = 0
    """Answered after it, or it has passed without an answer."""
    done: int = 0
    """The office says so."""
    verified: int = 0
    """The citizen says so."""
    rejected: int = 0
    rated: int = 0
    stars: int = 0
    """Sum of the ratings, 1 to 5."""
    guessed: int = 0
    """Answered, and the classifier had named an office."""
    right: int = 0
    """Of these: it had named the office that answered."""

    def __add__(self, other: "Count") -> "Count":
        mine, theirs = vars(self), vars(other)
        return Count(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True)
class Parts:
    """Figures of a stretch of time that add up with those of another."""

    agencies: dict[str, Count] = field(default_factory=dict)
    """By office; what no office has yet stands under the empty word."""
    topics: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    """By `kelurahan|kecamatan`. Places and topics leave out what is confidential."""
    hours: dict[str, int] = field(default_factory=dict)
    """How many answers took so many whole hours, by the clock."""
    days: dict[str, int] = field(default_factory=dict)
    """By day of arrival, as an ISO date in the city's time."""

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(
            _sum(self.agencies, other.agencies, Count()),
            *(_sum(getattr(self, name), getattr(other, name), 0) for name in ("topics", "places", "hours", "days")),
        )


def _sum(one: dict[str, Any], other: dict[str, Any], nothing: Any) -> dict[str, Any]:
    return one | {key: one.get(key, nothing) + many for key, many in other.items()}


async def parts(
    session: AsyncSession, period: Period, now: datetime, *, sight: Sight, agency_id: str | None = None
) -> Parts:
    """Count what came in during a period."""
    where = [col(Report.created_at) >= period.start, col(Report.created_at) < period.end, *seen(sight)]
    if agency_id is not None:
        where.append(col(Report.agency_id) == agency_id)
    open_to_all = [*where, ~col(Report.confidential)]
    places = await _by(session, open_to_all, col(Report.kelurahan), col(Report.kecamatan))
    return Parts(
        agencies=await _by_agency(session, where, now),
        topics=dict(await _by(session, open_to_all, col(Report.topic))),
        places={f"{kelurahan}|{kecamatan}": many for kelurahan, kecamatan, many in places},
        hours=await _hours(session, where),
        days=await _days(session, where, period),
    )


def answered_at() -> ColumnElement[datetime]:
    """When the citizen first got an answer of substance: the interim one, else the final one."""
    return func.coalesce(col(Report.first_answer_at), col(Report.closed_at))


def _answered() -> ColumnElement[bool]:
    return or_(col(Report.first_answer_at).is_not(None), col(Report.status).in_(ANSWERED))


async def _by_agency(session: AsyncSession, where: list[ColumnElement[bool]], now: datetime) -> dict[str, Count]:
    """Everything that adds up, in one pass."""
    answered, due = _answered(), col(Report.due_at)
    in_time = answered & (answered_at() <= due)
    late = (answered & (answered_at() > due)) | (~answered & col(Report.status).in_(OWED) & (due < now))
    guessed = answered & col(Report.guess_agency_id).is_not(None)
    many = func.count()
    statement = (
        rows(
            col(Report.agency_id),
            many,
            many.filter(in_time),
            many.filter(late),
            many.filter(col(Report.status).in_(DONE)),
            many.filter(col(Report.verified_at).is_not(None)),
            many.filter(col(Report.status) == Status.REJECTED),
            func.count(col(Report.rating)),
            func.sum(col(Report.rating)),
            many.filter(guessed),
            many.filter(guessed & (col(Report.guess_agency_id) == col(Report.agency_id))),
        )
        .where(*where)
        .group_by(col(Report.agency_id))
    )
    return {
        agency or "": Count(*(int(number or 0) for number in numbers))
        for agency, *numbers in await fetched(session, statement)
    }


async def _by(session: AsyncSession, where: list[ColumnElement[bool]], *keys: Mapped[Any]) -> list[tuple[Any, ...]]:
    """(key, ..., reports); an empty word for none."""
    counted = await fetched(session, rows(*keys, func.count()).where(*where).group_by(*keys))
    return [(*(key or "" for key in row[:-1]), int(row[-1])) for row in counted]


async def _hours(session: AsyncSession, where: list[ColumnElement[bool]]) -> dict[str, int]:
    taken = func.floor(_seconds(session, answered_at()) / 3600.0 - _seconds(session, col(Report.created_at)) / 3600.0)
    statement = rows(taken, func.count()).where(*where, _answered()).group_by(taken)
    return {str(int(hour)): int(many) for hour, many in await fetched(session, statement) if hour is not None}


async def _days(session: AsyncSession, where: list[ColumnElement[bool]], period: Period) -> dict[str, int]:
    day = func.floor((_seconds(session, col(Report.created_at)) - period.start.timestamp()) / 86400.0)
    counted = await fetched(session, rows(day, func.count()).where(*where).group_by(day))
    first = period.start.date()
    return {(first + timedelta(days=int(at))).isoformat(): int(many) for at, many in counted}


def _seconds(session: AsyncSession, moment: ColumnElement[datetime] | Mapped[datetime]) -> ColumnElement[float]:
    """A moment as seconds since 1970, in the words of this database."""
    if session.get_bind().dialect.name == "postgresql":
        return func.date_part("epoch", moment, type_=Float)
    return cast(func.julianday(moment) - 2440587.5, Float) * 86400


async def fetched(session: AsyncSession, statement: Executable) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await rows_of(session, statement)]
