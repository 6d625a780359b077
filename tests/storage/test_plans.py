"""What officers ask most is answered from an index, on both engines: read from the plan the database makes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, event, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select

from storage import periods, queue, search, statistics
from storage.counting import Sight
from storage.engine import Database
from storage.queue import Eye
from storage.search import Wanted
from storage.tables import Report
from storage.types import Moment

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


async def plan(connection: AsyncConnection, statement: Any, values: dict[str, Any] | None = None) -> str:
    """How the database would go about it. PostgreSQL is told to scan a table only where there is no other way: an empty
    one it would rather scan."""
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
    if not isinstance(statement, str):
        statement = str(statement.compile(connection.engine.sync_engine, compile_kwargs={"literal_binds": True}))
        values = {}
    asked = text(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + statement.replace(":", "\\:") if not values
                 else ("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + statement)  # fmt: skip
    if values:
        asked = asked.bindparams(*(bindparam(name, type_=Moment()) for name in ("since", "until") if name in values))
    return "\n".join(str(row) for row in (await connection.execute(asked, values or {})).all())


def assert_indexed(said: str) -> None:
    """No plan looks at every report; which of several indexes is best depends on the rows."""
    assert any(index in said for index in ("ix_report", "uq_report", "autoindex_report", "VIRTUAL TABLE INDEX")), said
    assert "Seq Scan on report" not in said, said


async def test_the_queue_and_the_card_come_from_an_index(database: Database) -> None:
    async with database.engine.begin() as connection:
        for eye in (Eye("dishub", 1, NOW, NOW), Eye(None, 1, NOW, NOW)):
            said = await plan(connection, select(Report.id).where(queue.waits(eye)))
            assert_indexed(said)
        said = await plan(connection, select(Report.id).where(col(Report.number) == "DPK-26-000001"))
        assert_indexed(said)


@pytest.mark.parametrize("agency_id", ["dishub", None])
async def test_words_are_looked_up_and_days_are_walked_from_the_newest(
    database: Database, agency_id: str | None
) -> None:
    wanted = [
        Wanted("lampu mati", agency_id),
        Wanted("lampu", agency_id, since=NOW, until=NOW),
        Wanted("", agency_id, since=NOW, until=NOW),
        Wanted("", agency_id),
    ]
    async with database.engine.begin() as connection:
        for one in wanted:
            *newest, last = search.statements(one, database.is_sqlite)
            values = search.parameters(one, database.is_sqlite, 6, 0)
            said = await plan(connection, last, values)
            assert_indexed(said)
            if one.words and database.is_sqlite:
                assert "VIRTUAL TABLE INDEX" in said, said
            if one.words and not database.is_sqlite and agency_id is None and one.since is None:
                assert "ix_report_words" in said, said
            for statement in newest:
                assert_indexed(await plan(connection, statement, values))


async def test_figures_are_counted_from_an_index(database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.reading() as session:
        month = periods.named("month", NOW, "Asia/Jakarta")
        for agency_id in (None, "dishub"):
            await statistics.figures(session, month, NOW, sight=Sight.STAFF, agency_id=agency_id)
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    counts = [(statement, values) for statement, values in asked if "FROM report" in statement]
    assert len(counts) == 12
    async with database.engine.begin() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, values in counts:
            explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
            assert_indexed("\n".join(map(str, await connection.exec_driver_sql(explain + statement, values))))
