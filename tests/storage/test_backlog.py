"""However much waits, taking the next rows looks at the same few pages: also where the planner was told that nothing
waits, for it counts the rows on quiet days."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import claims, inbox, outbox
from storage.engine import Database
from storage.tables import Lane

NOW = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
FEW, MANY = 500, 5_000
"""Both are more than the window that is looked at."""

Step = Callable[[AsyncSession], Awaitable[Any]]


async def pages(database: Database, step: Step) -> int:
    """Pages that a step's statements touch, by PostgreSQL's word; the step is undone."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.reading() as session:
        await step(session)
        await session.rollback()
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    touched = 0
    async with database.engine.connect() as connection:
        for statement, values in asked:
            told = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
            found = told.scalar_one()
            plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
            touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        await connection.rollback()
    return touched


async def arrive(session: AsyncSession, numbers: range) -> None:
    await inbox.keep(session, [(n, n, {"update_id": n}) for n in numbers], NOW)


async def take_updates(session: AsyncSession) -> list[Any]:
    return list(await inbox.claim(session, NOW, 16))


async def take_messages(session: AsyncSession) -> list[Any]:
    return list(await claims.claim(session, NOW, 16))


async def owe(session: AsyncSession, numbers: range) -> None:
    for n in numbers:
        await outbox.put(session, now=NOW, lane=Lane.NOTICE, chat_id=n, notice="note", payload={}, report_id=n)


@pytest.mark.parametrize(
    ("table", "settled", "fill", "take"),
    [
        ("inbox", "done", arrive, take_updates),
        ("outbox", "sent", owe, take_messages),
    ],
)
async def test_taking_the_next_costs_the_same_behind_a_long_queue(
    database: Database,
    table: str,
    settled: str,
    fill: Callable[[AsyncSession, range], Awaitable[None]],
    take: Step,
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite counts no pages")
    async with database.transaction() as session:
        await fill(session, range(10_000, 12_000))
        await session.exec(text(f"UPDATE {table} SET state = '{settled}'"))  # type: ignore[call-overload]
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text(f"VACUUM ANALYZE {table}"))
    found = []
    for waiting in (range(12_000, 12_000 + FEW), range(12_000 + FEW, 12_000 + MANY)):
        async with database.transaction() as session:
            await fill(session, waiting)
        found.append(await pages(database, take))
    few, more = found
    assert more < 1.5 * few, found


@pytest.mark.parametrize(
    ("table", "key", "fill", "take"),
    [
        ("inbox", "update_id", arrive, take_updates),
        ("outbox", "id", owe, take_messages),
    ],
)
async def test_taking_the_next_keeps_nobody_from_those_behind_it(
    database: Database,
    table: str,
    key: str,
    fill: Callable[[AsyncSession, range], Awaitable[None]],
    take: Callable[[AsyncSession], Awaitable[list[Any]]],
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite locks no rows")
    async with database.transaction() as session:
        await fill(session, range(FEW))
    free = text(f"SELECT {key} FROM {table} ORDER BY {key} FOR UPDATE SKIP LOCKED")
    async with database.reading() as first, database.reading() as second:
        assert len(await take(first)) == 16
        left = (await second.exec(free)).all()  # type: ignore[call-overload]
        await second.rollback()
        assert len(left) == FEW - 16
        assert len(await take(second)) == 16
