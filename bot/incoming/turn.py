"""The update that is being handled: what aiogram's storage and session need, without every handler passing it on."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession


@dataclass
class Turn:
    """One update in its transaction. `replies` counts what its handler owed; `answered`: its press was answered."""

    session: AsyncSession
    now: datetime
    update_id: int
    replies: int = 0
    answered: bool = False


current: ContextVar[Turn] = ContextVar("turn")
