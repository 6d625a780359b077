"""How SQLite is opened: one writer, durable, and one way to its thread and back for each statement.

aiosqlite runs sqlite3 in a thread, and asks it four times for one statement: open a cursor, execute, fetch, close. Each
way there and back costs more than most statements do.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

Result = tuple[Any, int, int | None, Sequence[Any]]


class Straight(aiosqlite.Connection):
    """A connection whose cursors go to the thread once for each statement."""

    def cursor(self) -> "Cursor":  # type: ignore[override]  # aiosqlite gives its own, to be awaited
        return Cursor(self)

    async def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do something with the sqlite3 connection, in its thread."""
        done: Result = await self._execute(lambda: work(self._conn))  # type: ignore[no-untyped-call]  # aiosqlite's
        return done


class Cursor:
    """As much of an asynchronous DBAPI cursor as SQLAlchemy asks for; rows are fetched together with the statement."""

    arraysize = 1

    def __init__(self, connection: Straight) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "Cursor":
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        await self._run(lambda cursor: cursor.execute(statement, parameters))

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        await self._run(lambda cursor: cursor.executemany(statement, parameters))

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        """Nothing is open: the thread closed what it had."""

    async def _run(self, work: Callable[[sqlite3.Cursor], Any]) -> None:
        found = await self._connection.run(partial(_at_once, work))
        self.description, self.rowcount, self.lastrowid, self._rows = found


def _at_once(work: Callable[[sqlite3.Cursor], Any], connection: sqlite3.Connection) -> Result:
    cursor = connection.cursor()
    try:
        work(cursor)
        rows = cursor.fetchall() if cursor.description else ()
        return cursor.description, cursor.rowcount, cursor.lastrowid, rows
    finally:
        cursor.close()


def opener(file: str | None) -> Callable[[], Awaitable[Straight]]:
    """What SQLAlchemy calls for each connection."""

    async def connect() -> Straight:
        connection = Straight(partial(sqlite3.connect, file or ":memory:", check_same_thread=False), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does it: a forgotten connection does not keep a program alive
        await connection
        return connection

    return connect


def prepare(engine: AsyncEngine) -> None:
    """Settings for each connection, and transactions that say at once that they will write."""

    @event.listens_for(engine.sync_engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("rebuilds"):  # a table that others point at is replaced; this cannot be said inside of BEGIN
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        reads_only = options.get("reads_only")
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
