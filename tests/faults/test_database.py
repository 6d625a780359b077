"""The database is cut off, restarted or full while people write: nothing is lost, nothing happens twice."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlmodel import col

from bot.simulator import Person
from storage import migrate
from storage.engine import Database
from storage.tables import Event, Outbox, OutboxState
from tests import cluster
from tests.town import PIN, Town

PATIENCE = 40.0


@pytest.fixture(scope="module")
def own_server() -> Iterator[cluster.Cluster]:
    with cluster.server(durable=True) as server:  # or its end would lose what it had said was committed
        yield server


async def file(citizen: Person, gang: int) -> str:
    """Write, pin, send, as a patient person would; returns the number."""
    await citizen.says(f"Lampu jalan di gang {gang} mati sudah tiga malam, gelap sekali")
    await citizen.waits_for("Di mana tempatnya", timeout=PATIENCE)
    await citizen.sends_location(PIN[0] + gang / 100, PIN[1])  # far from each other
    card = await citizen.waits_for(re.compile(rf"Periksa dulu.*gang {gang} mati", re.DOTALL), timeout=PATIENCE)
    await citizen.taps_old(card, "Kirim laporan")
    receipt = await citizen.waits_for("Nomor:", timeout=PATIENCE)
    return re.findall(r"DPK-\d\d-\d{6}", receipt.text)[0]


@asynccontextmanager
async def four_who_file(town: Town) -> AsyncIterator["asyncio.Future[list[list[str]]]"]:
    """Citizens and an officer; two reports of each citizen are filed meanwhile, and all is well afterwards."""
    officer = await town.officer("dishub")
    people = [await town.citizen(f"Warga {n}") for n in range(4)]

    async def two(citizen: Person, n: int) -> list[str]:
        return [await file(citizen, n), await file(citizen, n + len(people))]

    working = asyncio.gather(*(two(citizen, n) for n, citizen in enumerate(people)))
    yield working
    told = await working
    numbers = [number for both in told for number in both]
    await town.settles(PATIENCE)
    assert sorted(report.number for report in await town.reports()) == sorted(numbers)
    assert await town.count(Event, Event.kind == "opened") == len(numbers) == 8
    assert await town.set_aside() == [], "what the database did is no fault of an update"
    assert await town.count(Outbox, Outbox.state == OutboxState.GIVEN_UP, col(Outbox.lane) > 0) == 0
    heard = "\n".join(line.text for line in officer.screen())
    assert [heard.count(f"{number}") >= 1 for number in numbers] == [True] * 8, "the office heard of each"
    for citizen, both in zip(people, told, strict=True):
        for number in both:
            receipts = [line for line in citizen.screen() if line.from_bot and f"Nomor: {number}" in line.text]
            assert len(receipts) == 1, "one process that goes on writes down what it sent before it sends more"


async def test_postgresql_is_restarted_and_its_connections_are_cut(
    own_server: cluster.Cluster, classifier: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server = Database(f"{own_server.url}/postgres")
    ready = Database(f"{own_server.url}/template1")
    await migrate.upgrade(ready)
    await ready.close()

    async def cut() -> None:
        async with server.engine.connect() as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'template1'"
            await connection.execute(text(others))

    async with Town.running(f"{own_server.url}/template1", classifier) as town, four_who_file(town) as working:
        for _ in range(8):  # at moments nobody chose
            await cut()
            await asyncio.sleep(0.15)
        await server.close()
        await asyncio.to_thread(own_server.stop)
        await asyncio.sleep(1.0)
        assert not working.done(), "nobody gets through while it is down"
        await asyncio.to_thread(own_server.start)
    assert "the database does not answer" in caplog.text
    assert "Warga" not in caplog.text
    assert "gang" not in caplog.text


async def test_the_disk_of_sqlite_is_full_for_a_while(
    sqlite_file: Path, tmp_path: Path, classifier: Any, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(sqlite_file, tmp_path / "test.db")
    full = asyncio.Event()
    async with Town.running(f"sqlite:///{tmp_path / 'test.db'}", classifier) as town:

        @event.listens_for(town.database.engine.sync_engine, "begin")
        def fill(connection: Connection) -> None:
            used = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={used if full.is_set() else 1_000_000}")

        async with four_who_file(town) as working:
            await asyncio.sleep(0.2)
            full.set()
            async with asyncio.timeout(20):
                while "the database does not answer (OperationalError)" not in caplog.text:
                    await asyncio.sleep(0.05)
            await asyncio.sleep(1.0)
            assert not working.done()
            full.clear()
