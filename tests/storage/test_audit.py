"""The sealed log: it cannot be changed, and who changes it all the same is found out."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import audit, staff
from storage.engine import Database

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


async def write(database: Database, many: int, at: datetime = NOW) -> None:
    async with database.transaction() as session:
        for n in range(many):
            staff.record(
                session, now=at, chat_id=n, officer=None, action="see", report_id=n, allowed=bool(n % 2), facts={"n": n}
            )


async def seal(database: Database, at: datetime) -> int:
    async with database.transaction() as session:
        return await audit.seal(session, at)


async def verify(database: Database, at: datetime = NOW, known: str = "") -> audit.Proof:
    async with database.reading() as session:
        return await audit.verify(session, at, known=known)


async def behind_its_back(database: Database, table: str, statement: str) -> None:
    """Somebody with the database's password takes the guard away and changes a row."""
    guards = (
        [f"{table}_append_only ON {table}"] if not database.is_sqlite else [f"{table}_no_update", f"{table}_no_delete"]
    )
    async with database.engine.begin() as connection:
        for guard in guards:
            await connection.execute(text(f"DROP TRIGGER {guard}"))
        await connection.execute(text(statement))


async def test_the_log_grows_into_a_chain(database: Database) -> None:
    assert (await verify(database)).head == audit.BEGINNING
    await write(database, 3)
    assert await seal(database, NOW + timedelta(seconds=30)) == 0, "too new: somebody may still be writing before it"
    later = NOW + timedelta(minutes=2)
    assert await seal(database, later) == 3
    assert await seal(database, later) == 0
    first = await verify(database, later)
    assert (first.sealed, first.unsealed, first.broken) == (3, 0, None)
    await write(database, 2, later)
    proof = await verify(database, later)
    assert (proof.sealed, proof.unsealed, proof.broken) == (3, 2, None)
    assert await seal(database, later + timedelta(minutes=2)) == 2
    proof = await verify(database, later, first.head)
    assert (proof.sealed, proof.broken) == (5, None)
    assert (await verify(database, later, "f" * 64)).fault == "shortened"


@pytest.mark.parametrize("table", ["attempt", "audit_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1", "DELETE FROM {}"])
async def test_the_database_refuses_to_change_the_log(database: Database, table: str, statement: str) -> None:
    await write(database, 1)
    await seal(database, NOW + timedelta(minutes=2))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.engine.begin() as connection:
            await connection.execute(text(statement.format(table)))


@pytest.mark.parametrize(
    ("table", "statement", "row", "fault"),
    [
        ("attempt", "UPDATE attempt SET allowed = false WHERE id = 2", 2, "changed"),
        ("attempt", "UPDATE attempt SET facts = '{\"n\": 9}' WHERE id = 3", 3, "changed"),
        ("attempt", "DELETE FROM attempt WHERE id = 3", 3, "missing"),
        ("audit_seal", "UPDATE audit_seal SET digest = '0' WHERE id = 4", 4, "changed"),
        ("audit_seal", "DELETE FROM audit_seal WHERE id = 2", 3, "changed"),
        ("audit_seal", "DELETE FROM audit_seal WHERE id = 5", 5, "unsealed"),
    ],
)
async def test_whoever_changes_it_all_the_same_is_found_out(
    database: Database, table: str, statement: str, row: int, fault: str
) -> None:
    await write(database, 5)
    await seal(database, NOW + timedelta(minutes=2))
    await behind_its_back(database, table, statement)
    proof = await verify(database, NOW + timedelta(days=2))
    assert (proof.broken, proof.fault) == (row, fault)


async def test_the_end_of_the_log_is_proven_by_a_digest_kept_elsewhere(database: Database) -> None:
    await write(database, 5)
    await seal(database, NOW + timedelta(minutes=2))
    known = (await verify(database)).head
    await behind_its_back(database, "audit_seal", "DELETE FROM audit_seal WHERE id = 5")
    await behind_its_back(database, "attempt", "DELETE FROM attempt WHERE id = 5")
    assert (await verify(database, NOW + timedelta(days=2))).broken is None
    assert (await verify(database, NOW + timedelta(days=2), known)).fault == "shortened"
