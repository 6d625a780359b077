"""Who wants the weekly digest of what: the whole city, a kecamatan, a kelurahan, or a group of topics."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import upsert
from storage.tables import Citizen, Subscription

MOST = 10
"""Subscriptions of one person."""


class Scope(StrEnum):
    """What a digest is about. `value`: "Beji", "Kukusan, Beji" (two kelurahan are called Curug), a key of GROUPS."""

    CITY = "city"
    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"
    TOPIC = "topic"


class TooMany(Exception):
    """The person has as many subscriptions as one may have."""

    code = "subscriptions_full"


async def of(session: AsyncSession, citizen_id: int) -> list[Subscription]:
    """A person's subscriptions, in the order they were made."""
    statement = select(Subscription).where(Subscription.citizen_id == citizen_id).order_by(col(Subscription.id))
    return list((await session.exec(statement)).all())


async def add(session: AsyncSession, citizen_id: int, scope: Scope, value: str, now: datetime) -> bool:
    """Subscribe a person; False where they had this already. Raises: TooMany."""
    await session.exec(select(Citizen.id).where(Citizen.id == citizen_id).with_for_update())  # two taps, one count
    mine = await of(session, citizen_id)
    if any((row.scope, row.value) == (scope, value) for row in mine):
        return False
    if len(mine) >= MOST:
        raise TooMany
    statement = upsert(session, Subscription).values(citizen_id=citizen_id, scope=scope, value=value, created_at=now)
    await session.exec(statement.on_conflict_do_nothing(index_elements=["citizen_id", "scope", "value"]))
    return True


async def stop(session: AsyncSession, citizen_id: int, subscription_id: int) -> Subscription | None:
    """End a person's own subscription; returns it, None where there was none (any more) or it is somebody else's."""
    row = await session.get(Subscription, subscription_id)
    if row is None or row.citizen_id != citizen_id:
        return None
    await session.exec(delete(Subscription).where(col(Subscription.id) == subscription_id))
    session.expunge(row)
    return row


async def wanted(session: AsyncSession) -> list[tuple[str, str]]:
    """Every (scope, value) that somebody is subscribed to: the digests to make."""
    statement = select(Subscription.scope, Subscription.value).distinct()
    return sorted((scope, value) for scope, value in (await session.exec(statement)).all())


@dataclass(frozen=True)
class Reader:
    """Where a digest goes. `id` is the subscription's: its stop button is `g:stop:<id>`."""

    id: int
    chat_id: int


async def readers(session: AsyncSession, scope: str, value: str, after_id: int = 0, limit: int = 500) -> list[Reader]:
    """The next `limit` reachable readers of one digest with an id above `after_id`, by id; an empty list ends it."""
    statement = (
        select(Subscription.id, Citizen.chat_id)
        .join(Citizen, col(Citizen.id) == Subscription.citizen_id)
        .where(
            Subscription.scope == scope,
            Subscription.value == value,
            col(Subscription.id) > after_id,
            col(Citizen.reachable),
            col(Citizen.chat_id).is_not(None),
        )
        .order_by(col(Subscription.id))
        .limit(limit)
    )
    return [Reader(int(row or 0), int(chat or 0)) for row, chat in (await session.exec(statement)).all()]


async def many(session: AsyncSession, scope: str, value: str) -> int:
    """How many people read one digest."""
    statement = select(func.count()).select_from(Subscription)
    return (await session.exec(statement.where(Subscription.scope == scope, Subscription.value == value))).one()
