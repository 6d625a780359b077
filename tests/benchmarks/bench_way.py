"""The whole way of an update: how fast, how soon answered, how much memory, how it grows.

    python -m tests.benchmarks.bench_way [--citizens 600] [--reports 1000000] [--only throughput,latency,growth]

The service runs as an operator runs it (`aspirasi run`, processes of their own) against a simulator on loopback and a
throw-away PostgreSQL that writes as durably as in earnest.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import col, func, select

from bot.app import prepare
from bot.incoming.poller import chat_of
from bot.simulator import Limits, Simulator
from storage import inbox
from storage.engine import Database
from storage.tables import Conversation, Inbox, InboxState
from tests import cluster
from tests.benchmarks.way import FIRST_CITIZEN, Json, Stream, bare_speed
from tests.conftest import settings_for
from tests.models import model_folder
from tests.wire.process import Service

CACHE = Path(__file__).parent.parent.parent / ".cache"


def now() -> datetime:
    return datetime.now(UTC)


async def put(database: Database, updates: Iterable[Json]) -> None:
    """Into the inbox at once, as the poller does, and ring."""
    async with database.transaction() as session:
        await inbox.keep(session, [(u["update_id"], chat_of(u), u) for u in updates], now())
    if not database.is_sqlite:
        async with database.transaction() as session:
            await session.exec(text("SELECT pg_notify('aspirasi', 'arrived')"))  # type: ignore[call-overload]


async def drained(database: Database, seconds: float = 900) -> None:
    """Wait until nothing waits in the inbox; nothing may have been set aside."""
    async with asyncio.timeout(seconds):
        while True:
            async with database.reading() as session:
                counted = select(Inbox.state, func.count()).group_by(col(Inbox.state))
                counts = dict((await session.exec(counted)).all())
            if not counts.get(InboxState.WAITING):
                break
            await asyncio.sleep(0.2)
    assert not counts.get(InboxState.SET_ASIDE), "an update was set aside"


async def rounds(database: Database, people: list[int], stream: Stream) -> list[float]:
    """Every citizen writes, pins, sends and looks; seconds that the processes took over each of the four."""

    async def presses() -> list[Json]:
        async with database.reading() as session:
            rows = (await session.exec(select(Conversation).where(col(Conversation.state) == "Ask:CHECK"))).all()
        drafts = {int(row.key.split(":")[0]) - FIRST_CITIZEN: row.data["draft"]["id"] for row in rows}
        return [stream.press(n, f"d:{drafts[n]}:send:") for n in people]

    took = []
    for what in ("story", "pin", "press", "look"):
        match what:
            case "press":
                updates = await presses()
            case "look":
                updates = [stream.command(n, "/laporanku") for n in people]
            case _:
                updates = [getattr(stream, what)(n) for n in people]
        first = updates[0]["update_id"]
        await put(database, updates)
        await drained(database)
        async with database.reading() as session:
            span = select(func.min(Inbox.done_at), func.max(Inbox.done_at)).where(col(Inbox.update_id) >= first)
            began, ended = (await session.exec(span)).one()
        took.append((ended - began).total_seconds())
    return took


async def speed(url: str, folder: Path, model: Path, people: list[int], processes: int) -> list[float]:
    """Updates a second of each round, and of all, with so many processes that only receive."""
    database = Database(url)
    async with Simulator.running(limits=Limits.off()) as simulator:
        await prepare(database, settings_for(url), now())
        services = []
        for number in range(processes):
            (place := folder / f"{processes}-{number}").mkdir(parents=True)
            services.append(Service(simulator, place, url, model, [], only="incoming"))
        try:
            for service in services:
                await service.start()
            for service in services:
                await service.ready()
            await asyncio.sleep(3)  # they hear of each other
            stream = Stream()
            await rounds(database, [900_000 + n for n in range(60)], stream)  # what is compiled once is compiled
            took = await rounds(database, people, stream)
        finally:
            for service in services:
                await service.stop()
    await database.close()
    return [len(people) / one for one in took] + [4 * len(people) / sum(took)]


def told(name: str, found: list[float], bare: float) -> None:
    each = "  ".join(f"{what} {rate:5.0f}" for what, rate in zip(("words", "pin", "send", "look"), found, strict=False))
    print(f"{name:34}{found[-1]:7.0f} updates/s  {found[-1] / bare:6.1%} of bare   ({each})", flush=True)


async def throughput(server: str, folder: Path, model: Path, citizens: int, which: str) -> None:
    people = list(range(citizens))
    bare = await bare_speed(range(3000))
    print(f"{'bare aiogram, state in memory':34}{bare:7.0f} updates/s", flush=True)
    if "s" in which:
        told("SQLite, one process", await speed(f"sqlite:///{folder}/way.db", folder / "s", model, people, 1), bare)
    found = {}
    for processes in (1, 2):
        if str(processes) in which:
            url = await fresh(server, f"way{processes}")
            found[processes] = await speed(url, folder / "p", model, people, processes)
            told(f"PostgreSQL, {processes} process{'es' * (processes > 1)}", found[processes], bare)
    if len(found) == 2:
        print(f"two processes: {found[2][-1] / found[1][-1]:.2f} times one")


async def fresh(server: str, name: str) -> str:
    database = Database(f"{server}/postgres")
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            text(f"CREATE DATABASE {name}")
        )
    await database.close()
    return f"{server}/{name}"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--citizens", type=int, default=600)
    ask.add_argument("--which", default="s12")
    given = ask.parse_args()
    model = model_folder(CACHE)
    with tempfile.TemporaryDirectory() as folder, cluster.running(durable=True) as server:
        asyncio.run(throughput(server, Path(folder), model, given.citizens, given.which))


if __name__ == "__main__":
    main()
