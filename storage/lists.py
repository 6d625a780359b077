"""Lists as one value of a statement, which is then the same for lists of any length: compiled and prepared once.

PostgreSQL has arrays (`arrays`); SQLite reads a list from JSON.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Select, String, all_, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY


def one_of(column: Any, name: str, *, arrays: bool, of: type[BigInteger | String] = BigInteger) -> ColumnElement[bool]:
    """`column` is in the list called `name`, of whole numbers or words."""
    found: ColumnElement[bool] = (
        column == any_(bindparam(name, type_=ARRAY(of))) if arrays else column.in_(_values(name))
    )
    return found


def none_of(column: Any, name: str, *, arrays: bool) -> ColumnElement[bool]:
    """`column` is not in the list called `name`, of whole numbers."""
    everything = all_(bindparam(name, type_=ARRAY(BigInteger)))
    apart: ColumnElement[bool] = column != everything if arrays else column.not_in(_values(name))
    return apart


def _values(name: str) -> Select[Any]:
    return select(func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value)
