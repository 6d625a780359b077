"""From SQLite to PostgreSQL: every row, table by table, counted before and after."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Table, func, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from storage import migrate
from storage.backup import require_empty
from storage.engine import Database

SLICE = 1000


async def move(source: Database, target: Database) -> AsyncIterator[tuple[str, int, int]]:
    """Copy everything into an empty database, in one transaction of it; yields (table, rows there, rows here).

    `source` must not be written to meanwhile: stop the service first. Raises: NotEmpty, SchemaOutdated.
    """
    await migrate.check(source)
    await require_empty(target)
    await migrate.upgrade(target)
    async with source.engine.connect() as there, target.engine.begin() as here:
        await there.execution_options(reads_only=True)
        for table in SQLModel.metadata.sorted_tables:
            await _copy(there, here, table)
            await _go_on_counting(here, table)
            size = select(func.count()).select_from(table)
            yield table.name, (await there.execute(size)).scalar_one(), (await here.execute(size)).scalar_one()


async def _copy(there: AsyncConnection, here: AsyncConnection, table: Table) -> None:
    """In the order of the key. What points at another row of the same table is filled in afterwards."""
    own = [c.name for c in table.columns if any(key.column.table is table for key in c.foreign_keys)]
    order, later = list(table.primary_key.columns), []
    slice_of = select(table).order_by(*order).limit(SLICE)
    further = slice_of
    while rows := (await there.execute(further)).mappings().all():
        plain: list[dict[str, Any]] = [dict(row) for row in rows]
        further = slice_of.where(tuple_(*order) > tuple_(*(plain[-1][column.name] for column in order)))
        later += [(row["id"], {name: row[name]}) for row in plain for name in own if row[name] is not None]
        await here.execute(table.insert(), [row | dict.fromkeys(own) for row in plain])
    for key, values in later:
        await here.execute(update(table).where(table.c.id == key).values(values))


async def _go_on_counting(here: AsyncConnection, table: Table) -> None:
    """PostgreSQL's sequence goes on after the highest key that was copied."""
    key = table.autoincrement_column
    if key is None:
        return
    sequence = (await here.execute(select(func.pg_get_serial_sequence(table.name, key.name)))).scalar_one()
    if sequence and (highest := (await here.execute(select(func.max(key)))).scalar_one()) is not None:
        await here.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
