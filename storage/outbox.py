"""What is owed to people: put in with the change that caused it, taken by the sender, settled by the answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ledger, people
from storage.engine import upsert
from storage.requests import request
from storage.tables import Lane, Outbox, OutboxState
from storage.tables.naming import literally

LEASE = timedelta(seconds=60)
"""A claim older than this belonged to a process that died: the row is sent by another."""


MOST_TOGETHER, LONGEST_TOGETHER = 7, 2500
"""News in one message beside the first, and characters of people's words in it; a message holds 4,096 in all."""

PENDING = (OutboxState.WAITING.value, OutboxState.SENDING.value)
PERSONAL = frozenset({"my_data"})
"""Notices made of everything that is kept about a person: emptied as soon as they are settled."""


@dataclass(frozen=True)
class Owed:
    """A claimed row, as the sender sees it once the transaction is closed."""

    id: int
    lane: Lane
    chat_id: int | None
    method: str | None
    notice: str | None
    payload: dict[str, Any]
    attempts: int
    request: str | None = None
    earlier: tuple["Owed", ...] = ()
    """News of the same report that go out in the same message, above this one's."""


@dataclass(frozen=True)
class Together:
    """Notices of one report to one chat that share a message, when one goes out within `window` after another."""

    notices: frozenset[str]
    window: timedelta


async def put(
    session: AsyncSession,
    *,
    now: datetime,
    lane: Lane,
    chat_id: int | None,
    payload: dict[str, Any],
    method: str | None = None,
    notice: str | None = None,
    dedupe_key: str | None = None,
    report_id: int | None = None,
    not_before: datetime | None = None,
    lifetime: timedelta | None = None,
) -> bool:
    """Owe a request (`method`) or a notice (`notice`) to a chat. Returns False if `dedupe_key` was owed before.

    With a ledger it is written at the end, and the answer is always True.
    """
    values = {
        "lane": int(lane),
        "chat_id": chat_id,
        "method": method,
        "notice": notice,
        "payload": payload,
        "dedupe_key": dedupe_key,
        "report_id": report_id,
        "state": OutboxState.WAITING,
        "attempts": 0,
        "created_at": now,
        "not_before": not_before,
        "expires_at": now + lifetime if lifetime else None,
        "request": request.get(),
    }
    if (book := ledger.of(session)) is not None:
        book.owe(values)
        return True
    statement = upsert(session, Outbox).values(values)
    if dedupe_key is None:
        await session.exec(statement)
        return True
    statement = statement.on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(col(Outbox.id))
    return (await session.exec(statement)).first() is not None


async def put_many(
    session: AsyncSession,
    *,
    now: datetime,
    lane: Lane,
    notice: str,
    payload: dict[str, Any],
    readers: Iterable[tuple[int, str]],
) -> int:
    """Owe one notice to many: (chat, dedupe key) pairs. Returns how many did not have it yet."""
    shared = {
        "lane": int(lane),
        "notice": notice,
        "payload": payload,
        "state": OutboxState.WAITING,
        "attempts": 0,
        "created_at": now,
        "request": request.get(),
    }
    rows = [shared | {"chat_id": chat_id, "dedupe_key": key} for chat_id, key in readers]
    if not rows:
        return 0
    statement = upsert(session, Outbox).on_conflict_do_nothing(index_elements=["dedupe_key"])
    return len((await session.exec(statement.returning(col(Outbox.id)), params=rows)).all())


async def claim(
    session: AsyncSession,
    now: datetime,
    limit: int,
    resting: Collection[int] = (),
    *,
    asleep: bool = False,
    urgent: bool = False,
    together: Together | None = None,
    held: Collection[int] = (),
    by: str | None = None,
) -> list[Owed]:
    """Take up to `limit` rows to send, the most urgent lane first, at most one a chat and the oldest of its lane.

    `resting` are chats that had their share of messages for the moment. While people are `asleep`, only answers and
    what is urgent goes out; with `urgent`, no digest and no message to many. News that are sent `together` take those
    behind them along, and wait for the window to pass where the chat has just had some of the same report. `held` are
    rows that the caller, the process `by`, has in hand already.
    """
    await session.exec(
        update(Outbox)
        .where(literally(Outbox.state, "waiting"), col(Outbox.expires_at) < now)
        .values(state=OutboxState.STALE, settled_at=now)
    )
    first = aliased(Outbox)
    behind = exists().where(
        col(first.chat_id) == Outbox.chat_id,
        literally(first.state, *PENDING),
        tuple_(first.lane, first.id) < tuple_(col(Outbox.lane), col(Outbox.id)),
    )
    free = or_(
        and_(col(Outbox.state) == OutboxState.WAITING, func.coalesce(Outbox.not_before, now) <= now),
        and_(col(Outbox.state) == OutboxState.SENDING, col(Outbox.claimed_at) < now - LEASE),
    )
    statement = (
        select(Outbox)
        .where(literally(Outbox.state, *PENDING), free, ~behind)
        .order_by(col(Outbox.lane), col(Outbox.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Outbox)
    )
    if held:
        statement = statement.where(col(Outbox.id).not_in(list(held)))
    if urgent and not asleep:
        statement = statement.where(col(Outbox.lane) < Lane.DIGEST)
    if asleep:
        statement = statement.where(col(Outbox.lane) < Lane.NOTICE)
    if together is not None and together.window:
        statement = statement.where(~_just_told(now, together))
    if resting:
        statement = statement.where(or_(col(Outbox.chat_id).is_(None), col(Outbox.chat_id).not_in(list(resting))))
    rows = (await session.exec(statement)).all()
    return [_owed([_take(row, now, by), *await _behind(session, row, now, by, together)]) for row in rows]


def _take(row: Outbox, now: datetime, by: str | None) -> Outbox:
    row.state, row.claimed_at, row.claimed_by, row.attempts = OutboxState.SENDING, now, by, row.attempts + 1
    return row


def _owed(rows: list[Outbox]) -> Owed:
    """The newest of some rows, with the others before it."""
    *earlier, last = [
        Owed(row.id or 0, Lane(row.lane), row.chat_id, row.method, row.notice, row.payload, row.attempts, row.request)
        for row in rows
    ]
    return replace(last, earlier=tuple(earlier))


def _just_told(now: datetime, together: Together) -> ColumnElement[bool]:
    """Whether the chat of a row had news of the same report within the window."""
    told = aliased(Outbox)
    return and_(
        col(Outbox.lane) == Lane.NOTICE,
        col(Outbox.notice).in_(together.notices),
        exists().where(
            col(told.report_id) == Outbox.report_id,
            col(told.settled_at) > now - together.window,
            col(told.chat_id) == Outbox.chat_id,
            col(told.state) == OutboxState.SENT,
            col(told.notice).in_(together.notices),
        ),
    )


async def _behind(
    session: AsyncSession, row: Outbox, now: datetime, by: str | None, together: Together | None
) -> list[Outbox]:
    """The news behind this one that go out with it, as many as fit into one message. Pictures go alone."""
    if together is None or row.lane != Lane.NOTICE or row.notice not in together.notices or not _plain(row):
        return []
    statement = (
        select(Outbox)
        .where(
            col(Outbox.chat_id) == row.chat_id,
            literally(Outbox.state, OutboxState.WAITING.value),
            Outbox.report_id == row.report_id,
            Outbox.lane == row.lane,
            col(Outbox.id) > row.id,
        )
        .order_by(col(Outbox.id))
        .limit(MOST_TOGETHER)
        .with_for_update(skip_locked=True)
    )
    found, length = [], len(row.payload.get("note", ""))
    for other in (await session.exec(statement)).all():
        length += len(other.payload.get("note", ""))
        if other.notice not in together.notices or not _plain(other) or length > LONGEST_TOGETHER:
            break
        found.append(_take(other, now, by))
    return found


def _plain(row: Outbox) -> bool:
    return not row.payload.get("photos") and not row.payload.get("edits")


async def sent(session: AsyncSession, row_id: int, now: datetime, message_id: int | None) -> None:
    """It arrived. What is personal is forgotten, as by `wipe`."""
    kept = case((col(Outbox.notice).in_(PERSONAL), literal({}, Outbox.payload.type)), else_=Outbox.payload)  # type: ignore[attr-defined]
    changed = {"state": OutboxState.SENT, "settled_at": now, "message_id": message_id, "error": None, "payload": kept}
    await _settle(session, row_id, **changed)


async def wipe(session: AsyncSession, row_id: int) -> None:
    """Forget what a personal notice was made of, once it has gone out or never will."""
    personal = col(Outbox.notice).in_(PERSONAL)
    await session.exec(update(Outbox).where(col(Outbox.id) == row_id, personal).values(payload={}))


async def retry(session: AsyncSession, row_id: int, at: datetime, error: str, *, counts: bool = True) -> None:
    """Send it again from `at` on. `counts=False`: it was not this row's fault (Telegram asked everybody to wait)."""
    attempts = {} if counts else {"attempts": Outbox.attempts - 1}
    await _settle(session, row_id, state=OutboxState.WAITING, not_before=at, claimed_at=None, error=error, **attempts)


async def renew(session: AsyncSession, row_id: int, now: datetime) -> None:
    """Hold on to a claimed row whose file takes long to make."""
    await session.exec(
        update(Outbox).where(col(Outbox.id) == row_id, col(Outbox.state) == OutboxState.SENDING).values(claimed_at=now)
    )


async def give_up(session: AsyncSession, row_id: int, now: datetime, error: str) -> None:
    await _settle(session, row_id, state=OutboxState.GIVEN_UP, settled_at=now, error=error)
    await wipe(session, row_id)


async def unreachable(session: AsyncSession, chat_id: int, now: datetime, error: str) -> None:
    """The person blocked the bot or is gone: nothing that waits for this chat will arrive."""
    await session.exec(
        update(Outbox)
        .where(
            col(Outbox.chat_id) == chat_id, literally(Outbox.state, *PENDING), col(Outbox.state) == OutboxState.WAITING
        )
        .values(state=OutboxState.GIVEN_UP, settled_at=now, error=error)
    )
    await people.set_reachable(session, chat_id, False)


async def readdress(session: AsyncSession, row_id: int, old: int, new: int) -> None:
    """A group became a supergroup: everything that waits for it goes to its new id."""
    await _settle(session, row_id, state=OutboxState.WAITING, claimed_at=None)
    await session.exec(
        update(Outbox)
        .where(col(Outbox.chat_id) == old, literally(Outbox.state, *PENDING), col(Outbox.state) == OutboxState.WAITING)
        .values(chat_id=new)
    )


async def take_over(session: AsyncSession, dead: Collection[str] | None) -> int:
    """Put back what processes had in hand that died; None: all of them, where one process has the database to itself.

    Returns how many rows that was.
    """
    statement = update(Outbox).where(literally(Outbox.state, *PENDING), col(Outbox.state) == OutboxState.SENDING)
    if dead is not None:
        statement = statement.where(col(Outbox.claimed_by).in_(list(dead)))
    back = statement.values(state=OutboxState.WAITING, claimed_at=None, claimed_by=None)
    return len((await session.exec(back.returning(col(Outbox.id)))).all())


async def waiting(session: AsyncSession) -> int:
    return (await session.exec(select(func.count()).select_from(Outbox).where(literally(Outbox.state, *PENDING)))).one()


async def _settle(session: AsyncSession, row_id: int, **values: Any) -> None:
    """The first word counts: who was taken for dead and comes late must not send, or date, a settled row anew."""
    still = literally(Outbox.state, *PENDING)
    await session.exec(update(Outbox).where(col(Outbox.id) == row_id, still).values(**values))
