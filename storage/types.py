"""Column types that behave the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.seal import closed, closed_facts, opened, opened_facts


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. SQLite forgets the zone, so it is given back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer(), "sqlite")
"""64-bit key; SQLite numbers rows by itself only for a column called INTEGER."""

Facts = JSON().with_variant(JSONB(), "postgresql")
"""A plain dict of JSON values."""


class SealedWords(TypeDecorator[str]):
    """Words about who somebody is: sealed at rest where the engine's dialect carries a `seal`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else closed(value, getattr(dialect, "seal", None))

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else opened(value, getattr(dialect, "seal", None))


class SealedFacts(TypeDecorator[dict[str, Any]]):
    """A dict of JSON values with people in it: sealed at rest like SealedWords."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else closed_facts(value, getattr(dialect, "seal", None))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else opened_facts(value, getattr(dialect, "seal", None))


def words(kind: type[StrEnum]) -> TypeEngine[Any]:
    """A StrEnum stored as the words themselves, so that a person can read the table."""
    return Enum(kind, native_enum=False, length=24, values_callable=lambda members: [m.value for m in members])
