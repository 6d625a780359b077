"""Migrations go up, down and up again, and end where the models are, on both engines."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from storage import migrate
from storage.engine import Database
from storage.search import BESIDE_THE_MODELS
from storage.tables import Citizen, Report


def declared(_item: object, name: str | None, *_rest: object) -> bool:
    return name not in BESIDE_THE_MODELS


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": declared})
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


async def test_what_was_kept_under_the_first_schema_is_still_there_under_the_newest(empty_url: str) -> None:
    database = Database(empty_url)
    await migrate.upgrade(database, "0001")
    at = "2026-11-24 00:00:00+00:00"

    async def first_program_writes(n: int) -> None:
        async with database.engine.begin() as connection:
            for statement in (
                "INSERT INTO citizen (id, chat_id, name, created_at, reachable)"
                f" VALUES ({n}, {n}5, 'Siti', '{at}', true)",
                "INSERT INTO report (id, number, draft_id, citizen_id, kind, status, text, urgent, place, confidence,"
                f" decision, model, reasons, abusive, created_at, status_at) VALUES ({n}, 'DPK-26-{n:06d}', 'd{n}',"
                f" {n}, 'pengaduan', 'triage', 'Lampu mati', false, '', 0, 'triage', '', '[]', false, '{at}', '{at}')",
                "INSERT INTO event (report_id, at, kind, actor, facts)"
                f" VALUES ({n}, '{at}', 'opened', 'citizen', '{{}}')",
                "INSERT INTO inbox (update_id, payload, received_at, state, attempts)"
                f" VALUES ({n}, '{{}}', '{at}', 'waiting', 0)",
                "INSERT INTO outbox (lane, payload, state, attempts, created_at)"
                f" VALUES (1, '{{}}', 'waiting', 0, '{at}')",
            ):
                await connection.exec_driver_sql(statement)

    await first_program_writes(1)
    await migrate.upgrade(database)
    await first_program_writes(2)  # it may go on while the new one is brought in
    async with database.reading() as session:
        report = await session.get_one(Report, 1)
        assert (report.text, report.anonymous, report.source) == ("Lampu mati", False, "telegram")
        assert (await session.get_one(Citizen, 1)).updates == "all"
    async with database.engine.begin() as connection:  # foreign keys are watched again
        with pytest.raises(IntegrityError):
            await connection.execute(text("DELETE FROM citizen"))
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
