"""Where each person stands in a dialogue; written in the transaction of the update that moved it."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ledger
from storage.tables import Conversation


async def find(session: AsyncSession, key: str) -> Conversation | None:
    book = ledger.of(session)
    return await ledger.recall(session, Conversation, key, book.conversations if book else None)


async def put(
    session: AsyncSession, key: str, now: datetime, *, state: str | None = None, data: dict[str, Any] | None = None
) -> None:
    """Set the state (`""` clears it) or the data; what is None stays as it was."""
    book, found = ledger.of(session), await find(session, key)
    row = found or Conversation(key=key, updated_at=now)
    if state is not None:
        row.state = state or None
    if data is not None:
        row.data = data
    row.updated_at = now
    ended = row.state is None and not row.data
    if book is not None:
        if not ended:
            book.keep(row)
        elif found is not None:
            book.drop(key)
    elif not ended:
        session.add(row)
    elif found is not None:
        await session.delete(row)
