"""Updates a second through the whole way, each beside bare aiogram."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bot.app import prepare
from bot.simulator import Limits, Simulator
from storage.engine import Database
from tests import cluster
from tests.benchmarks.rounds import STEPS, WARM, counted, now, rounds, settle, staffed
from tests.benchmarks.way import Stream, bare_speed, fresh
from tests.conftest import settings_for
from tests.wire.process import Service

SQLITE, ALONE, ONE, TWO = (
    "SQLite, one process",
    "PostgreSQL, 1 on one core",
    "PostgreSQL, 1 process",
    "PostgreSQL, 2 processes",
)
"""One process "on one core" shares it with the database and all else, as on a machine of half the size."""


@dataclass(frozen=True)
class Rate:
    """Updates a second: of each step, for a second of a core of the service, of all; how many cores were busy with it;
    and bare aiogram's updates a second right before and after."""

    steps: list[float]
    for_a_core: float
    whole: float
    cores: float
    bare: float

    @property
    def share(self) -> float:
        """Of bare aiogram's."""
        return self.whole / self.bare


@dataclass
class Setup:
    """A service that runs, of one process or two that only receive, and its database."""

    database: Database
    services: list[Service]
    stream: Stream
    cores: int | None

    async def rate(self, people: Sequence[int]) -> Rate:
        await settle(self.database)
        with on_cores(self.cores):
            bare = await bare_speed(range(1000))
            began = sum(service.busy() for service in self.services)
            took = await rounds(self.database, people, self.stream)
            spent = sum(service.busy() for service in self.services) - began
            bare = (bare + await bare_speed(range(1000))) / 2
        seconds, updates = sum(step.seconds for step in took), len(STEPS) * len(people)
        return Rate(
            steps=[len(people) / step.seconds for step in took],
            for_a_core=updates / spent,
            whole=updates / seconds,
            cores=sum(step.work for step in took) / seconds,
            bare=bare,
        )


@asynccontextmanager
async def set_up(name: str, folder: Path, model: Path) -> AsyncIterator[Setup]:
    """The service as an operator runs it, with a server of its own, warm."""
    cores, services = 1 if name == ALONE else None, list[Service]()
    folder.mkdir()
    async with AsyncExitStack() as running:
        with on_cores(cores):
            url = f"sqlite:///{folder}/way.db"
            if name != SQLITE:
                url = await fresh(running.enter_context(cluster.running(durable=True)), "way")
            simulator = await running.enter_async_context(Simulator.running(limits=Limits.off()))
            database = Database(url)
            running.push_async_callback(database.close)
            await prepare(database, settings_for(url), now())
            await staffed(database)
            for number in range(2 if name == TWO else 1):
                (place := folder / str(number)).mkdir()
                services.append(service := Service(simulator, place, url, model, [], only="incoming"))
                running.push_async_callback(service.stop)
                await service.start()
            for service in services:
                await service.ready(240)
            await asyncio.sleep(3)  # they hear of each other
            setup = Setup(database, services, Stream(), cores)
            await rounds(database, WARM, setup.stream)  # what is compiled once is compiled
            await counted(database, setup.stream)
        yield setup


async def throughput(folder: Path, model: Path, citizens: int, turns: int) -> None:
    """All run at the same time and are idle but for one, in turns, for machines change their pace; medians count."""
    rates: dict[str, list[Rate]] = {name: [] for name in (SQLITE, ALONE, ONE, TWO)}
    async with AsyncExitStack() as running:
        setups = {name: await running.enter_async_context(set_up(name, folder / name, model)) for name in rates}
        for turn in range(turns):
            for name, setup in setups.items():
                rates[name].append(rate := await setup.rate(range(citizens * turn, citizens * (turn + 1))))
                steps = "  ".join(f"{what} {one:.0f}" for what, one in zip(STEPS, rate.steps, strict=True))
                beside = f"{rate.share:6.1%} of bare aiogram's {rate.bare:.0f}"
                print(
                    f"{name:26}{rate.whole:5.0f} updates/s {beside}"
                    f"   ({steps}  for a second of a core {rate.for_a_core:.0f})",
                    flush=True,
                )
    for name, found in rates.items():
        whole, share = median(rate.whole for rate in found), median(rate.share for rate in found)
        print(f"median, {name:26}{whole:5.0f} updates/s {share:6.1%} of bare aiogram's")
    two, busy = rates[TWO], {name: median(rate.cores for rate in found) for name, found in rates.items()}
    print(
        f"two processes: {times(two, rates[ONE])} one that has a core for itself and leaves another to the database"
        f" ({busy[ONE]:.2f} cores busy; with two {busy[TWO]:.2f}); {times(two, rates[ALONE])} one on one core"
    )


def times(two: list[Rate], one: list[Rate]) -> str:
    """By medians of all turns; and the lowest and the highest of them."""
    each = [more.whole / less.whole for more, less in zip(two, one, strict=True)]
    overall = median(rate.whole for rate in two) / median(rate.whole for rate in one)
    return f"{overall:.2f} times ({min(each):.2f} to {max(each):.2f})"


@contextmanager
def on_cores(many: int | None) -> Iterator[None]:
    """This process, and what it starts meanwhile, on the first so many cores only; None: on all."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(all_of_them)[:many])
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)
