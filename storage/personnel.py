"""Who works where: ending and giving back somebody's access, another task, another office.

Whoever leaves a desk leaves nothing in a drawer: what they had taken goes back to the queue of its office.
"""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import conversations, outbox, reports, staff
from storage.lifecycle import OPEN, Status
from storage.reports import Actor
from storage.staff import CITY_ROLES
from storage.tables import ActorKind, Agency, Invitation, Lane, Officer, Report, Role

PAGE = 8
"""Officers on one page of a list."""


class PersonnelError(Exception):
    """Root of this module's errors; `code` names the sentence a person reads."""

    code = "officer_unknown"


class UnknownOfficer(PersonnelError):
    """Nobody has this id."""


class LastAdministrator(PersonnelError):
    """Without them nobody could give anybody access again."""

    code = "last_administrator"


class OwnAccess(PersonnelError):
    """Nobody changes their own access: a colleague does."""

    code = "own_access"


class OfficeNeeded(PersonnelError):
    """This role belongs to an office."""

    code = "office_needed"


async def headcount(session: AsyncSession) -> list[tuple[Agency | None, int]]:
    """Where people work and how many, suspended ones too; first (None, n) for the roles of the whole city."""
    counted = (
        select(Officer.agency_id, func.count())
        .group_by(col(Officer.agency_id))
        .order_by(col(Officer.agency_id).is_not(None), col(Officer.agency_id))
    )
    return [
        (await session.get(Agency, agency_id) if agency_id else None, many)
        for agency_id, many in (await session.exec(counted)).all()
    ]


async def of_office(session: AsyncSession, agency_id: str | None, page: int) -> tuple[list[Officer], int]:
    """A page (from 0) of an office's people, those with access first, and how many there are."""
    here = col(Officer.agency_id).is_(None) if agency_id is None else col(Officer.agency_id) == agency_id
    total = (await session.exec(select(func.count()).select_from(Officer).where(here))).one()
    statement = select(Officer).where(here).order_by(col(Officer.active).desc(), col(Officer.id))
    return list((await session.exec(statement.offset(page * PAGE).limit(PAGE))).all()), total


async def find(session: AsyncSession, officer_id: int) -> Officer | None:
    """Anybody who ever had access."""
    return await session.get(Officer, officer_id)


async def in_hand(session: AsyncSession, officer_id: int) -> int:
    """How many open reports the officer has taken."""
    mine = select(func.count()).select_from(Report).where(Report.officer_id == officer_id)
    return (await session.exec(mine.where(col(Report.status).in_(OPEN)))).one()


async def suspend(session: AsyncSession, officer_id: int, *, by: int, now: datetime) -> Officer:
    """End somebody's access at once: their reports go back, their invitations and half-written words are worth nothing.

    Raises: UnknownOfficer, OwnAccess, LastAdministrator.
    """
    officer = await _lock(session, officer_id, by)
    await _keep_an_administrator(session, officer)
    officer.active = False
    await session.exec(
        update(Invitation)
        .where(col(Invitation.created_by) == officer_id, col(Invitation.used_at).is_(None))
        .values(expires_at=now)
    )
    await _forget_words(session, officer, now)
    await give_back(session, officer, by=by, now=now)
    return officer


async def restore(session: AsyncSession, officer_id: int, *, by: int) -> Officer:
    """Give somebody back the access they had. Raises: UnknownOfficer, OwnAccess."""
    officer = await _lock(session, officer_id, by)
    officer.active = officer.reachable = True
    return officer


async def appoint(
    session: AsyncSession, officer_id: int, role: Role, agency_id: str | None, *, by: int, now: datetime
) -> Officer:
    """Another task, another office, or both. Raises: UnknownOfficer, OwnAccess, LastAdministrator, OfficeNeeded."""
    officer = await _lock(session, officer_id, by)
    agency_id = None if role in CITY_ROLES else agency_id
    if role not in CITY_ROLES and (agency_id is None or await session.get(Agency, agency_id) is None):
        raise OfficeNeeded
    if role is not Role.ADMIN:
        await _keep_an_administrator(session, officer)
    if agency_id != officer.agency_id:
        await give_back(session, officer, by=by, now=now)
    officer.role, officer.agency_id = role, agency_id
    await _forget_words(session, officer, now)
    return officer


async def join(session: AsyncSession, token: str, chat_id: int, name: str, now: datetime) -> Officer:
    """Accept an invitation; who comes from another office leaves there what they had taken.

    Raises: InvitationRefused, LastAdministrator.
    """
    known = (await session.exec(select(Officer).where(Officer.chat_id == chat_id))).first()
    was = (known.agency_id, known.role, known.active) if known else None
    officer = await staff.accept(session, token, chat_id, name, now)
    if was and was[1:] == (Role.ADMIN, True) and officer.role is not Role.ADMIN:
        await session.flush()
        if not await _administrators_besides(session, officer.id or 0):
            raise LastAdministrator
    if was and was[0] is not None and was[0] != officer.agency_id:
        await give_back(session, officer, by=officer.id or 0, now=now, agency_id=was[0])
    return officer


async def give_back(
    session: AsyncSession, officer: Officer, *, by: int, now: datetime, agency_id: str | None = None
) -> list[str]:
    """Put the open reports an officer has taken back into their office's queue, and tell the office once. Returns
    their numbers. `agency_id` is the office they leave, where it is not their present one."""
    statement = (
        select(Report)
        .where(Report.officer_id == officer.id, col(Report.status).in_(OPEN))
        .order_by(col(Report.id))
        .with_for_update()
    )
    actor, numbers = Actor(ActorKind.OFFICER, by), []
    for report in (await session.exec(statement)).all():
        report.officer_id = None
        if report.status is Status.IN_PROGRESS:
            report.status, report.status_at = Status.ASSIGNED, now
        await reports.record(session, report, "taker_left", by=actor, now=now, officer=officer.id)
        numbers.append(report.number)
    left = agency_id or officer.agency_id
    if numbers and left:
        office = await session.get_one(Agency, left)
        for colleague in await staff.of_agency(session, left):
            if colleague.id != officer.id:
                await outbox.put(
                    session,
                    now=now,
                    lane=Lane.NOTICE,
                    chat_id=colleague.chat_id,
                    notice="reports_came_back",
                    payload={"numbers": numbers, "agency": office.name, "name": officer.name},
                )
    return numbers


async def _forget_words(session: AsyncSession, officer: Officer, now: datetime) -> None:
    """What somebody was writing belonged to the task they had."""
    await conversations.put(session, f"{officer.chat_id}:{officer.chat_id}", now, state="", data={})


async def _lock(session: AsyncSession, officer_id: int, by: int) -> Officer:
    """Raises: UnknownOfficer, OwnAccess."""
    if officer_id == by:
        raise OwnAccess
    statement = select(Officer).where(Officer.id == officer_id).with_for_update()
    officer = (await session.exec(statement.execution_options(populate_existing=True))).first()
    if officer is None:
        raise UnknownOfficer
    return officer


async def _keep_an_administrator(session: AsyncSession, officer: Officer) -> None:
    """Raises: LastAdministrator if this is the only one, also when two try to end each other at the same moment."""
    if officer.role is Role.ADMIN and officer.active and not await _administrators_besides(session, officer.id or 0):
        raise LastAdministrator


async def _administrators_besides(session: AsyncSession, officer_id: int) -> list[int | None]:
    statement = select(Officer.id).where(Officer.role == Role.ADMIN, col(Officer.active), Officer.id != officer_id)
    return list((await session.exec(statement.with_for_update())).all())
