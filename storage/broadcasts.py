"""A message to many on its way: slice by slice, by growing id of who gets it, so that it can go on after a stop."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import outbox
from storage.tables import Broadcast, Citizen, Lane, Officer, Report, Subscription

UNFINISHED = ("confirmed", "sending")
SLICE = 250
"""Readers in one transaction: SQLite's one writer is free again before somebody who chats notices."""


@dataclass(frozen=True)
class Reader:
    """Somebody a message is for: the id of the citizen or officer, and their chat."""

    id: int
    chat_id: int


async def readers(session: AsyncSession, audience: str, after_id: int, limit: int) -> list[Reader]:
    """The next readers of an audience (`citizens`, `staff` or `kecamatan:<name>`) who can be reached, by id."""
    if audience == "staff":
        officers = select(Officer.id, Officer.chat_id).where(
            col(Officer.active), col(Officer.reachable), col(Officer.id) > after_id
        )
        found = (await session.exec(officers.order_by(col(Officer.id)).limit(limit))).all()
        return [Reader(number or 0, chat) for number, chat in found]
    citizens = select(Citizen.id, Citizen.chat_id).where(
        col(Citizen.reachable), col(Citizen.chat_id).is_not(None), col(Citizen.id) > after_id
    )
    scope, _, place = audience.partition(":")
    if scope == "kecamatan":
        wrote = select(Report.citizen_id).where(Report.kecamatan == place)
        asked = select(Subscription.citizen_id).where(Subscription.scope == scope, Subscription.value == place)
        citizens = citizens.where(or_(col(Citizen.id).in_(wrote), col(Citizen.id).in_(asked)))
    rows = (await session.exec(citizens.order_by(col(Citizen.id)).limit(limit))).all()
    return [Reader(number or 0, chat or 0) for number, chat in rows]


async def send_slice(session: AsyncSession, now: datetime, limit: int = SLICE) -> int | None:
    """Owe the oldest unfinished broadcast to its next readers. Returns how many; None where nothing is left to do."""
    unfinished = select(Broadcast).where(col(Broadcast.state).in_(UNFINISHED)).order_by(col(Broadcast.id)).limit(1)
    broadcast = (await session.exec(unfinished.with_for_update(skip_locked=True))).first()
    if broadcast is None:
        return None
    found = await readers(session, broadcast.audience, broadcast.reached_id, limit)
    owed = await outbox.put_many(
        session,
        now=now,
        lane=Lane.DIGEST,
        notice="broadcast",
        payload={"text": broadcast.text},
        readers=[(reader.chat_id, f"broadcast:{broadcast.id}:{reader.chat_id}") for reader in found],
    )
    broadcast.owed += owed
    broadcast.state = "sending"
    if found:
        broadcast.reached_id = found[-1].id
    if len(found) < limit:
        broadcast.state, broadcast.finished_at = "done", now
    return owed


async def newest(session: AsyncSession) -> Broadcast | None:
    """The broadcast that was confirmed last."""
    return (await session.exec(select(Broadcast).order_by(col(Broadcast.id).desc()).limit(1))).first()


AUDIENCES = ("citizens", "staff")


async def count(session: AsyncSession, audience: str) -> int:
    """How many of `citizens` or `staff` would get it now."""
    table = Officer if audience == "staff" else Citizen
    reachable = select(func.count()).select_from(table).where(col(table.reachable), col(table.chat_id).is_not(None))
    if table is Officer:
        reachable = reachable.where(col(Officer.active))
    return (await session.exec(reachable)).one()


async def confirm(session: AsyncSession, text: str, audience: str, *, by: int | None, now: datetime) -> Broadcast:
    """From now on it goes out."""
    expected = await count(session, audience)
    row = Broadcast(text=text, audience=audience, expected=expected, created_by=by, created_at=now)
    session.add(row)
    await session.flush()
    return row
