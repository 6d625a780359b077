"""Many rows of one table in one statement, which is the same for any number of them.

On PostgreSQL each column is an array: the statement is bound and run once, where row for row that costs more than
putting a row in. SQLite has no arrays; there the statement is run row for row, within this process.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Insert, Table, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

Values = dict[str, Any]


def from_lists(statement: Insert, table: Table, names: Sequence[str]) -> Insert:
    """An INSERT that takes each of these columns as a list; the rows are numbered in the order of the lists."""
    lists = [bindparam(name, type_=ARRAY(table.c[name].type)) for name in names]
    columns: list[ColumnElement[Any]] = [column(name, table.c[name].type) for name in names]
    rows = func.unnest(*lists).table_valued(*columns, with_ordinality="nth").render_derived()
    return statement.from_select(list(names), select(*(rows.c[name] for name in names)).order_by(rows.c.nth))


def as_lists(rows: Sequence[Values]) -> Values:
    """Rows, all with the same columns, as a list for each column."""
    return {name: [row[name] for row in rows] for name in rows[0]}
