"""Taking what is owed: which rows of the outbox may go now, each by one process.

Asked many times a second, so its statements are built once and take only values.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import heads
from storage.engine import connection_of
from storage.lists import none_of, one_of
from storage.outbox import PENDING, ROWS
from storage.tables import Lane, OutboxState
from storage.tables.naming import aside, literally
from storage.types import Moment

LEASE = timedelta(seconds=60)
"""A claim older than this belonged to a process that died: the row is sent by another."""

MOST_TOGETHER, LONGEST_TOGETHER = 7, 2500
"""News in one message beside the first, and characters of people's words in it; a message holds 4,096 in all."""

C = ROWS.c
TAKEN = (C.id, C.lane, C.chat_id, C.method, C.notice, C.payload, C.attempts, C.request, C.report_id)
NOW = bindparam("now", type_=Moment)


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
    rows that the caller, the process `by`, has in hand already. How many were left, because their chat rests or has one
    in hand, stands under `heads.LEFT` in the session's `info`.
    """
    connection = await connection_of(session)
    lists = connection.dialect.name == "postgresql"
    shared = together.notices if together is not None else frozenset()
    below = Lane.NOTICE if asleep else Lane.DIGEST if urgent else None
    given = {"now": now, "lease": now - LEASE, "most": limit, "held": list(held), "resting": list(resting)}
    if together is not None and together.window:
        given["since"] = now - together.window
    told = shared if "since" in given else frozenset[str]()
    seen, rows = await _look(connection, lists, below, told, given)
    if any(row.stale for row in rows):
        await connection.execute(STALE, {"now": now})
        seen, rows = await _look(connection, lists, below, told, given)
    session.info[heads.LEFT] = seen
    if not rows:
        return []
    behind: dict[int, list[Row[Any]]] = {}
    if leaders := [row for row in rows if _leads(row, shared)]:
        places = {"chats": [row.chat_id for row in leaders], "reports": [row.report_id for row in leaders]}
        found = (await connection.execute(_news(lists), places | {"most": MOST_TOGETHER * len(leaders)})).all()
        behind = _follow(leaders, found, shared)
    messages = [[row, *behind.get(row.id, ())] for row in rows]
    ids = [row.id for message in messages for row in message]
    session.info[heads.LEFT] = max(seen - len(ids), 0)
    await connection.execute(_take(lists), {"ids": ids, "now": now, "process": by})
    return [_owed(message) for message in messages]


async def _look(
    connection: AsyncConnection, lists: bool, below: Lane | None, told: frozenset[str], given: dict[str, Any]
) -> tuple[int, Sequence[Row[Any]]]:
    """Among the first rows that wait; where those hide others, at the head of each chat. And how many were seen."""
    rows: Sequence[Row[Any]] = (await connection.execute(_free("first", lists, below, told), given)).all()
    seen = rows[0].seen if rows else (await connection.execute(_unheld(_window(below), lists), given)).scalar()
    if len(rows) < given["most"] and seen + len(given["held"]) >= heads.WINDOW:
        met = {row.id for row in rows}
        others = (await connection.execute(_free("heads", lists, below, told), given)).all()
        rows = [*rows, *(row for row in others if row.id not in met)]
    return seen, sorted(rows, key=lambda row: (row.lane, row.id))[: given["most"]]


STALE = (
    update(ROWS)
    .where(literally(C.state, "waiting"), C.expires_at < NOW)
    .values(state=OutboxState.STALE, settled_at=NOW)
)


@cache
def _free(which: str, lists: bool, below: Lane | None, together: frozenset[str]) -> Select[Any]:
    """The rows that may go, of the `first` that wait or of the `heads` of all chats; `stale`: whose time is over.

    Which chats rest, and what is in hand, is a value.
    """
    waits = and_(aside(C.state, "waiting"), func.coalesce(C.not_before, NOW) <= NOW)
    left_behind = and_(aside(C.state, "sending"), C.claimed_at < bindparam("lease", type_=Moment))
    free = (
        select(*TAKEN, and_(aside(C.state, "waiting"), func.coalesce(C.expires_at, NOW) < NOW).label("stale"))
        .where(or_(waits, left_behind), none_of(C.id, "held", arrays=lists))
        .where(or_(C.chat_id.is_(None), none_of(C.chat_id, "resting", arrays=lists)))
        .with_for_update(skip_locked=True, of=ROWS)
    )
    if below is not None:
        free = free.where(C.lane < int(below))
    if together:
        free = free.where(~_just_told(together))
    first = _window(below)
    if which == "heads":
        pending = literally(C.state, *PENDING)
        free = free.where(heads.among(C.id, heads.of_chats(ROWS, pending, [C.lane, C.id]), arrays=lists))
        free = free.order_by(C.lane, C.id)
    elif lists:
        free = heads.one_by_one(free, C.id, first)
    else:
        free = free.where(C.id.in_(heads.leaders(first))).order_by(C.lane, C.id)
    if which == "first":
        free = free.add_columns(_unheld(first, lists).scalar_subquery().label("seen"))
    return free.limit(bindparam("most"))


@cache
def _window(below: Lane | None) -> CTE:
    waits = literally(C.state, *PENDING)
    return heads.window(ROWS, waits if below is None else waits & (C.lane < int(below)), [C.lane, C.id])


def _unheld(rows: CTE, lists: bool) -> Select[Any]:
    return heads.count(rows).where(none_of(rows.c.key, "held", arrays=lists))


def _just_told(together: frozenset[str]) -> ColumnElement[bool]:
    """Whether the chat of a row had news of the same report within the window."""
    told = ROWS.alias()
    return and_(
        C.lane == int(Lane.NOTICE),
        literally(C.notice, *sorted(together)),
        exists().where(
            told.c.report_id == C.report_id,
            told.c.settled_at > bindparam("since", type_=Moment),
            told.c.chat_id == C.chat_id,
            literally(told.c.state, "sent"),
            literally(told.c.notice, *sorted(together)),
        ),
    )


@cache
def _news(lists: bool) -> Select[Any]:
    """What waits in some chats about some reports."""
    return (
        select(*TAKEN)
        .where(one_of(C.chat_id, "chats", arrays=lists), one_of(C.report_id, "reports", arrays=lists))
        .where(literally(C.state, "waiting"), C.lane == int(Lane.NOTICE))
        .order_by(C.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


@cache
def _take(lists: bool) -> Update:
    taken = {"state": OutboxState.SENDING, "claimed_at": NOW, "claimed_by": bindparam("process")}
    return update(ROWS).where(one_of(C.id, "ids", arrays=lists)).values(**taken, attempts=C.attempts + 1)


def _leads(row: Row[Any], shared: frozenset[str]) -> bool:
    """Whether others may go out in the same message. Pictures go alone."""
    return row.lane == Lane.NOTICE and row.report_id is not None and row.notice in shared and _plain(row)


def _plain(row: Row[Any]) -> bool:
    return not row.payload.get("photos") and not row.payload.get("edits")


def _follow(
    leaders: Sequence[Row[Any]], found: Iterable[Row[Any]], shared: frozenset[str]
) -> dict[int, list[Row[Any]]]:
    """The news behind each that go out with it, as many as fit into one message."""
    waiting: dict[tuple[int, int], list[Row[Any]]] = defaultdict(list)
    for row in found:
        waiting[row.chat_id, row.report_id].append(row)
    behind: dict[int, list[Row[Any]]] = {}
    for first in leaders:
        length = len(first.payload.get("note", ""))
        behind[first.id] = taken = []
        for other in [row for row in waiting[first.chat_id, first.report_id] if row.id > first.id][:MOST_TOGETHER]:
            length += len(other.payload.get("note", ""))
            if other.notice not in shared or not _plain(other) or length > LONGEST_TOGETHER:
                break
            taken.append(other)
    return behind


def _owed(rows: list[Row[Any]]) -> Owed:
    """The newest of some rows, with the others before it."""
    *earlier, last = [
        Owed(row.id, Lane(row.lane), row.chat_id, row.method, row.notice, row.payload, row.attempts + 1, row.request)
        for row in rows
    ]
    return replace(last, earlier=tuple(earlier))
