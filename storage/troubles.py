"""What is wrong with the service now, as its processes see it; administrators hear once, and once when it is over."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import outbox, staff
from storage.engine import upsert
from storage.tables import Inbox, InboxState, Lane, Trouble
from storage.tables.naming import literally

LASTING = timedelta(seconds=45)
"""A trouble that no process has seen for so long is over."""

RECENT = timedelta(hours=1)
"""How long an update that was set aside counts as news."""


async def seen(session: AsyncSession, kind: str, detail: str, now: datetime) -> bool:
    """A trouble holds. Returns whether it is new: of many processes that see it, one is told so."""
    values = {"kind": kind, "detail": detail, "since": now, "seen_at": now}
    statement = upsert(session, Trouble).values(values).on_conflict_do_nothing(index_elements=["kind"])
    if (await session.exec(statement.returning(col(Trouble.kind)))).first() is not None:
        return True
    await session.exec(update(Trouble).where(col(Trouble.kind) == kind).values(seen_at=now, detail=detail))
    return False


async def over(session: AsyncSession, now: datetime) -> list[Trouble]:
    """Troubles nobody sees any more. Each is returned once, whoever asks."""
    statement = delete(Trouble).where(col(Trouble.seen_at) < now - LASTING).returning(Trouble)
    return list((await session.exec(statement)).scalars().all())


async def present(session: AsyncSession) -> list[Trouble]:
    """What is wrong now, the oldest first."""
    return list((await session.exec(select(Trouble).order_by(col(Trouble.since)))).all())


async def lately_set_aside(session: AsyncSession, now: datetime) -> int:
    """Updates that could not be handled within the last hour."""
    aside = literally(Inbox.state, InboxState.SET_ASIDE.value)
    statement = select(func.count()).select_from(Inbox).where(aside, col(Inbox.done_at) > now - RECENT)
    return (await session.exec(statement)).one()


async def chats(session: AsyncSession) -> list[int]:
    """Where administrators read."""
    return [officer.chat_id for officer in await staff.administrators(session)]


async def tell(
    session: AsyncSession, readers: Iterable[int], notice: str, facts: dict[str, Any], now: datetime, *, grave: bool
) -> None:
    """Owe administrators a word. What is grave rings at any hour, the rest waits for the morning."""
    for chat_id in readers:
        await outbox.put(
            session,
            now=now,
            lane=Lane.REPLY if grave else Lane.NOTICE,
            chat_id=chat_id,
            notice=notice,
            payload=facts,
            dedupe_key=f"{notice}:{facts['kind']}:{facts['since']}:{chat_id}",
        )
