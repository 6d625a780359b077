"""What a periodic job is given, and what it gives back: one issue, built slice by slice."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Settings
from storage import outbox
from storage.calendar import Calendar
from storage.tables import Lane

SLICE = 250
"""Readers in one transaction: at most a fifth of a second in which SQLite's one writer is busy."""


@dataclass(frozen=True)
class Issue:
    """One issue: what became due at `end`; `cursor` is the last reader served, 0 at the start."""

    run_id: int
    end: datetime
    cursor: int
    now: datetime
    settings: Settings
    calendar: Calendar
    """Working days as they are known now: days off that were declared in chat are among them."""


@dataclass(frozen=True)
class Slice:
    """Readers served and notices owed. `cursor` None: that was the last one. `total` is told with the first slice."""

    served: int = 0
    owed: int = 0
    cursor: int | None = None
    total: int | None = None


Build = Callable[[AsyncSession, Issue], Awaitable[Slice]]


async def owe(
    session: AsyncSession,
    issue: Issue,
    reader: str,
    chat_id: int | None,
    notice: str,
    facts: dict[str, Any],
) -> bool:
    """Owe a digest to a reader, once for each issue."""
    return await outbox.put(
        session,
        now=issue.now,
        lane=Lane.DIGEST,
        chat_id=chat_id,
        notice=notice,
        payload=facts,
        dedupe_key=f"run:{issue.run_id}:{reader}",
    )
