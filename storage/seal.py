"""Identities at rest: names, raw updates and what is owed to people are sealed with keys that are not in the database.

Fernet (AES-128-CBC with HMAC-SHA256) of the package `cryptography`. The first key seals, every key opens: a new key is
put in front, `aspirasi seal` writes everything anew, then the old key may go.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import func, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

MARK = "sealed:"
"""How a sealed word begins; one without it was written before there was a key."""

SLICE = 500
"""Rows written anew in one transaction."""


class BadKeys(ValueError):
    """Not a list of Fernet keys."""

    code = "bad_keys"


class SealedElsewhere(Exception):
    """The database holds sealed words that no key of ours opens."""

    code = "sealed_elsewhere"


class Seal:
    """`keys`: comma-separated, each 32 random bytes in URL-safe base64. Raises: BadKeys."""

    def __init__(self, keys: str) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
        except ValueError as error:
            raise BadKeys("must be 32 random bytes in URL-safe base64, several separated by commas") from error

    def close(self, words: str) -> str:
        return MARK + self._fernet.encrypt(words.encode()).decode()

    def open(self, words: str) -> str:
        """Raises: SealedElsewhere."""
        try:
            return self._fernet.decrypt(words.removeprefix(MARK)).decode()
        except InvalidToken as error:
            raise SealedElsewhere from error


def closed(words: str, seal: Seal | None) -> str:
    return seal.close(words) if seal else words


def opened(words: str, seal: Seal | None) -> str:
    """Raises: SealedElsewhere, also where there is no key at all."""
    if not words.startswith(MARK):
        return words
    if seal is None:
        raise SealedElsewhere
    return seal.open(words)


def closed_facts(facts: Any, seal: Seal | None) -> Any:
    return {MARK: seal.close(json.dumps(facts))} if seal else facts


def opened_facts(facts: Any, seal: Seal | None) -> Any:
    """Raises: SealedElsewhere."""
    if isinstance(facts, dict) and facts.keys() == {MARK}:
        return json.loads(opened(facts[MARK], seal))
    return facts


def sealed_columns() -> list[tuple[type[SQLModel], str]]:
    """Every column that holds an identity, as (table class, column name)."""
    from storage import tables
    from storage.types import SealedFacts, SealedWords

    found = []
    for name in tables.__all__:
        table = getattr(tables, name)
        if isinstance(table, type) and issubclass(table, SQLModel):
            found += [
                (table, column.key)
                for column in inspect(table).columns
                if isinstance(column.type, SealedWords | SealedFacts)
            ]
    return found


async def reseal(connection: AsyncConnection, table: type[SQLModel], column: str) -> AsyncIterator[int]:
    """Write a column anew with the first key, a slice in each transaction; yields rows done. Raises: SealedElsewhere.

    `connection` has no transaction open. A row that somebody else changes meanwhile is locked first.
    """
    rows: Any = table.__table__  # type: ignore[attr-defined]
    (key,) = rows.primary_key.columns
    last: Any = None
    while True:
        async with connection.begin():
            some = select(key, rows.c[column]).order_by(key).limit(SLICE).with_for_update()
            found = (await connection.execute(some if last is None else some.where(key > last))).all()
            for row in found:
                await connection.execute(update(rows).where(key == row[0]).values({column: row[1]}))
        if not found:
            return
        last = found[-1][0]
        yield len(found)


async def count(connection: AsyncConnection, table: type[SQLModel]) -> int:
    async with connection.begin():
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
