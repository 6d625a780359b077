"""What waits at an office or at the desk, seen through filters: urgent and preferred first, then the soonest due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, false, true
from sqlalchemy import select as rows
from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import rows_of
from storage.lifecycle import OPEN, Status
from storage.reads import PAGE
from storage.tables import Officer, Report


@dataclass(frozen=True)
class Eye:
    """Who looks, and when. `agency_id` None is the triage desk; `first_word_since`: reports opened before that moment
    should have had a first word by now."""

    agency_id: str | None
    officer_id: int | None
    now: datetime
    first_word_since: datetime


@dataclass(frozen=True)
class Filter:
    """`view` is one of VIEWS; `arg` the topic, or the kelurahan with its kecamatan."""

    view: str = "all"
    topic: str = ""
    kelurahan: str = ""
    kecamatan: str = ""


def waits(eye: Eye) -> ColumnElement[bool]:
    """Everything that waits there."""
    if eye.agency_id is None:
        return and_(col(Report.status) == Status.TRIAGE, col(Report.misconduct).is_(False))
    return and_(col(Report.agency_id) == eye.agency_id, col(Report.status).in_(OPEN))


def _views(eye: Eye) -> dict[str, ColumnElement[bool]]:
    return {
        "all": true(),
        "new": false() if eye.agency_id is None else col(Report.status) == Status.ASSIGNED,
        "mine": col(Report.officer_id) == eye.officer_id,
        "late": and_(col(Report.due_at) < eye.now, col(Report.paused_at).is_(None)),
        "urgent": or_(col(Report.urgent), col(Report.priority)),
        "silent": and_(col(Report.first_answer_at).is_(None), col(Report.created_at) < eye.first_word_since),
    }


VIEWS = ("all", "new", "mine", "late", "urgent", "silent")
"""Filters without an argument, in the order of their buttons."""


def _condition(eye: Eye, wanted: Filter) -> ColumnElement[bool]:
    if wanted.topic:
        return col(Report.topic) == wanted.topic
    if wanted.kelurahan:
        return and_(col(Report.kelurahan) == wanted.kelurahan, col(Report.kecamatan) == wanted.kecamatan)
    return _views(eye)[wanted.view]


async def page(session: AsyncSession, eye: Eye, wanted: Filter, number: int) -> tuple[list[Report], int]:
    """A page (from 0) of what waits, and how many there are."""
    there = and_(waits(eye), _condition(eye, wanted))
    total = (await session.exec(select(func.count()).select_from(Report).where(there))).one()
    order = (col(Report.priority).desc(), col(Report.urgent).desc(), col(Report.due_at), col(Report.id))
    statement = select(Report).where(there).order_by(*order).offset(number * PAGE).limit(PAGE)
    return list((await session.exec(statement)).all()), total


async def counts(session: AsyncSession, eye: Eye) -> dict[str, int]:
    """How many wait, for each of VIEWS."""
    columns = [func.coalesce(func.sum(case((there, 1), else_=0)), 0) for there in _views(eye).values()]
    [found] = await rows_of(session, rows(*columns).where(waits(eye)))
    return {view: int(count) for view, count in zip(_views(eye), found, strict=True)}


async def by_topic(session: AsyncSession, eye: Eye, most: int) -> list[tuple[str, int]]:
    """(topic, how many wait), the fullest first."""
    statement = (
        rows(col(Report.topic), func.count())
        .where(waits(eye), col(Report.topic).is_not(None))
        .group_by(col(Report.topic))
        .order_by(func.count().desc(), col(Report.topic))
        .limit(most)
    )
    return [(topic or "", count) for topic, count in await rows_of(session, statement)]


async def by_kelurahan(session: AsyncSession, eye: Eye, most: int) -> list[tuple[str, str, int]]:
    """(kecamatan, kelurahan, how many wait), the fullest first."""
    place = (col(Report.kecamatan), col(Report.kelurahan))
    statement = (
        rows(*place, func.count())
        .where(waits(eye), col(Report.kelurahan).is_not(None), col(Report.kecamatan).is_not(None))
        .group_by(*place)
        .order_by(func.count().desc(), *place)
        .limit(most)
    )
    return [(kec or "", kel or "", count) for kec, kel, count in await rows_of(session, statement)]


def eye_of(officer: Officer, office: bool, now: datetime, first_word_since: datetime) -> Eye:
    """Whose queue an officer looks at: their office's, or the desk's for everybody who has none."""
    return Eye(officer.agency_id if office else None, officer.id, now, first_word_since)
