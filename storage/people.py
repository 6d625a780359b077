"""Who writes from a chat, and whether they can be written to."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ledger
from storage.engine import adopt, dialect_of, inserting, rows_of, table_of
from storage.tables import Citizen, Officer, Subscription


async def set_reachable(session: AsyncSession, chat_id: int, reachable: bool) -> None:
    """Remember that this chat blocked the bot, or may be written to again."""
    for table in (Citizen, Officer):
        await session.exec(update(table).where(col(table.chat_id) == chat_id).values(reachable=reachable))


async def readable(session: AsyncSession) -> None:
    """Raises: SealedElsewhere when the newest names are sealed with a key that is not ours."""
    for table in (Citizen, Officer):
        await session.exec(select(table.name).order_by(col(table.id).desc()).limit(1))


async def at(session: AsyncSession, chat_id: int) -> Citizen | None:
    """The citizen who writes from this chat, if they ever did."""
    book = ledger.of(session)
    if book is not None and chat_id in book.citizens:
        return book.citizens[chat_id]
    found = (await session.exec(select(Citizen).where(Citizen.chat_id == chat_id))).first()
    if book is not None:
        book.citizens[chat_id] = found
    return found


async def citizen_at(session: AsyncSession, chat_id: int, name: str, now: datetime, *, agrees: bool = False) -> Citizen:
    """The citizen who writes from this chat, made on their first message; writing makes them reachable again.

    `agrees`: to the notice on personal data; the first time counts.
    """
    found = await at(session, chat_id)
    if found is None:
        values = {"chat_id": chat_id, "name": name, "created_at": now, "consented_at": now if agrees else None}
        [row] = await rows_of(session, _arriving(dialect_of(session)), values | {"reachable": True})
        new = Citizen(**row._mapping)
        adopt(session, new)
        _remember(session, chat_id, new)
        return new
    if not found.reachable:
        found.reachable = True
    if agrees and found.consented_at is None:
        found.consented_at = now
    return found


@cache
def _arriving(dialect: str) -> Any:
    """Two first messages may come at once: the second finds what the first has made."""
    statement = inserting(dialect, Citizen).on_conflict_do_update(index_elements=["chat_id"], set_={"reachable": True})
    return statement.returning(*table_of(Citizen).columns)


def _remember(session: AsyncSession, chat_id: int, citizen: Citizen) -> None:
    """Somebody new writes from this chat."""
    if (book := ledger.of(session)) is not None:
        book.citizens[chat_id] = citizen


async def citizen_id(session: AsyncSession, chat_id: int) -> int | None:
    """Their id."""
    citizen = await at(session, chat_id)
    return citizen.id if citizen else None


async def unsubscribe(session: AsyncSession, chat_id: int) -> None:
    """No weekly digest any more for the citizen who writes from this chat."""
    whose = select(Citizen.id).where(Citizen.chat_id == chat_id)
    await session.exec(delete(Subscription).where(col(Subscription.citizen_id).in_(whose)))
