"""The first row of each chat that waits, however long the queues behind them are.

Looking at the oldest rows one after the other finds enough of them at once while many chats wait. Where few chats have
long queues (officers who press a thousand buttons), almost every row looked at waits behind another one of its chat:
then the index is asked chat by chat.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, any_, func, select

WINDOW = 400
"""Rows looked at one after the other."""

LEFT = "left"
"""Where a session's `info` says how many waiting rows its look saw and did not take."""


def window(key: ColumnElement[Any], waits: ColumnElement[bool], *order: ColumnElement[Any]) -> CTE:
    """Keys of the first rows that wait."""
    return select(key.label("key")).where(waits).order_by(*order).limit(WINDOW).cte("first_rows")


def count(rows: CTE) -> Select[Any]:
    """How many rows a window holds; a full one may hide others."""
    return select(func.count()).select_from(rows)


def of_chats(table: Any, waits: ColumnElement[bool], order: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Keys of the first row in each chat, by an index on chat and `order`, whose last column is the key."""
    first = select(func.min(table.c.chat_id).label("chat")).where(waits).cte("chats", recursive=True)
    following = select(func.min(table.c.chat_id)).where(waits, table.c.chat_id > first.c.chat).scalar_subquery()
    chats = first.union_all(select(following).where(first.c.chat.is_not(None)))
    head = select(order[-1]).where(waits, table.c.chat_id == chats.c.chat).order_by(*order).limit(1).scalar_subquery()
    return select(head).where(chats.c.chat.is_not(None))


def among(column: Any, keys: Select[Any], *, arrays: bool) -> ColumnElement[bool]:
    """`column` is one of these keys.

    As an array where the database has them: PostgreSQL then finds the keys first, and looks at no other row.
    """
    found: ColumnElement[bool] = column == any_(func.array(keys.scalar_subquery())) if arrays else column.in_(keys)
    return found
