"""Groups in which an office reads its new reports: bound by a one-time code, followed when they move, or let go."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import outbox, staff
from storage.tables import Agency, GroupCode, Lane, OfficeGroup, Officer, Role

CODE_LASTS = timedelta(hours=1)
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike when somebody types it from another screen."""


class GroupError(Exception):
    """`code` names the sentence a person reads: group_code_unknown, _used, _expired, or group_unbound."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def new_code(session: AsyncSession, agency_id: str, by: int | None, now: datetime) -> str:
    """A code of ten characters that binds one group to an office within the hour; it is kept nowhere."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(10))
    session.add(
        GroupCode(
            code_hash=_hash(code), agency_id=agency_id, created_by=by, created_at=now, expires_at=now + CODE_LASTS
        )
    )
    return code


async def made(session: AsyncSession, code: str) -> GroupCode | None:
    """A code that was once made, locked."""
    statement = select(GroupCode).where(GroupCode.code_hash == _hash(code.strip().lower())).with_for_update()
    return (await session.exec(statement)).first()


async def bind(
    session: AsyncSession, code: GroupCode, chat_id: int, thread_id: int, title: str, *, by: int, now: datetime
) -> OfficeGroup:
    """From now on the office's new reports arrive in this group, or this topic of it, and no other office's.

    Raises: GroupError for a code that is used or too old.
    """
    if code.used_at is not None:
        raise GroupError("group_code_used")
    if code.expires_at < now:
        raise GroupError("group_code_expired")
    here = (col(OfficeGroup.chat_id) == chat_id, col(OfficeGroup.thread_id) == thread_id)
    await session.exec(delete(OfficeGroup).where(*here))
    group = OfficeGroup(
        agency_id=code.agency_id, chat_id=chat_id, thread_id=thread_id, title=title[:200], bound_by=by, bound_at=now
    )
    session.add(group)
    code.used_at = now
    await session.flush()
    return group


async def of_agency(session: AsyncSession, agency_id: str | None) -> list[OfficeGroup]:
    return list((await session.exec(_of_agency(), params={"agency": agency_id})).all()) if agency_id else []


@cache
def _of_agency() -> Any:
    there = col(OfficeGroup.agency_id) == bindparam("agency", type_=String)
    return select(OfficeGroup).where(there).order_by(col(OfficeGroup.id))


async def at(session: AsyncSession, chat_id: int, thread_id: int) -> OfficeGroup | None:
    """The binding of a group, or of one topic of it."""
    statement = select(OfficeGroup).where(OfficeGroup.chat_id == chat_id, OfficeGroup.thread_id == thread_id)
    return (await session.exec(statement)).first()


async def by_id(session: AsyncSession, group_id: int) -> OfficeGroup | None:
    return await session.get(OfficeGroup, group_id)


async def moved(session: AsyncSession, old: int, new: int) -> None:
    """The group became a supergroup with another id. Told more than once, it moves once."""
    await session.exec(update(OfficeGroup).where(col(OfficeGroup.chat_id) == old).values(chat_id=new))


async def lost(session: AsyncSession, chat_id: int, now: datetime) -> int:
    """The bot was put out of the group: unbind it and tell the heads of its offices. Returns how many were unbound."""
    bound = (await session.exec(select(OfficeGroup).where(OfficeGroup.chat_id == chat_id))).all()
    for group in bound:
        agency = await session.get_one(Agency, group.agency_id)
        await session.delete(group)
        for chat in await _answerable(session, group.agency_id):
            await outbox.put(
                session,
                now=now,
                lane=Lane.NOTICE,
                chat_id=chat,
                notice="group_was_lost",
                payload={"title": group.title, "agency": agency.name},
                dedupe_key=f"group-lost:{group.id}:{chat}",
            )
    return len(bound)


async def _answerable(session: AsyncSession, agency_id: str) -> list[int]:
    """The heads of an office; the administrators where it has none."""
    statement = select(Officer).where(
        Officer.agency_id == agency_id, Officer.role == Role.HEAD, col(Officer.active), col(Officer.reachable)
    )
    heads = (await session.exec(statement)).all() or await staff.administrators(session)
    return [officer.chat_id for officer in heads]


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
