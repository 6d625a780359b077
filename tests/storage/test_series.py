"""Report numbers are taken aside: nobody waits for another's transaction, nor for a disk."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from storage import series
from storage.engine import Database


async def test_a_number_taken_aside_is_not_given_again(database: Database) -> None:
    numbers = []
    for _ in range(3):
        async with database.reading() as session:
            numbers.append(await series.next_aside(session, "tried"))
            await session.rollback()
    assert numbers == ([1, 1, 1] if database.is_sqlite else [1, 2, 3])


async def test_a_number_waits_for_no_disk(database: Database) -> None:
    """Whatever uses it is committed later, and the log is written in order: that cannot be there without it."""
    if database.is_sqlite:
        pytest.skip("SQLite takes numbers within the transaction")
    connections = 2
    two = Database(database.url, pool_size=connections)
    await settings(two, "SET synchronous_commit = on", connections)
    unwritten = False
    async with two.reading() as session:
        for expected in range(1, 40):
            assert await series.next_aside(session, "tried") == expected
            where = text("SELECT pg_current_wal_flush_lsn() < pg_current_wal_insert_lsn()")
            unwritten = unwritten or (await session.exec(where)).one()[0]  # type: ignore[call-overload]
            await asyncio.sleep(0.01)
    assert unwritten, "each number was written to the disk before it was given"
    assert await settings(two, "SHOW synchronous_commit", connections) == ["on", "on"]
    await two.close()


async def settings(database: Database, statement: str, connections: int) -> list[str]:
    """What a statement says on each connection of the pool."""
    said = []
    async with AsyncExitStack() as stack:
        for _ in range(connections):
            connection = await stack.enter_async_context(database.engine.connect())
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            result = await alone.execute(text(statement))
            said.append(result.scalar_one() if result.returns_rows else "")
    return said
