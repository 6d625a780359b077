"""Supporters: people whom the same open matter bothers, and who get its news beside the author."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import evidence, reads, reports
from storage.engine import upsert
from storage.evidence import File
from storage.lifecycle import OPEN, ForbiddenMove, Status, check_move
from storage.reports import Actor, UnknownReport
from storage.tables import ActorKind, Citizen, Report, Supporter
from storage.types import BigId


class OwnReport(Exception):
    """Nobody supports what they reported themselves."""

    code = "own_report"


class MayNotSupport(Exception):
    """Who is barred from reporting supports nothing either."""

    code = "may_not_support"


async def support(
    session: AsyncSession,
    report_id: int,
    citizen_id: int,
    *,
    now: datetime,
    note: str = "",
    files: tuple[File, ...] = (),
) -> tuple[Report, bool]:
    """Make a citizen a supporter; what they had written and photographed goes to the office with it.

    Returns the report and whether the support is new. Raises: UnknownReport, also for one that other citizens may not
    see; OwnReport; MayNotSupport; ForbiddenMove when it is no longer open.
    """
    report = await reports.lock(session, report_id)
    if report.citizen_id == citizen_id:
        raise OwnReport(report_id)
    if (await session.get_one(Citizen, citizen_id)).blocked_at is not None:
        raise MayNotSupport(report_id)
    if report.confidential or report.misconduct:
        raise UnknownReport(report_id)
    if report.status not in OPEN:
        raise ForbiddenMove(report.status, report.status)
    row = upsert(session, Supporter).values(report_id=report_id, citizen_id=citizen_id, at=now)
    row = row.on_conflict_do_nothing(index_elements=["report_id", "citizen_id"]).returning(col(Supporter.id))
    if (await session.exec(row)).first() is None:
        return report, False
    by = Actor(ActorKind.CITIZEN, citizen_id)
    event = await reports.record(session, report, "supported", by=by, now=now, note=note)
    await evidence.attach(session, report, files, now, event=event)
    return report, True


async def leave(session: AsyncSession, report_id: int, citizen_id: int, *, now: datetime) -> Report:
    """Stop following. Raises: UnknownReport for who does not support it."""
    report = await supported(session, report_id, citizen_id)
    await session.exec(delete(Supporter).where(_row(report_id, citizen_id)))
    await reports.record(session, report, "left", by=Actor(ActorKind.CITIZEN, citizen_id), now=now)
    return report


async def supported(session: AsyncSession, report_id: int, citizen_id: int) -> Report:
    """A report that this citizen supports. Raises: UnknownReport."""
    if (await session.exec(select(Supporter.id).where(_row(report_id, citizen_id)))).first() is None:
        raise UnknownReport(report_id)
    return await session.get_one(Report, report_id)


async def withdraw(session: AsyncSession, report_id: int, citizen_id: int, *, now: datetime, text: str) -> bool:
    """The author takes the report back. Where others support it, it goes on under the one who came first, in the words
    of `text` (the author's, masked), and the author is free of it. Returns whether it goes on.

    Raises: UnknownReport, ForbiddenMove.
    """
    report = await reports.of_citizen(session, report_id, citizen_id)
    check_move(report.status, Status.WITHDRAWN, "")
    by = Actor(ActorKind.CITIZEN, citizen_id)
    heir = await _oldest(session, report_id)
    if heir is None:
        await reports.change_status(session, report_id, Status.WITHDRAWN, by=by, now=now)
        return False
    report.citizen_id, report.text = heir, text
    await session.exec(delete(Supporter).where(_row(report_id, heir)))
    await reports.record(session, report, "inherited", by=by, now=now)
    return True


async def counts(session: AsyncSession, report_ids: Collection[int]) -> dict[int, int]:
    """How many support each report; those without supporters are left out."""
    statement = (
        select(Supporter.report_id, func.count())
        .where(col(Supporter.report_id).in_(report_ids))
        .group_by(col(Supporter.report_id))
    )
    return dict((await session.exec(statement)).all())


async def page_of(session: AsyncSession, citizen_id: int, page: int) -> tuple[list[Report], int]:
    """A page (from 0) of what a citizen supports, the newest report first, and how many there are."""
    return await reads.page_of(session, _of_supporter, {"citizen": citizen_id}, page)


@cache
def _of_supporter(further: bool) -> Any:
    mine = select(Supporter.report_id).where(Supporter.citizen_id == bindparam("citizen", type_=BigId))
    return reads.paged(col(Report.id).in_(mine), further)


async def ids_of(session: AsyncSession, citizen_id: int, report_ids: Collection[int]) -> set[int]:
    """Which of these reports a citizen supports."""
    statement = select(Supporter.report_id).where(
        Supporter.citizen_id == citizen_id, col(Supporter.report_id).in_(report_ids)
    )
    return set((await session.exec(statement)).all())


async def _oldest(session: AsyncSession, report_id: int) -> int | None:
    """The first supporter who can still be reached."""
    statement = (
        select(Supporter.citizen_id)
        .join(Citizen, col(Citizen.id) == col(Supporter.citizen_id))
        .where(
            Supporter.report_id == report_id,
            col(Citizen.chat_id).is_not(None),
            col(Citizen.reachable),
            col(Citizen.blocked_at).is_(None),
        )
    )
    return (await session.exec(statement.order_by(col(Supporter.id)).limit(1))).first()


def _row(report_id: int, citizen_id: int) -> ColumnElement[bool]:
    return (col(Supporter.report_id) == report_id) & (col(Supporter.citizen_id) == citizen_id)
