"""Bring a database to the newest schema, and say whether it is there."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage import search
from storage.engine import Database


class SchemaNewer(Exception):
    """The database was brought up by a newer version of this program: only that one can use it."""

    code = "schema_newer"


class BrokenReference(Exception):
    """A migration would have left a row that points nowhere; it was undone."""

    code = "broken_reference"


class SchemaOutdated(Exception):
    """The database has another schema than this program: `aspirasi migrate` brings it up."""

    code = "schema_outdated"


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings for the migrations of this package."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    return settings


def newest() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()


def _run(connection: Connection, name: str, target: str) -> None:
    getattr(command, name)(config(connection), target)


async def upgrade(database: Database, target: str = "head") -> None:
    """Run every migration up to `target`; several processes may do so at once. Raises: SchemaNewer."""
    at = await current(database)
    if at is not None and at not in {
        script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()
    }:
        raise SchemaNewer(at)
    await _with_lock(database, "upgrade", target)


async def downgrade(database: Database, target: str = "base") -> None:
    await _with_lock(database, "downgrade", target)


async def _with_lock(database: Database, name: str, target: str) -> None:
    async with database.engine.connect() as connection:
        await connection.execution_options(rebuilds=True)
        async with connection.begin():
            if not database.is_sqlite:  # SQLite's BEGIN IMMEDIATE is the lock
                await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(3276)")
            await connection.run_sync(_run, name, target)
            if database.is_sqlite:
                await connection.run_sync(search.keep_in_step)
            if database.is_sqlite and (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first():
                raise BrokenReference
    await database.engine.dispose()  # connections that were told not to look at foreign keys


async def current(database: Database) -> str | None:
    """The revision the database is at, None when it is empty."""

    def read(connection: Connection) -> Any:
        return MigrationContext.configure(connection).get_current_revision()

    async with database.engine.connect() as connection:
        revision: str | None = await connection.run_sync(read)
        return revision


async def check(database: Database) -> None:
    """Raises: SchemaOutdated."""
    if await current(database) != newest():
        raise SchemaOutdated
