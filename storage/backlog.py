"""How much waits, and since when: for the operator, not for the work itself."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Inbox, InboxState, Lane, Outbox, OutboxState


@dataclass(frozen=True)
class Coming:
    """Updates that wait, the age of the oldest in seconds, and how many were set aside."""

    waiting: int
    lag: float
    set_aside: int


@dataclass(frozen=True)
class Going:
    """Rows due, by lane, and the age of the oldest in seconds (counted from when it was due); `answers`: of answers."""

    waiting: dict[Lane, int] = field(default_factory=dict)
    lag: float = 0.0
    answers: float = 0.0


async def inbox(session: AsyncSession, now: datetime) -> Coming:
    todo = select(func.count(), func.min(Inbox.received_at)).where(Inbox.state == InboxState.WAITING)
    waiting, oldest = (await session.exec(todo)).one()
    aside = select(func.count()).select_from(Inbox).where(Inbox.state == InboxState.SET_ASIDE)
    return Coming(waiting, _age(oldest, now), (await session.exec(aside)).one())


async def outbox(session: AsyncSession, now: datetime) -> Going:
    due = func.coalesce(Outbox.not_before, Outbox.created_at)
    todo = (
        select(Outbox.lane, func.count(), func.min(due))
        .where(col(Outbox.state).in_((OutboxState.WAITING, OutboxState.SENDING)), due <= now)
        .group_by(col(Outbox.lane))
    )
    rows = list((await session.exec(todo)).all())
    ages = {Lane(lane): _age(at, now) for lane, _, at in rows}
    return Going(
        {Lane(lane): count for lane, count, _ in rows}, max(ages.values(), default=0.0), ages.get(Lane.REPLY, 0.0)
    )


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
