"""Which processes share this database: each says every few seconds that it lives."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import upsert
from storage.tables import Process

PARTS = ("incoming", "outgoing", "schedule")
"""What a process may do; one that does less leaves the rest to others on the same database."""

ALIVE = timedelta(seconds=10)
"""A process unseen for longer counts as dead."""


async def seen(session: AsyncSession, process_id: str, name: str, parts: Sequence[str], now: datetime) -> None:
    """A process lives. `parts` are what it does: incoming, outgoing, schedule. Rows of the long dead are removed."""
    values = {"id": process_id, "name": name, "parts": " ".join(parts), "started_at": now, "seen_at": now}
    statement = upsert(session, Process).values(values)
    await session.exec(statement.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now}))
    await session.exec(delete(Process).where(col(Process.seen_at) < now - timedelta(days=1)))


async def gone(session: AsyncSession, ids: Collection[str]) -> None:
    """Processes that have ended."""
    await session.exec(delete(Process).where(col(Process.id).in_(ids)))


async def known(session: AsyncSession) -> Sequence[Process]:
    """Every process that has not said that it ends; `seen_at` is by its own clock."""
    return (await session.exec(select(Process))).all()


async def first(session: AsyncSession, part: str, now: datetime) -> str | None:
    """The live process that has done a part for the longest: the one to do what only one may do."""
    rows = (await session.exec(select(Process).where(Process.seen_at > now - ALIVE))).all()
    able = [row for row in rows if part in row.parts.split()]
    return min(able, key=lambda row: (row.started_at, row.id)).id if able else None


async def live(session: AsyncSession, now: datetime) -> Counter[str]:
    """How many live processes do each part."""
    rows = await session.exec(select(Process.parts).where(Process.seen_at > now - ALIVE))
    return Counter(part for parts in rows.all() for part in parts.split())
