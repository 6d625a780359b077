"""Migrations go up, down and up again, and end where the models are, on both engines."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from storage import migrate
from storage.engine import Database


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_up_down_up_and_equal_to_the_models(empty_url: str) -> None:
    database = Database(empty_url)
    assert await migrate.current(database) is None
    await migrate.upgrade(database)
    await migrate.downgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == ["alembic_version"]
    await migrate.upgrade(database)
    await migrate.check(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_a_database_of_a_newer_program_is_left_alone(empty_url: str) -> None:
    database = Database(empty_url)
    await migrate.upgrade(database)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    with pytest.raises(migrate.SchemaNewer):
        await migrate.upgrade(database)
    with pytest.raises(migrate.SchemaOutdated):
        await migrate.check(database)
    await database.close()
