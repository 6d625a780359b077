"""The first row of each chat that waits, however long the queues behind them are.

Looking at the oldest rows one after the other finds enough of them at once while many chats wait. Where few chats have
long queues (officers who press a thousand buttons), almost every row looked at waits behind another one of its chat:
then the index is asked chat by chat.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, any_, func, or_, select, true

WINDOW = 400
"""Rows looked at one after the other."""

LEFT = "left"
"""Where a session's `info` says how many waiting rows its look saw and did not take."""


def window(table: Any, waits: ColumnElement[bool], order: Sequence[ColumnElement[Any]]) -> CTE:
    """The first rows that wait, by `order`, whose last column is their `key`; `leads`: the first of its chat.

    What is before a row in its chat is before it here, too: nobody need look for it anywhere else. (PostgreSQL would,
    row for row, and read all that wait each time: it counted the rows on a day when few did.)
    """
    row = [column.label(f"by{at}") for at, column in enumerate(order)]
    first = select(*row, table.c.chat_id).where(waits).order_by(*order).limit(WINDOW).cte("first_rows")
    by = [first.c[f"by{at}"] for at in range(len(order))]
    place = func.row_number().over(partition_by=first.c.chat_id, order_by=by)
    leads = or_(first.c.chat_id.is_(None), place == 1)
    return select(*by, by[-1].label("key"), leads.label("leads")).cte("in_order")


def leaders(rows: CTE) -> Select[Any]:
    """Keys of those rows of a window that are the first of their chat."""
    return select(rows.c.key).where(rows.c.leads)


def one_by_one(row: Select[Any], key: ColumnElement[Any], rows: CTE) -> Select[Any]:
    """What `row` finds for each leader of a window, whose key is `key`, in their order.

    PostgreSQL looks them up one after the other: with a limit it looks at no more of them, and locks no more, than it
    takes. There must be no ORDER BY around it, which would want to see them all first.
    """
    by = [column for column in rows.c if column.name.startswith("by")]
    leading = leaders(rows).order_by(*by).subquery("leading")
    one = row.where(key == leading.c.key).lateral("one")
    return select(*one.c).select_from(leading.join(one, true()))


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
