"""The update that is being handled: what aiogram's storage and session need, without every handler passing it on."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession


@dataclass(frozen=True)
class Refusal:
    """An error that is an answer, and what was tried, as it is to be written down."""

    error: Exception
    tried: tuple[dict[str, Any], ...] = ()


@dataclass
class Turn:
    """One update in its transaction. `replies` counts what its handler owed; `answered`: its press was answered.

    `refused`: the polite no that an earlier try ended with; this time it is said, and no handler is called.
    """

    session: AsyncSession
    now: datetime
    update_id: int
    replies: int = 0
    answered: bool = False
    refused: "Refusal | None" = None


current: ContextVar[Turn] = ContextVar("turn")
