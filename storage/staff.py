"""Officers, their invitations, and the record of who tried what."""

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ledger
from storage.tables import Attempt, Invitation, Officer, Role

INVITATION_LASTS = timedelta(days=7)
CITY_ROLES = frozenset({Role.ADMIN, Role.TRIAGE, Role.LEADER, Role.AUDITOR})
"""Roles that belong to no single office."""


class InvitationRefused(Exception):
    """`code` names the sentence a person reads: invitation_unknown, invitation_used, invitation_expired."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def by_chat(session: AsyncSession, chat_id: int) -> Officer | None:
    """The active officer who writes from this chat."""
    book = ledger.of(session)
    if book is not None and chat_id in book.officers:
        known = book.officers[chat_id]
        return known if known is not None and known.active else None
    return (await session.exec(select(Officer).where(Officer.chat_id == chat_id, col(Officer.active)))).first()


async def ensure_administrators(session: AsyncSession, chat_ids: Collection[int], now: datetime) -> None:
    """The administrators named in the configuration exist; whose access was ended in the chat stays without."""
    for chat_id in chat_ids:
        officer = (await session.exec(select(Officer).where(Officer.chat_id == chat_id))).first()
        if officer is None:
            session.add(Officer(chat_id=chat_id, name="Administrator", role=Role.ADMIN, created_at=now))
        elif officer.active:
            officer.role, officer.agency_id = Role.ADMIN, None


async def invite(session: AsyncSession, role: Role, agency_id: str | None, by: int | None, now: datetime) -> str:
    """Make a one-time invitation; returns its token (up to 32 characters of A-Z a-z 0-9 _ -), which is kept nowhere."""
    token = secrets.token_urlsafe(16)
    session.add(
        Invitation(
            token_hash=_hash(token),
            role=role,
            agency_id=None if role in CITY_ROLES else agency_id,
            created_by=by,
            created_at=now,
            expires_at=now + INVITATION_LASTS,
        )
    )
    return token


async def accept(session: AsyncSession, token: str, chat_id: int, name: str, now: datetime) -> Officer:
    """Turn an invitation into an officer, or move an officer to its office and role. Raises: InvitationRefused."""
    statement = select(Invitation).where(Invitation.token_hash == _hash(token)).with_for_update()
    invitation = (await session.exec(statement)).first()
    if invitation is None:
        raise InvitationRefused("invitation_unknown")
    if invitation.used_at is not None:
        raise InvitationRefused("invitation_used")
    if invitation.expires_at < now:
        raise InvitationRefused("invitation_expired")
    officer = (await session.exec(select(Officer).where(Officer.chat_id == chat_id))).first()
    if officer is None:
        officer = Officer(chat_id=chat_id, name=name, role=invitation.role, created_at=now)
        session.add(officer)
    officer.role, officer.agency_id, officer.name = invitation.role, invitation.agency_id, name
    officer.active = officer.reachable = True
    await session.flush()
    invitation.used_at, invitation.used_by = now, officer.id
    return officer


async def of_agency(session: AsyncSession, agency_id: str) -> list[Officer]:
    """The reachable officers of an office; the desk's where it has none, so that no report lies unread."""
    return await inspectors(session, agency_id) or await of_desk(session)


async def heads(session: AsyncSession, agency_id: str) -> list[Officer]:
    """Who leads an office; the desk where nobody does, so that no objection lies unread."""
    return [officer for officer in await of_agency(session, agency_id) if officer.role is Role.HEAD] or await of_desk(
        session
    )


async def inspectors(session: AsyncSession, agency_id: str | None) -> list[Officer]:
    """The reachable officers of the very office; unlike `of_agency` never the desk in their place."""
    return list((await session.exec(_at_work(), params={"agency": agency_id})).all()) if agency_id else []


@cache
def _at_work() -> Any:
    there = col(Officer.agency_id) == bindparam("agency", type_=String)
    return select(Officer).where(there, col(Officer.active), col(Officer.reachable)).order_by(col(Officer.id))


async def of_desk(session: AsyncSession) -> list[Officer]:
    """The triage desk; the administrators where nobody sits at it."""
    for role in (Role.TRIAGE, Role.ADMIN):
        statement = select(Officer).where(Officer.role == role, col(Officer.active), col(Officer.reachable))
        if found := list((await session.exec(statement.order_by(col(Officer.id)))).all()):
            return found
    return []


async def administrators(session: AsyncSession) -> list[Officer]:
    """The reachable administrators."""
    statement = select(Officer).where(Officer.role == Role.ADMIN, col(Officer.active), col(Officer.reachable))
    return list((await session.exec(statement.order_by(col(Officer.id)))).all())


def record(
    session: AsyncSession,
    *,
    now: datetime,
    chat_id: int,
    officer: Officer | None,
    action: str,
    report_id: int | None,
    allowed: bool,
    reason: str = "",
    facts: dict[str, Any] | None = None,
) -> None:
    """Write down that somebody tried something that needs a role. `facts`: what it was about, as ids and codes."""
    tried: dict[str, Any] = {
        "at": now,
        "chat_id": chat_id,
        "officer_id": officer.id if officer else None,
        "action": action,
        "report_id": report_id,
        "allowed": allowed,
        "reason": reason,
        "facts": facts or {},
    }
    session.add(Attempt(**tried))
    session.info.setdefault("tried", []).append(tried)


def record_again(session: AsyncSession, attempts: Iterable[dict[str, Any]], reason: str) -> None:
    """What was tried stays written down when all else of it is undone; `reason` says why it came to nothing."""
    for tried in attempts:
        session.add(Attempt(**tried | {"reason": reason}))
