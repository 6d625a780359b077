"""The whole way of an update: how fast, how soon answered, how much memory, how it grows.

    python -m tests.benchmarks.bench_way [--citizens 1500] [--speed-turns 5] [--turns 3] [--reports 1000000]
        [--only speed latency]

The service runs as an operator runs it (`aspirasi run`, processes of their own) against a simulator on loopback and a
throw-away PostgreSQL that writes as durably as in earnest.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import text

import classifier
from bot.app import App
from bot.incoming import dispatcher
from storage.engine import Database, connection_of, rows_of
from tests import cluster
from tests.benchmarks.bench_desk import fill
from tests.benchmarks.receipts import latency
from tests.benchmarks.rounds import WARM, rounds, staffed
from tests.benchmarks.sending import sending
from tests.benchmarks.speed import throughput
from tests.benchmarks.way import Stream, fresh
from tests.conftest import settings_for
from tests.crowds.crowd import ME
from tests.models import model_folder

CROWD = 300
"""Citizens whose updates the database counts."""

CACHE = Path(__file__).parent.parent.parent / ".cache"


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
                await rounds(database, range(CROWD * turn, CROWD * (turn + 1)), stream)
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
            await (await connection_of(session)).execute(text(last))
    stopping, app = asyncio.Event(), App(settings_for(url), classifier.load(model), me=ME)
    worker = app.worker(dispatcher.build(), dispatcher.receiving_bot("123456:TEST", ME))
    running = asyncio.create_task(worker.run(stopping))
    await rounds(database, WARM[:CROWD], Stream(1_000_000))  # what is compiled once is compiled
    async with database.transaction() as session:
        await (await connection_of(session)).execute(text("CHECKPOINT"))  # what the filling left is written
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
        ((pages, took),) = await rows_of(session, text(asked))
    return float(pages), float(took)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--citizens", type=int, default=1500, help="a turn, for speed")
    ask.add_argument("--speed-turns", type=int, default=5)
    ask.add_argument("--turns", type=int, default=3, help="for growth")
    ask.add_argument("--seconds", type=int, default=30)
    ask.add_argument("--reports", type=int, default=1_000_000)
    ask.add_argument("--only", nargs="*", default=["speed", "sending", "latency", "growth"])
    given = ask.parse_args()
    model = model_folder(CACHE)
    with tempfile.TemporaryDirectory() as name, cluster.running(durable=True) as server:
        folder = Path(name)
        if "speed" in given.only:
            asyncio.run(throughput(folder, model, given.citizens, given.speed_turns))
        if "sending" in given.only:
            asyncio.run(sending("SQLite", f"sqlite:///{folder}/sent.db", folder, model))
            asyncio.run(sending("PostgreSQL", asyncio.run(fresh(server, "sent")), folder, model))
        if "latency" in given.only:
            asyncio.run(latency(server, folder, model, given.seconds))
        if "growth" in given.only:
            asyncio.run(growth(server, model, given.reports, given.turns))


if __name__ == "__main__":
    main()
