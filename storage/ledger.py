"""What every update reads and writes, read with it and written together at the end of its transaction.

Nearly every update looks at the same four rows of its chat and changes two of them. Read with the claim and written in
one statement a table, they cost the same for one update as for a group of them. A ledger belongs to one transaction.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import String, delete
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.batches import Values
from storage.engine import (
    columns_of,
    connection_of,
    dialect_of,
    for_many,
    insert_unnumbered,
    put_all,
    table_of,
    values_of,
)
from storage.lists import one_of
from storage.tables import Citizen, Conversation, Event, Officer, Outbox, Pace

T = TypeVar("T", Conversation, Pace)
K = TypeVar("K", str, int)


class Ledger:
    """`conversations`, `paces`, `citizens` and `officers` are what is known of a chat; None: there is no such row."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation | None] = {}
        self.paces: dict[int, Pace | None] = {}
        self.citizens: dict[int, Citizen | None] = {}
        self.officers: dict[int, Officer | None] = {}
        self._gone: set[str] = set()
        self._moved: set[str] = set()
        self._counted: set[int] = set()
        self._owed: list[Values] = []
        self._happened: list[Event] = []

    def know(
        self,
        chat_id: int,
        officer: Officer | None,
        citizen: Citizen | None,
        conversation: Conversation | None,
        pace: Pace | None,
    ) -> None:
        """What there is of a chat. The last two are not the session's: the ledger writes them."""
        self.officers[chat_id], self.citizens[chat_id] = officer, citizen
        self.conversations[f"{chat_id}:{chat_id}"], self.paces[chat_id] = conversation, pace

    def keep(self, row: Conversation) -> None:
        """A conversation that has changed."""
        self.conversations[row.key] = row
        self._moved.add(row.key)
        self._gone.discard(row.key)

    def drop(self, key: str) -> None:
        """A conversation that has ended."""
        self.conversations[key] = None
        self._moved.discard(key)
        self._gone.add(key)

    def count(self, row: Pace) -> None:
        """A pace that has changed."""
        self.paces[row.chat_id] = row
        self._counted.add(row.chat_id)

    def owe(self, row: Values) -> None:
        self._owed.append(row)

    def happen(self, events: Iterable[Event]) -> None:
        """Events whose numbers nobody asks for."""
        self._happened += events

    async def write(self, session: AsyncSession) -> None:
        """Bring everything that was held back into the tables."""
        await self.write_happened(session)
        await self.write_owed(session)
        dialect = dialect_of(session)
        if self._gone:
            await (await connection_of(session)).execute(_dropping(dialect), {"keys": list(self._gone)})
        if self._moved:
            moved = [values_of(row) for key in sorted(self._moved) if (row := self.conversations[key]) is not None]
            await put_all(session, _replacing(dialect, Conversation), moved)
        if self._counted:
            counted = [values_of(pace) for chat in sorted(self._counted) if (pace := self.paces[chat]) is not None]
            await put_all(session, _replacing(dialect, Pace), counted)
        for held in (self._gone, self._moved, self._counted):
            held.clear()

    async def write_owed(self, session: AsyncSession) -> None:
        """What is owed, for whoever looks at the outbox before the end."""
        owed, self._owed = self._owed, []
        if owed:
            await session.flush()
            await put_all(session, _owing(dialect_of(session), tuple(owed[0])), owed)

    async def write_happened(self, session: AsyncSession) -> None:
        """What has happened, for whoever looks at events, or adds to them, before the end."""
        happened, self._happened = self._happened, []
        if happened:
            await insert_unnumbered(session, happened)


def of(session: AsyncSession) -> Ledger | None:
    """The ledger of this transaction, if it has one."""
    found: Ledger | None = session.info.get("ledger")
    return found


async def recall(session: AsyncSession, table: type[T], key: K, known: dict[K, T | None] | None) -> T | None:
    """A row by its key: as the ledger knows it, or from its table and out of the session, for the ledger writes it."""
    if known is None:
        return await session.get(table, key)
    if key not in known:
        known[key] = found = await session.get(table, key)
        if found is not None:
            session.expunge(found)
    return known[key]


async def write_owed(session: AsyncSession) -> None:
    """Write what is held back for the outbox, before somebody looks for it there."""
    if (book := of(session)) is not None:
        await book.write_owed(session)


async def happen(session: AsyncSession, events: Sequence[Event]) -> None:
    """Write events down at the end of the transaction; at once where there is no ledger."""
    if (book := of(session)) is not None:
        book.happen(events)
    else:
        await insert_unnumbered(session, events)


async def write_happened(session: AsyncSession) -> None:
    """Write the events that are held back, before somebody reads events or adds to them."""
    if (book := of(session)) is not None:
        await book.write_happened(session)


# Statements are built once: SQLAlchemy then knows their compiled form without reading them again.


@cache
def _owing(dialect: str, names: tuple[str, ...]) -> Any:
    return for_many(dialect, Outbox, names).on_conflict_do_nothing(index_elements=["dedupe_key"])


@cache
def _dropping(dialect: str) -> Any:
    rows = table_of(Conversation)
    return delete(rows).where(one_of(rows.c.key, "keys", arrays=dialect == "postgresql", of=String))


@cache
def _replacing(dialect: str, table: type[SQLModel]) -> Any:
    """Insert rows, or put them in the place of those with their keys."""
    statement, columns = for_many(dialect, table, columns_of(table)), table_of(table).columns
    changed = {column.name: statement.excluded[column.name] for column in columns if not column.primary_key}
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in columns if column.primary_key], set_=changed
    )
