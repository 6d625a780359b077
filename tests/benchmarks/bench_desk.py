"""How fast the staff desk answers with years of reports: p50 and p95 at the database, for each command.

    python -m tests.benchmarks.bench_desk [--postgres 1000000] [--sqlite 100000] [--rounds 60]

The reports are made up from a small vocabulary, unevenly spread over offices, days and words as real ones are.
PostgreSQL is a throw-away cluster with its own defaults but for fsync.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import SQLModel, col, select

from bot import app
from bot.staff.asking import wanted_of
from classifier import tables
from storage import notices, periods, queue, reads, search, statistics
from storage.counting import Sight
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.tables import Agency, Citizen, Event, Officer, Report, Role
from tests import cluster
from tests.conftest import settings_for

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
YEARS = 3
BATCH = 10_000
TARGET = 200.0
"""Milliseconds, p95."""

WORDS = """
lampu jalan mati rusak berlubang sampah menumpuk bau banjir got mampet parkir liar macet pohon tumbang kabel
air keruh warga anak sekolah depan belakang gang rumah masjid pasar simpang tiang sudah tiga malam hari minggu
bulan mohon segera tolong pak bu kami tidak belum pernah diperbaiki gelap bahaya motor mobil truk hujan lubang
aspal trotoar kali situ lurah camat petugas loket antre ktp kartu keluarga akta bansos bpjs puskesmas rsud
guru kelas atap bocor pagar taman
""".split()  # noqa: SIM905
CLOSED = (Status.CLOSED, Status.REJECTED, Status.REFERRED, Status.WITHDRAWN)
OPEN = (Status.ASSIGNED, Status.ASSIGNED, Status.IN_PROGRESS, Status.NEEDS_INFO, Status.TRIAGE)
Query = Callable[[Any], Awaitable[Any]]


@dataclass
class Made:
    """What the made-up reports are drawn from."""

    agencies: list[str]
    topics: list[str]
    places: list[tuple[str, str]]
    many: int


def row(i: int, many: int, made: Made, dice: random.Random) -> dict[str, Any]:
    """One report. Three in a hundred are open; a few offices have most of the work."""
    at = NOW - timedelta(days=YEARS * 365) * (1 - i / many)
    is_open = dice.random() < 0.03
    status = dice.choice(OPEN if is_open else CLOSED)
    kecamatan, kelurahan = dice.choice(made.places)
    words = [WORDS[int(len(WORDS) * dice.random() ** 2)] for _ in range(dice.randint(8, 22))]
    agency = None if status is Status.TRIAGE else made.agencies[int(len(made.agencies) * dice.random() ** 2)]
    return {
        "id": i, "number": f"DPK-26-{i:07d}", "draft_id": str(i), "citizen_id": 1 + i % 1000, "kind": Kind.COMPLAINT,
        "status": status, "agency_id": agency, "topic": dice.choice(made.topics), "text": " ".join(words),
        "place": f"gang {dice.choice(WORDS)} nomor {i % 97} rt {i % 13}", "kecamatan": kecamatan,
        "kelurahan": kelurahan,
        "urgent": dice.random() < 0.02, "priority": dice.random() < 0.02, "created_at": at, "status_at": at,
        "due_at": at + timedelta(days=20), "closed_at": None if is_open else at + timedelta(days=10),
        "first_answer_at": None if is_open else at + timedelta(days=3), "guess_agency_id": agency, "confidence": 0.7,
        "decision": "auto", "rating": dice.choice([None, 1, 3, 5]),
        "verified_at": at + timedelta(days=11) if status is Status.CLOSED and i % 2 else None,
    }  # fmt: skip


async def fill(database: Database, many: int) -> Made:
    """A prepared database with `many` reports, an event for each, 1,000 citizens and an officer of every office."""
    await app.prepare(database, settings_for(database.url), NOW)
    dice = random.Random(7)
    async with database.transaction() as session:
        agencies = [a.id for a in (await session.exec(select(Agency).where(Agency.scope == "city"))).all()]
        rows = [{"id": i, "chat_id": i, "name": "Warga", "created_at": NOW} for i in range(1, 1001)]
        await _insert(session, Citizen, rows)
        staff = [{"chat_id": 5000 + i, "name": "Petugas", "role": Role.OFFICER, "agency_id": agency, "created_at": NOW}
                 for i, agency in enumerate(agencies)]  # fmt: skip
        await _insert(session, Officer, staff)
    kecamatan = tables.read_table("places.toml")["kecamatan"]
    places = [(row_["name"], kel["name"]) for row_ in kecamatan for kel in row_["kelurahan"]]
    made = Made(agencies, list(tables.topics()), places, many)
    indexes = await _without_indexes(database)
    for start in range(1, many + 1, BATCH):
        reports = [row(i, many, made, dice) for i in range(start, min(start + BATCH, many + 1))]
        events = [{"report_id": r["id"], "at": r["created_at"], "kind": "opened", "actor": "citizen", "actor_id": 1,
                   "facts": {}} for r in reports]  # fmt: skip
        async with database.transaction() as session:
            await _insert(session, Report, reports)
            await _insert(session, Event, events)
        print(f"\r{min(start + BATCH - 1, many):>9,} of {many:,} reports", end="", file=sys.stderr, flush=True)
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for one in indexes:
            await connection.execute(text(one))
        await connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))
    return made


async def _without_indexes(database: Database) -> list[str]:
    """Drop PostgreSQL's indexes of reports and events while they are filled; returns what makes them again."""
    if database.is_sqlite:
        return []
    async with database.transaction() as session:
        connection = await session.connection()
        found = await connection.execute(text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('report', 'event')"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"))  # fmt: skip
        rows = found.all()
        for name, _ in rows:
            await connection.execute(text(f'DROP INDEX "{name}"'))
    return [definition for _, definition in rows]


async def _insert(session: Any, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """PostgreSQL takes them as a stream: five times as fast as statements."""
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        await connection.execute(insert(table), rows)
        return
    columns = list(SQLModel.metadata.tables[str(table.__tablename__)].columns)
    nothing = {column.name: _default(column) for column in columns}
    names = [column.name for column in columns if column.name in rows[0] or nothing[column.name] is not None]
    records = [tuple(_plain((nothing | one)[name]) for name in names) for one in rows]
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_records_to_table(table.__tablename__, records=records, columns=names)


def _default(column: Any) -> Any:
    made: Any = getattr(column.default, "arg", None)
    return made(None) if callable(made) else made


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value.value if isinstance(value, Enum) else value


def questions(made: Made, dice: random.Random, calendar: Any) -> dict[str, Callable[[], Query]]:
    """Command -> what makes one more of its queries."""

    def office() -> str:
        return dice.choice(made.agencies)

    def an_eye() -> queue.Eye:
        agency = dice.choice([*made.agencies, made.agencies[0], made.agencies[0], None])
        return queue.Eye(agency, 1, NOW, calendar.without_a_word(NOW))

    def the_queue() -> Query:
        eye, view = an_eye(), dice.choice(queue.VIEWS)

        async def ask(session: Any) -> None:
            await queue.page(session, eye, queue.Filter(view), dice.choice([0, 0, 3]))
            await queue.counts(session, eye)

        return ask

    def by_place() -> Query:
        eye = an_eye()
        return lambda session: queue.by_kelurahan(session, eye, 24)

    def said() -> str:
        words = dice.sample(WORDS, dice.choice([1, 1, 2, 3]))
        if dice.random() < 0.5:
            words.append(dice.choice(dice.choice(made.places)).lower())
        if dice.random() < 0.3:
            words.append(f"{dice.randint(1, 10)}-{dice.randint(11, 25)} {dice.choice(['jan', 'mei', 'nov'])} 2025")
        return " ".join(words)

    def search_in(agency: str | None) -> Query:
        wanted = wanted_of(said(), agency, NOW, calendar.zone)
        return lambda session: search.find(session, wanted, limit=6)

    def nothing_found() -> Query:
        wanted = wanted_of(" ".join([*dice.sample(WORDS, 2), "kucing"]), None, NOW, calendar.zone)
        return lambda session: search.find(session, wanted, limit=6)

    def card() -> Query:
        number = dice.randint(1, made.many)

        async def ask(session: Any) -> None:
            report = (await session.exec(select(Report).where(col(Report.number) == f"DPK-26-{number:07d}"))).one()
            await notices.facts_of(session, report)
            await reads.timeline(session, number)

        return ask

    def counted(agency: str | None) -> Query:
        period = periods.named("month", NOW, calendar.zone.key)
        return lambda session: statistics.figures(session, period, NOW, sight=Sight.STAFF, agency_id=agency)

    return {
        "/antrian": the_queue,
        "/antrian by kelurahan": by_place,
        "/cari in an office": lambda: search_in(office()),
        "/cari in the city": lambda: search_in(None),
        "/cari, nothing there": nothing_found,
        "card": card,
        "/statistik of an office, this month": lambda: counted(office()),
        "/statistik of the city, this month": lambda: counted(None),
    }


async def measure(url: str, many: int, rounds: int) -> None:
    database = Database(url)
    begun = time.perf_counter()
    made = await fill(database, many)
    print(f"\n{'SQLite' if database.is_sqlite else 'PostgreSQL'}, {many:,} reports (filled in "
          f"{time.perf_counter() - begun:.0f} s)")  # fmt: skip
    await ask_everything(database, made, rounds)
    await database.close()


async def ask_everything(database: Database, made: Made, rounds: int) -> None:
    """Print a line for each command."""
    print(f"{'':36}{'p50':>8}{'p95':>8}{'worst':>8}  ms")
    for name, another in questions(made, random.Random(11), database.calendar).items():
        times = []
        for _ in range(rounds):
            ask = another()
            async with database.reading() as session:
                begun = time.perf_counter()
                await ask(session)
                times.append(1000 * (time.perf_counter() - begun))
        times.sort()
        p95 = times[int(0.95 * (len(times) - 1))]
        print(
            f"{name:36}{times[len(times) // 2]:8.1f}{p95:8.1f}{times[-1]:8.1f}{'' if p95 <= TARGET else '  too slow'}"
        )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--postgres", type=int, default=1_000_000)
    ask.add_argument("--sqlite", type=int, default=100_000)
    ask.add_argument("--rounds", type=int, default=60)
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.sqlite:
            asyncio.run(measure(f"sqlite:///{Path(folder) / 'desk.db'}", given.sqlite, given.rounds))
        if given.postgres:
            with cluster.running() as server:
                asyncio.run(create(server))
                asyncio.run(measure(f"{server}/desk", given.postgres, given.rounds))


async def create(server: str) -> None:
    database = Database(f"{server}/postgres")
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("CREATE DATABASE desk"))
    await database.close()


if __name__ == "__main__":
    main()
