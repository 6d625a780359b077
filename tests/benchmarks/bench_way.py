"""The whole way of an update: how fast, how soon answered, how much memory, how it grows.

    python -m tests.benchmarks.bench_way [--citizens 1000] [--turns 3] [--reports 1000000] [--only speed latency]

The service runs as an operator runs it (`aspirasi run`, processes of their own) against a simulator on loopback and a
throw-away PostgreSQL that writes as durably as in earnest.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlmodel import col, func, select

import classifier
from bot.app import App, prepare
from bot.incoming import dispatcher
from bot.incoming.poller import chat_of
from bot.simulator import Limits, Simulator
from storage import inbox
from storage.engine import Database, ask
from storage.tables import Agency, Conversation, Inbox, Officer, Role
from storage.tables.naming import literally
from tests import cluster
from tests.benchmarks.bench_desk import fill
from tests.benchmarks.receipts import latency
from tests.benchmarks.sending import sending
from tests.benchmarks.way import FIRST_CITIZEN, Json, Stream, bare_speed, fresh
from tests.conftest import settings_for
from tests.crowds.crowd import ME
from tests.models import model_folder
from tests.wire.process import Service

STEPS = ("words", "pin", "send", "look")
CROWD = 300
"""Citizens whose updates the database counts."""

WARM = 400
"""Citizens before those who are timed: so many that no process can take them all and leave another one cold.

They write of other matters than those who come to the same places after them.
"""

WAITING, ASIDE = (select(Inbox.update_id).where(literally(Inbox.state, s)).limit(1) for s in ("waiting", "set_aside"))
"""Found by indexes that hold no other rows: to look costs the database nothing."""

CACHE = Path(__file__).parent.parent.parent / ".cache"


def now() -> datetime:
    return datetime.now(UTC)


async def put(database: Database, updates: list[Json]) -> datetime:
    """Into the inbox at once, as the poller does, and ring. Returns when they lay there."""
    async with database.transaction() as session:
        await inbox.keep(session, [(u["update_id"], chat_of(u), u) for u in updates], now())
        if not database.is_sqlite:
            await session.exec(text("SELECT pg_notify('aspirasi', 'arrived')"))  # type: ignore[call-overload]
    return now()


async def drained(database: Database, seconds: float = 900) -> None:
    """Wait until nothing waits in the inbox; nothing may have been set aside."""
    async with asyncio.timeout(seconds):
        while True:
            async with database.reading() as session:
                if await ask(session, WAITING, {}) is None:
                    break
            await asyncio.sleep(0.2)
    async with database.reading() as session:
        assert await ask(session, ASIDE, {}) is None, "an update was set aside"


async def staffed(database: Database) -> None:
    """An officer at every office that has none, so that each report owes somebody a notice."""
    async with database.transaction() as session:
        taken = set((await session.exec(select(Officer.agency_id))).all())
        for number, agency in enumerate((await session.exec(select(Agency.id))).all()):
            if agency not in taken:
                session.add(
                    Officer(
                        chat_id=7000 + number, name="Petugas", role=Role.OFFICER, agency_id=agency, created_at=now()
                    )
                )


async def rounds(
    database: Database, people: list[int], stream: Stream, steps: tuple[str, ...] = STEPS
) -> list[float]:
    """Every citizen writes, pins, sends and looks; seconds that the processes took over each of the four."""

    async def presses() -> list[Json]:
        async with database.reading() as session:
            rows = (await session.exec(select(Conversation).where(col(Conversation.state) == "Ask:CHECK"))).all()
        drafts = {int(row.key.split(":")[0]) - FIRST_CITIZEN: row.data["draft"]["id"] for row in rows}
        return [stream.press(n, f"d:{drafts[n]}:send:") for n in people]

    took = []
    for what in steps:
        match what:
            case "words":
                updates = [stream.story(n) for n in people]
            case "pin":
                updates = [stream.pin(n) for n in people]
            case "send":
                updates = await presses()
            case _:
                updates = [stream.command(n, "/laporanku") for n in people]
        first = updates[0]["update_id"]
        began = await put(database, updates)
        await drained(database)
        async with database.reading() as session:
            ended = (await session.exec(select(func.max(Inbox.done_at)).where(col(Inbox.update_id) >= first))).one()
        assert ended is not None
        took.append((ended - began).total_seconds())
    return took


async def counted(database: Database, stream: Stream) -> None:
    """Some people stand in the middle of a report, and PostgreSQL has counted its rows, which it does each minute."""
    await rounds(database, [910_900 + n for n in range(CROWD)], stream, ("words", "pin"))
    if not database.is_sqlite:
        async with database.engine.connect() as connection:
            outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await outside.execute(text("VACUUM ANALYZE"))


async def speed(url: str, folder: Path, model: Path, people: list[int], processes: int) -> list[float]:
    """Updates a second: of each round, for a second of a core, of all; with so many processes that only receive."""
    database = Database(url)
    async with Simulator.running(limits=Limits.off()) as simulator:
        await prepare(database, settings_for(url), now())
        await staffed(database)
        services = []
        for number in range(processes):
            (place := folder / f"{processes}-{number}").mkdir(parents=True)
            services.append(Service(simulator, place, url, model, [], only="incoming"))
        try:
            for service in services:
                await service.start()
            for service in services:
                await service.ready(240)
            await asyncio.sleep(3)  # they hear of each other
            stream = Stream()
            await rounds(database, [900_900 + n for n in range(WARM)], stream)  # what is compiled once is compiled
            await counted(database, stream)
            began = sum(service.busy() for service in services)
            took = await rounds(database, people, stream)
            cost = (sum(service.busy() for service in services) - began) / (4 * len(people))
        finally:
            for service in services:
                await service.stop()
    await database.close()
    return [len(people) / one for one in took] + [1 / cost, 4 * len(people) / sum(took)]


SQLITE, ALONE, ONE, TWO = (
    "SQLite, one process",
    "PostgreSQL, 1 on one core",
    "PostgreSQL, 1 process",
    "PostgreSQL, 2 processes",
)


def throughput(folder: Path, model: Path, citizens: int, turns: int) -> None:
    """In turns, for machines change their pace, each beside bare aiogram right before and after; medians count.

    One process "on one core" shares it with the database and all else, as on a machine of half the size.
    """
    people = list(range(citizens))
    rates: dict[str, list[float]] = {name: [] for name in (SQLITE, ALONE, ONE, TWO)}
    shares: dict[str, list[float]] = {name: [] for name in rates}
    for turn in range(turns):
        for name in rates:
            (place := folder / f"{turn} {name}").mkdir()
            with on_cores(1 if name == ALONE else None), cluster.running(durable=True) as server:
                url = f"sqlite:///{place}/way.db" if name == SQLITE else asyncio.run(fresh(server, "way"))
                before = asyncio.run(bare_speed(range(2000)))
                *each, whole = asyncio.run(speed(url, place, model, people, 2 if name == TWO else 1))
                bare = (before + asyncio.run(bare_speed(range(2000)))) / 2
            rates[name].append(whole)
            shares[name].append(whole / bare)
            what = (*STEPS, "for a second of a core")
            steps = "  ".join(f"{one} {rate:.0f}" for one, rate in zip(what, each, strict=True))
            beside = f"{whole / bare:6.1%} of bare aiogram's {bare:.0f}"
            print(f"{name:26}{whole:5.0f} updates/s {beside}   ({steps})", flush=True)
    usual = {name: median(found) for name, found in rates.items()}
    for name, rate in usual.items():
        print(f"median, {name:26}{rate:5.0f} updates/s {median(shares[name]):6.1%} of bare aiogram's")
    print(
        f"two processes: {usual[TWO] / usual[ONE]:.2f} times one, {usual[TWO] / usual[ALONE]:.2f} times one on one core"
    )


@contextmanager
def on_cores(many: int | None) -> Iterator[None]:
    """This process, and what it starts meanwhile, on the first so many cores only; None: on all."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(all_of_them)[:many])
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


async def growth(server: str, model: Path, most: int, turns: int) -> None:
    """Database work of one update, with few reports and with many, from PostgreSQL's counters.

    In turns, for machines change their pace; medians count.
    """
    found: dict[int, list[tuple[float, float]]] = {1_000: [], most: []}
    async with AsyncExitStack() as running:
        grown = {many: await running.enter_async_context(at_work(server, model, many)) for many in found}
        stream = Stream()
        for turn in range(turns):
            for many, database in grown.items():
                before = await work(database)
                await rounds(database, list(range(CROWD * turn, CROWD * (turn + 1))), stream)
                pages, took = ((b - a) / (4 * CROWD) for a, b in zip(before, await work(database), strict=True))
                found[many].append((pages, took))
                print(f"{many:>9,} reports: {pages:.0f} pages and {took:.2f} ms of the database an update", flush=True)
    (pages, took), (more, longer) = ([median(one) for one in zip(*each, strict=True)] for each in found.values())
    print(f"growth: pages {more / pages - 1:+.0%}, time {longer / took - 1:+.0%}", flush=True)


@asynccontextmanager
async def at_work(server: str, model: Path, many: int) -> AsyncIterator[Database]:
    """A database with so many reports, and a worker that handles what comes into its inbox."""
    url = await fresh(server, f"grown{many}")
    database = Database(url)
    await fill(database, many)
    print()  # the filling told how far it was
    await staffed(database)
    async with database.transaction() as session:
        for table in ("citizen", "report"):  # filled with numbers of its own
            last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            await session.exec(text(last))  # type: ignore[call-overload]
    stopping, app = asyncio.Event(), App(settings_for(url), classifier.load(model), me=ME)
    worker = app.worker(dispatcher.build(), dispatcher.receiving_bot("123456:TEST", ME))
    running = asyncio.create_task(worker.run(stopping))
    await rounds(database, [900_900 + n for n in range(CROWD)], Stream(1_000_000))  # what is compiled once is compiled
    async with database.transaction() as session:
        await session.exec(text("CHECKPOINT"))  # type: ignore[call-overload]  # what the filling left is written
    try:
        yield database
    finally:
        stopping.set()
        await running
        await app.database.close()
        await database.close()


async def work(database: Database) -> tuple[float, float]:
    """(pages touched, milliseconds active) of this database so far."""
    await asyncio.sleep(1.5)  # a backend tells the counters once a second
    asked = "SELECT blks_hit + blks_read, active_time FROM pg_stat_database WHERE datname = current_database()"
    async with database.reading() as session:
        pages, took = (await session.exec(text(asked))).one()  # type: ignore[call-overload]
    return float(pages), float(took)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--citizens", type=int, default=1000)
    ask.add_argument("--turns", type=int, default=3)
    ask.add_argument("--seconds", type=int, default=30)
    ask.add_argument("--reports", type=int, default=1_000_000)
    ask.add_argument("--only", nargs="*", default=["speed", "sending", "latency", "growth"])
    given = ask.parse_args()
    model = model_folder(CACHE)
    with tempfile.TemporaryDirectory() as name, cluster.running(durable=True) as server:
        folder = Path(name)
        if "speed" in given.only:
            throughput(folder, model, given.citizens, given.turns)
        if "sending" in given.only:
            asyncio.run(sending("SQLite", f"sqlite:///{folder}/sent.db", folder, model))
            asyncio.run(sending("PostgreSQL", asyncio.run(fresh(server, "sent")), folder, model))
        if "latency" in given.only:
            asyncio.run(latency(server, folder, model, given.seconds))
        if "growth" in given.only:
            asyncio.run(growth(server, model, given.reports, given.turns))


if __name__ == "__main__":
    main()
