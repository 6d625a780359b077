"""Updates that came in: kept first, handled once, in order within a chat."""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import CTE, Integer, String, and_, bindparam, cast, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import heads, ledger
from storage.engine import ask, columns_of, connection_of, dialect_of, table_of, upsert
from storage.ledger import Ledger
from storage.lists import one_of
from storage.tables import Citizen, Conversation, Inbox, InboxState, Officer, Pace
from storage.tables.naming import aside, literally
from storage.types import Moment

ATTEMPTS = 3
"""How often an update is tried before it is set aside."""

ALBUM_RESTS = timedelta(seconds=1.5)
"""How long a piece of an album waits, so that the others are here when it is handled: Telegram sends each by itself."""

UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and halves of surrogate pairs: JSON can say them, PostgreSQL takes them in no text."""


T = TypeVar("T", Conversation, Pace)
WAITING = InboxState.WAITING.value
ROWS = table_of(Inbox)


async def keep(session: AsyncSession, updates: Iterable[tuple[int, int | None, dict[str, Any]]], now: datetime) -> int:
    """Keep (update id, chat id, payload) triples; one that was kept before is left alone. Returns how many were new."""
    rows = [
        {
            "update_id": i,
            "chat_id": chat,
            "payload": keepable(payload),
            "received_at": now,
            "state": InboxState.WAITING,
            "attempts": 0,
            "not_before": now + ALBUM_RESTS if album_of(payload) else None,
        }
        for i, chat, payload in updates
    ]
    if not rows:
        return 0
    statement = (
        upsert(session, Inbox).on_conflict_do_nothing(index_elements=["update_id"]).returning(col(Inbox.update_id))
    )
    return len((await session.exec(statement, params=rows)).all())


def keepable(value: Any) -> Any:
    """A JSON value with a replacement character for each one that cannot be kept; one such must not stop the rest."""
    match value:
        case str():
            return UNKEEPABLE.sub("\ufffd", value)
        case dict():
            return {keepable(key): keepable(part) for key, part in value.items()}
        case list():
            return [keepable(part) for part in value]
        case float() if not math.isfinite(value):
            return None  # Python's JSON knows NaN and Infinity, PostgreSQL's does not
        case _:
            return value


def album_of(payload: dict[str, Any]) -> str | None:
    """The album that an update's message is a piece of."""
    message = payload.get("message")
    album = message.get("media_group_id") if isinstance(message, dict) else None
    return str(album) if album else None


async def goes_on(session: AsyncSession, chat_id: int, update_id: int, album: str) -> bool:
    """Whether another piece of an album waits behind this update."""
    statement = select(Inbox).where(
        Inbox.chat_id == chat_id, Inbox.state == InboxState.WAITING, col(Inbox.update_id) > update_id
    )
    return any(album_of(row.payload) == album for row in (await session.exec(statement)).all())


@dataclass(frozen=True, slots=True)
class Arrived:
    """An update that is to be handled; `chat_id` None: of no chat."""

    update_id: int
    chat_id: int | None
    payload: dict[str, Any]


async def claim(
    session: AsyncSession, now: datetime, most: int = 1, *, only: Collection[int] | None = None
) -> list[Arrived]:
    """The oldest updates that may be handled now (or of `only` these), locked until this transaction ends.

    An update waits while an older one of its chat does, so that a chat is answered in the order it wrote; they are all
    of different chats. What every update needs of its chat comes along, into the transaction's ledger; how many were
    left, in another's hands or behind those of their chat, stands under `heads.LEFT` in the session's `info`.
    """
    book = session.info["ledger"] = Ledger()
    given: dict[str, Any] = {"now": now, "most": most}
    arrays = dialect_of(session) == "postgresql"
    if only is not None:
        found = (await session.exec(_claiming("only", arrays), params=given | {"only": list(only)})).all()
    else:
        found = (await session.exec(_claiming("first", arrays), params=given)).all()
        seen = found[0].seen if found else await ask(session, heads.count(_window()), {})
        if len(found) < most and seen == heads.WINDOW:
            met = {row.update_id for row in found}
            others = (await session.exec(_claiming("heads", arrays), params=given)).all()
            found = [*found, *(row for row in others if row.update_id not in met)][:most]
        session.info[heads.LEFT] = max(seen - len(found), 0)
    end = 5 + len(columns_of(Conversation))
    for row in found:
        officer, citizen, _, chat_id, *_ = row
        if chat_id is not None:
            book.know(chat_id, officer, citizen, _made(Conversation, row[5:end]), _made(Pace, row[end:]))
    return [Arrived(*row[2:5]) for row in found]


def _made(table: type[T], values: Sequence[Any]) -> T | None:
    """A row of plain values, in the order of its columns; None where an outer join found none."""
    given = dict(zip(columns_of(table), values, strict=False))
    return table(**given) if given[table_of(table).primary_key.columns[0].name] is not None else None


@cache
def _claiming(which: str, arrays: bool) -> Any:
    """Of the `first` that wait, of the `heads` of all chats, or of `only` some. Built once.

    What is known of a chat is looked up for those that are taken, and not for all that wait.
    """
    now, waits, key = bindparam("now", type_=Moment), literally(ROWS.c.state, WAITING), ROWS.c.update_id
    free: Any = (
        select(key, ROWS.c.chat_id, ROWS.c.payload)
        .where(aside(ROWS.c.state, WAITING), func.coalesce(ROWS.c.not_before, now) <= now)
        .with_for_update(skip_locked=True)
    )
    first = _window()
    match which:
        case "only":
            # they were the first of their chats when they were taken, and nothing comes before them any more
            free = free.where(one_of(key, "only", arrays=arrays)).order_by(key)
        case "heads":
            free = free.where(heads.among(key, heads.of_chats(ROWS, waits, [key]), arrays=arrays)).order_by(key)
        case _ if arrays:
            free = heads.one_by_one(free, key, first)
        case _:
            free = free.where(key.in_(heads.leaders(first))).order_by(key)
    taken = free.limit(bindparam("most", type_=Integer)).cte("taken")
    chat = cast(taken.c.chat_id, String)
    statement = (
        select(Officer, Citizen)
        .add_columns(*taken.columns, *table_of(Conversation).columns, *table_of(Pace).columns)
        .select_from(taken)
        .outerjoin(Officer, and_(col(Officer.chat_id) == taken.c.chat_id, col(Officer.active)))
        .outerjoin(Citizen, col(Citizen.chat_id) == taken.c.chat_id)
        .outerjoin(Conversation, col(Conversation.key) == chat + ":" + chat)
        .outerjoin(Pace, col(Pace.chat_id) == taken.c.chat_id)
        .order_by(taken.c.update_id)
    )
    return statement.add_columns(heads.count(first).scalar_subquery().label("seen")) if which == "first" else statement


@cache
def _window() -> CTE:
    return heads.window(ROWS, literally(ROWS.c.state, WAITING), [ROWS.c.update_id])


async def done(session: AsyncSession, update_ids: Collection[int], now: datetime) -> None:
    """Write what the ledger holds; these updates are handled."""
    await session.flush()
    if (book := ledger.of(session)) is not None:
        await book.write(session)
    arrays = dialect_of(session) == "postgresql"
    await (await connection_of(session)).execute(_finishing(arrays), {"ids": list(update_ids), "at": now})


@cache
def _finishing(arrays: bool) -> Any:
    return (
        update(ROWS)
        .where(one_of(ROWS.c.update_id, "ids", arrays=arrays))
        .values(state=InboxState.DONE, done_at=bindparam("at", type_=Moment), error=None)
    )


async def failed(session: AsyncSession, update_id: int, error: str, now: datetime) -> bool:
    """Count a failure: try again a little later, or set the update aside. Returns whether it was set aside."""
    row = await session.get_one(Inbox, update_id, with_for_update=True)
    if row.state is not InboxState.WAITING:
        return False  # between the failure and this line another worker has tried it
    row.attempts += 1
    row.error = error
    if row.attempts >= ATTEMPTS:
        row.state, row.done_at = InboxState.SET_ASIDE, now
        return True
    row.not_before = now + timedelta(seconds=row.attempts**2)
    return False


async def waiting(session: AsyncSession) -> int:
    return (await session.exec(select(func.count()).select_from(Inbox).where(Inbox.state == InboxState.WAITING))).one()
