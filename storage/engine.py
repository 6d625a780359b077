"""The database: one way to open it, and the only place that commits."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.batches import as_lists, from_lists
from storage.calendar import Calendar
from storage.seal import Seal
from storage.sqlite import opener, prepare

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class UnknownDatabase(ValueError):
    """The URL names neither SQLite nor PostgreSQL."""

    code = "unknown_database"


def driver_url(url: str) -> str:
    """The URL with the asynchronous driver we use. Raises: UnknownDatabase."""
    try:
        parts = make_url(url)
    except Exception as error:
        raise UnknownDatabase("not a database URL") from error
    driver = DRIVERS.get(parts.get_backend_name())
    if driver is None:
        raise UnknownDatabase(parts.get_backend_name())
    return parts.set(drivername=driver).render_as_string(hide_password=False)


class Database:
    """An open database. `transaction()` commits on leaving it, or rolls everything back.

    `calendar` holds the city's working days; whoever learns of another day off replaces it. `seal` closes identities.
    """

    def __init__(
        self, url: str, *, pool_size: int = 10, calendar: Calendar | None = None, seal: Seal | None = None
    ) -> None:
        self.url = driver_url(url)
        self.calendar = calendar or Calendar.of("Asia/Jakarta")
        self.is_sqlite = self.url.startswith("sqlite")
        if self.is_sqlite:
            options: dict[str, Any] = {"async_creator": opener(make_url(self.url).database)}
        else:
            options = {"pool_size": pool_size, "pool_use_lifo": True}
        self.engine: AsyncEngine = create_async_engine(self.url, hide_parameters=True, **options)  # errors are logged
        self.engine.dialect.seal = seal  # type: ignore[attr-defined]  # where storage/types.py finds it
        # SQLite has one writer: queueing here is cheaper and fairer than its busy loop.
        self._turn = asyncio.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            if file := self.engine.url.database:
                Path(file).parent.mkdir(parents=True, exist_ok=True)
            prepare(self.engine)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with (
            self._turn or nullcontext(),
            AsyncSession(self.engine, expire_on_commit=False, info={"calendar": self.calendar}) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """For looking only: takes no write lock, and nothing is kept."""
        async with AsyncSession(self.engine, expire_on_commit=False, info={"calendar": self.calendar}) as session:
            await session.connection(execution_options={"reads_only": True})
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


def calendar_of(session: AsyncSession) -> Calendar:
    """The working days that this session reckons with."""
    calendar: Calendar = session.info["calendar"]
    return calendar


async def ask(session: AsyncSession, statement: Any, given: dict[str, Any]) -> Any:
    """The first value that a statement finds, or None; past the ORM, which costs more than a plain question does."""
    return (await (await connection_of(session)).execute(statement, given)).scalar()


async def rows_of(session: AsyncSession, statement: Any, given: Any = None) -> Sequence[Any]:
    """The rows that a statement finds, as plain values; past the ORM."""
    return (await (await connection_of(session)).execute(statement, given)).all()


async def connection_of(session: AsyncSession) -> AsyncConnection:
    """The connection of this transaction, for statements past the ORM; the session looks it up anew each time."""
    connection: AsyncConnection | None = session.info.get("connection")
    if connection is None or connection.closed:
        connection = session.info["connection"] = await session.connection()
    return connection


async def insert(session: AsyncSession, rows: Sequence[SQLModel], *, unless: str | None = None) -> bool:
    """Put new rows of one table, numbered by the database, into it now; past the unit of work, which costs twice that.

    They have their ids then, but are not the session's: see `adopt`. `unless`: the column whose value a row that is
    there already may have; then nothing is put in (of one row) and the answer is False.
    """
    numbers = await rows_of(session, _inserting(dialect_of(session), type(rows[0]), unless), _unnumbered(rows))
    if unless is not None and not numbers:
        return False
    for row, (number,) in zip(rows, numbers, strict=True):
        vars(row)["id"] = number
    return True


async def insert_unnumbered(session: AsyncSession, rows: Sequence[SQLModel]) -> None:
    """Like `insert`, for rows whose numbers nobody asks for: they do not get them here."""
    put = _putting(dialect_of(session), type(rows[0]))
    await put_all(session, put, _unnumbered(rows))


async def put_all(session: AsyncSession, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Run an INSERT made by `for_many` for some rows."""
    given = as_lists(rows) if dialect_of(session) == "postgresql" else rows
    await (await connection_of(session)).execute(statement, given)


def _unnumbered(rows: Sequence[SQLModel]) -> list[dict[str, Any]]:
    return [{name: value for name, value in values_of(row).items() if name != "id"} for row in rows]


def values_of(row: SQLModel) -> dict[str, Any]:
    """What a row has in each column, for statements past the ORM."""
    held = vars(row)
    return {name: held[name] for name in columns_of(type(row))}


@cache
def columns_of(table: type[SQLModel]) -> tuple[str, ...]:
    """The names of its columns."""
    return tuple(column.name for column in table_of(table).columns)


def adopt(session: AsyncSession, row: SQLModel) -> None:
    """A row that is in its table already belongs to the session from now on, as if it had been read."""
    make_transient_to_detached(row)
    session.add(row)


@cache
def _putting(dialect: str, table: type[SQLModel]) -> Any:
    return for_many(dialect, table, [name for name in columns_of(table) if name != "id"])


def for_many(dialect: str, table: type[SQLModel], names: Sequence[str]) -> Any:
    """An INSERT for `put_all`, of rows that have these columns."""
    statement = inserting(dialect, table)
    return from_lists(statement, table_of(table), names) if dialect == "postgresql" else statement


@cache
def _inserting(dialect: str, table: type[SQLModel], unless: str | None) -> Any:
    statement = inserting(dialect, table)
    if unless is not None:
        statement = statement.on_conflict_do_nothing(index_elements=[unless])
    return statement.returning(table_of(table).c.id, sort_by_parameter_order=unless is None)


def table_of(table: type[SQLModel]) -> Table:
    """The table itself, for statements past the ORM."""
    return SQLModel.metadata.tables[str(table.__tablename__)]


def upsert(session: AsyncSession, table: type[SQLModel]) -> Any:
    """An INSERT of this database's dialect, which alone knows ON CONFLICT."""
    return inserting(dialect_of(session), table)


def inserting(dialect: str, table: type[SQLModel]) -> Any:
    """An INSERT that knows ON CONFLICT, for statements that are built once."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def dialect_of(session: AsyncSession) -> str:
    return str(session.get_bind().dialect.name)
