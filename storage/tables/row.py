"""What every table's rows are: SQLModel's, made without its loop over all fields."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlmodel import SQLModel


class Row(SQLModel):
    """A row is made of values that our own code gives it; SQLModel checks those of tables as little.

    It sets each field by itself through SQLAlchemy's instruments, as if it changed; for a report of forty columns that
    costs more than the INSERT. A new row has not changed: its values are put where SQLAlchemy puts those it reads.
    """

    def __init__(self, **values: Any) -> None:
        still, made = _defaults(type(self))
        self.__dict__.update(still)
        for name, make in made:
            if name not in values:
                self.__dict__[name] = make()
        self.__dict__.update(values)
        object.__setattr__(self, "__pydantic_fields_set__", set(values))

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # SQLAlchemy's instruments take it; SQLModel sets it there and once more


@cache
def _defaults(table: type[SQLModel]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Values that stand for fields not given, and what makes those that must not be shared."""
    fields = table.model_fields.items()
    still = {name: one.default for name, one in fields if not one.is_required() and one.default_factory is None}
    made: list[Any] = [(name, one.default_factory) for name, one in fields if one.default_factory is not None]
    return still, made
