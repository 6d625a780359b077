"""Where each person stands in a dialogue; written in the transaction of the update that moved it."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Conversation


async def find(session: AsyncSession, key: str) -> Conversation | None:
    return await session.get(Conversation, key)


async def put(
    session: AsyncSession, key: str, now: datetime, *, state: str | None = None, data: dict[str, Any] | None = None
) -> None:
    """Set the state (`""` clears it) or the data; what is None stays as it was."""
    row = await session.get(Conversation, key)
    if row is None:
        row = Conversation(key=key, updated_at=now)
        session.add(row)
    if state is not None:
        row.state = state or None
    if data is not None:
        row.data = data
    row.updated_at = now
    if row.state is None and not row.data:
        await session.flush()
        await session.exec(delete(Conversation).where(col(Conversation.key) == key))
        session.expunge(row)
