"""What is owed to people: put in with the change that caused it, taken by the sender, settled by the answer."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ledger, people
from storage.engine import connection_of, table_of, upsert
from storage.requests import request
from storage.tables import Lane, Outbox, OutboxState
from storage.tables.naming import literally

ROWS = table_of(Outbox)
PENDING = (OutboxState.WAITING.value, OutboxState.SENDING.value)
PERSONAL = frozenset({"my_data"})
"""Notices made of everything that is kept about a person: emptied as soon as they are settled."""

ARRIVED = (
    update(ROWS)
    .where(ROWS.c.id == bindparam("row"), literally(ROWS.c.state, *PENDING))  # the first word counts, see `_settle`
    .values(
        state=OutboxState.SENT,
        settled_at=bindparam("at"),
        message_id=bindparam("told"),
        error=None,
        payload=case(
            (literally(ROWS.c.notice, *PERSONAL), bindparam("nothing", type_=ROWS.c.payload.type)),
            else_=ROWS.c.payload,
        ),
    )
)


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


async def sent(session: AsyncSession, arrived: Mapping[int, int | None], now: datetime) -> None:
    """These arrived: rows, each with the id of its message. What is personal is forgotten, as by `wipe`."""
    told: list[dict[str, Any]] = [
        {"row": row, "at": now, "told": message_id, "nothing": {}} for row, message_id in arrived.items()
    ]
    await (await connection_of(session)).execute(ARRIVED, told)


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


async def take_over(session: AsyncSession, dead: Collection[str] | None, but: Collection[int] = ()) -> int:
    """Put back what processes had in hand that died; None: all of them, where one process has the database to itself.

    `but` are rows that stay. Returns how many rows were put back.
    """
    statement = update(Outbox).where(literally(Outbox.state, *PENDING), col(Outbox.state) == OutboxState.SENDING)
    if dead is not None:
        statement = statement.where(col(Outbox.claimed_by).in_(list(dead)), col(Outbox.id).not_in(list(but)))
    back = statement.values(state=OutboxState.WAITING, claimed_at=None, claimed_by=None)
    return len((await session.exec(back.returning(col(Outbox.id)))).all())


async def waiting(session: AsyncSession) -> int:
    return (await session.exec(select(func.count()).select_from(Outbox).where(literally(Outbox.state, *PENDING)))).one()


async def _settle(session: AsyncSession, row_id: int, **values: Any) -> None:
    """The first word counts: who was taken for dead and comes late must not send, or date, a settled row anew."""
    still = literally(Outbox.state, *PENDING)
    await session.exec(update(Outbox).where(col(Outbox.id) == row_id, still).values(**values))
