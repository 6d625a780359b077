"""How constraints and indexes are called, so that a migration can name them."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Index, String, func, literal_column, text
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMES


def literally(column: Any, *values: str) -> ColumnElement[bool]:
    """`column = 'a'` or `column IN ('a', 'b')`, with the values in the statement itself.

    SQLite uses a partial index only where the statement repeats its condition; a bound value could be anything.
    """
    written = [literal_column("'" + value.replace("'", "''") + "'", String) for value in values]
    return cast(ColumnElement[bool], column == written[0] if len(written) == 1 else column.in_(written))


def aside(column: Any, *values: str) -> ColumnElement[bool]:
    """As `literally`, but in words that fit no partial index: for a row that is to be found by its key.

    PostgreSQL thinks little of an index over the rows that wait, whose number it counted when few did.
    """
    return literally(func.coalesce(column, ""), *values)


def partial(name: str, *columns: str, only: str, beside: Sequence[str] = ()) -> Index:
    """An index over the few rows that still wait, so that it does not grow with the years.

    `beside`: columns that PostgreSQL keeps in it, too, so that it need not open the rows.
    """
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only), postgresql_include=list(beside))
