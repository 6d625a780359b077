"""Who is written to, and where: the audiences of a notice, and the officers and groups of an office."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, literal, union_all
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import staff
from storage.engine import rows_of
from storage.tables import Citizen, OfficeGroup, Officer, Report, Supporter


class Audience(Enum):
    CITIZEN = auto()
    OFFICE = auto()  # every officer of the agency that has the report
    DESK = auto()  # Diskominfo's triage desk
    TAKER = auto()  # the officer who accepted it, else the office
    HEAD = auto()  # who leads the office; the desk where nobody does
    SUPPORTERS = auto()  # other citizens whom the same matter bothers; never told what office and author ask each other
    GROUP = auto()  # the office's own groups, where it has any


LESSER = frozenset(
    {
        "your_report_was_routed",
        "your_report_was_transferred",
        "your_report_is_being_routed",
        "your_report_was_accepted",
        "your_report_waits",
        "your_report_progressed",
        "supported_moved",
        "supported_was_accepted",
    }
)
"""News that a citizen who wants only the main things does without: nothing is asked of them, nothing has ended."""


@dataclass(frozen=True)
class Addresses:
    """Chats of the reachable officers, and (chat, thread) of the groups; the first to have come stand first."""

    officers: tuple[int, ...]
    groups: tuple[tuple[int, int], ...]


async def of_office_once(session: AsyncSession, agency_id: str) -> Addresses:
    """As this transaction first found them: of the reports that are opened together, several go to one office.

    Who comes or goes meanwhile does so after those reports.
    """
    known: dict[str, Addresses] = session.info.setdefault("offices", {})
    if agency_id not in known:
        known[agency_id] = await of_office(session, agency_id)
    return known[agency_id]


async def of_office(session: AsyncSession, agency_id: str) -> Addresses:
    """By one question: every new report asks it."""
    found = await rows_of(session, _at_office(), {"agency": agency_id})
    officers = tuple(row.chat_id for row in found if not row.is_group)
    return Addresses(officers, tuple((row.chat_id, row.thread_id) for row in found if row.is_group))


@cache
def _at_office() -> Any:
    agency, no_thread = bindparam("agency", type_=String), literal(0).label("thread_id")
    officers: Any = select(literal(0).label("is_group"), col(Officer.id).label("id"), Officer.chat_id, no_thread)
    groups: Any = select(literal(1), OfficeGroup.id, OfficeGroup.chat_id, OfficeGroup.thread_id)
    return union_all(
        officers.where(col(Officer.agency_id) == agency, col(Officer.active), col(Officer.reachable)),
        groups.where(col(OfficeGroup.agency_id) == agency),
    ).order_by("is_group", "id")


async def recipients(
    session: AsyncSession, report: Report, audience: Audience, notice: str, office: Addresses | None = None
) -> Sequence[int]:
    """The chats of an audience that want this notice, now. `office`: the addresses of the report's, where known."""
    if audience is Audience.CITIZEN:
        citizen = await session.get_one(Citizen, report.citizen_id)
        if citizen.updates == "main" and notice in LESSER:
            return []
        return [citizen.chat_id] if citizen.reachable and citizen.chat_id is not None else []
    if audience is Audience.SUPPORTERS:
        return await supporters(session, report, notice)
    if audience is Audience.TAKER and report.officer_id is not None:
        taker = await session.get_one(Officer, report.officer_id)
        if taker.active and taker.reachable:
            return [taker.chat_id]
    if report.misconduct:
        return [officer.chat_id for officer in await staff.inspectors(session, report.agency_id)]
    if audience is Audience.HEAD and report.agency_id is not None:
        return [officer.chat_id for officer in await staff.heads(session, report.agency_id)]
    if audience is Audience.DESK or report.agency_id is None:
        return [officer.chat_id for officer in await staff.of_desk(session)]
    if office is not None and office.officers:
        return office.officers
    return [officer.chat_id for officer in await staff.of_agency(session, report.agency_id)]


async def supporters(session: AsyncSession, report: Report, notice: str) -> list[int]:
    """The chats of those who support a report, can be reached and want this notice, the first supporter first."""
    statement = (
        select(Citizen.chat_id)
        .join(Supporter, col(Supporter.citizen_id) == col(Citizen.id))
        .where(Supporter.report_id == report.id, col(Citizen.reachable), col(Citizen.chat_id).is_not(None))
    )
    if notice in LESSER:
        statement = statement.where(col(Citizen.updates) != "main")
    return [chat for chat in (await session.exec(statement.order_by(col(Supporter.id)))).all() if chat is not None]
