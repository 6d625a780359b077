"""What people look at: plain queries, no changes."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, String, and_, bindparam, literal_column
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ledger
from storage.engine import ask
from storage.lifecycle import OPEN, Status
from storage.tables import Agency, Attachment, Event, Officer, Report, Supporter
from storage.tables.naming import literally
from storage.types import BigId

PAGE = 5
"""Reports on one page of a list."""


async def by_number(session: AsyncSession, number: str) -> Report | None:
    return (await session.exec(select(Report).where(Report.number == number))).first()


async def by_id(session: AsyncSession, report_id: int) -> Report:
    return await session.get_one(Report, report_id)


async def own_by_numbers(session: AsyncSession, citizen_id: int, numbers: Collection[str]) -> list[Report]:
    """Those reports of a citizen that have one of these numbers, the newest first."""
    statement = select(Report).where(col(Report.number).in_(numbers), Report.citizen_id == citizen_id)
    return list((await session.exec(statement.order_by(col(Report.id).desc()))).all()) if numbers else []


async def by_draft(session: AsyncSession, draft_id: str) -> Report | None:
    found = await ask(session, _by_draft(), {"draft": draft_id})
    return await session.get(Report, found) if found is not None else None


@cache
def _by_draft() -> Any:
    return select(Report.id).where(col(Report.draft_id) == bindparam("draft", type_=String))


class Shelf(NamedTuple):
    """A page of a citizen's reports, how many there are on all pages, and how many reports of others they follow."""

    reports: list[Report]
    total: int
    followed: int


async def of_citizen(
    session: AsyncSession, citizen_id: int, page: int, statuses: Collection[Status] = tuple(Status)
) -> Shelf:
    """A page (from 0) of a citizen's reports in these statuses, the newest first."""
    given = {"citizen": citizen_id, "skip": page * PAGE}
    found = (await session.exec(_of_citizen(frozenset(statuses), page > 0), params=given)).all()
    if found:
        return Shelf([row[0] for row in found], found[0].total, found[0].followed)
    if page:  # behind the last page, where no row can say how many there are
        return (await of_citizen(session, citizen_id, 0, statuses))._replace(reports=[])
    return Shelf([], 0, int(await ask(session, _followed(), {"citizen": citizen_id})))


@cache
def _of_citizen(statuses: frozenset[Status], further: bool) -> Any:
    theirs = col(Report.citizen_id) == bindparam("citizen", type_=BigId)
    wanted = theirs if statuses == frozenset(Status) else and_(theirs, literally(Report.status, *sorted(statuses)))
    return paged(wanted, further).add_columns(_followed().scalar_subquery().label("followed"))


@cache
def _followed() -> Any:
    theirs = col(Supporter.citizen_id) == bindparam("citizen", type_=BigId)
    return select(func.count()).select_from(Supporter).where(theirs)


def paged(wanted: ColumnElement[bool], further: bool) -> Any:
    """The statement for `page_of` the reports that are wanted: each row with how many there are.

    For a `further` page than the first some are skipped. How many are shown is written into it, for PostgreSQL plans
    a statement anew for each run where it could be any number.
    """
    statement = select(Report, func.count().over().label("total")).where(wanted).order_by(col(Report.id).desc())
    statement = statement.limit(literal_column(str(PAGE)))
    return statement.offset(bindparam("skip", type_=Integer)) if further else statement


async def page_of(
    session: AsyncSession, statement: Callable[[bool], Any], given: dict[str, Any], page: int
) -> tuple[list[Report], int]:
    """A page (from 0) of what a `paged` statement finds, the newest first, and how many there are in all."""
    found = (await session.exec(statement(page > 0), params=given | {"skip": page * PAGE})).all()
    if not found and page:  # behind the last page, where no row can say how many there are
        return [], (await page_of(session, statement, given, 0))[1]
    return [report for report, _ in found], found[0].total if found else 0


async def timeline(session: AsyncSession, report_id: int) -> list[Event]:
    await ledger.write_happened(session)
    return list((await session.exec(select(Event).where(Event.report_id == report_id).order_by(col(Event.id)))).all())


async def files(session: AsyncSession, report_id: int) -> list[Attachment]:
    statement = select(Attachment).where(Attachment.report_id == report_id).order_by(col(Attachment.id))
    return list((await session.exec(statement)).all())


async def agency(session: AsyncSession, agency_id: str | None) -> Agency | None:
    return await session.get(Agency, agency_id) if agency_id else None


async def officer(session: AsyncSession, officer_id: int) -> Officer | None:
    return await session.get(Officer, officer_id)


async def last_note(session: AsyncSession, report_id: int) -> str:
    """What the office last wrote to the citizen, or empty."""
    told = ("asked", "progressed", "resolved", "rejected", "referred", "extended", "amended")
    statement = (
        select(Event).where(Event.report_id == report_id, col(Event.kind).in_(told)).order_by(col(Event.id).desc())
    )
    event = (await session.exec(statement.limit(1))).first()
    return str(event.facts.get("note", "")) if event else ""


async def waiting_long(session: AsyncSession, since: datetime) -> list[Report]:
    """Open reports whose status has not changed since before `since`, except those that wait for the citizen."""
    moving = [status for status in OPEN if status is not Status.NEEDS_INFO]
    statement = select(Report).where(col(Report.status).in_(moving), Report.status_at < since)
    return list((await session.exec(statement.order_by(col(Report.id)))).all())
