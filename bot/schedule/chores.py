"""Heavy work that nobody waits for: once for each moment it is due, by one process, outside of any transaction."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.watching import metrics
from bot.watching.signs import Signs
from bot.watching.trouble import trail
from storage import runs, series
from storage.engine import Database
from storage.moments import Daily, Monthly
from storage.requests import new, request
from storage.tables import RunState

log = logging.getLogger(__name__)

LEASE = 1800
"""Seconds a try may take; after that, or after a failure, the next look of any process tries again."""


@dataclass(frozen=True)
class Chore:
    """`work` is given the moment it was due, and returns how many rows it wrote."""

    name: str
    when: Daily | Monthly
    work: Callable[[datetime], Awaitable[int]]


class Chores:
    """What is missed is made up for once, for the newest moment. Failures are alerts, and tried again."""

    def __init__(
        self, database: Database, chores: Sequence[Chore], *, clock: Callable[[], datetime], signs: Signs
    ) -> None:
        self.database = database
        self.chores = chores
        self.clock = clock
        self.signs = signs

    async def look(self) -> list[str]:
        """Do what is due; returns what this process did. Never an error."""
        done = []
        for chore in self.chores:
            request.set(new(chore.name))
            try:
                if await self._do(chore):
                    done.append(chore.name)
            except Exception as error:
                metrics.JOBS.labels(chore.name, "failed").inc()
                self.signs.show(f"job:{chore.name}")
                log.error("%s failed; it is tried again: %s", chore.name, trail(error))
                await self._failed(chore, error)
        return done

    async def _do(self, chore: Chore) -> bool:
        due = chore.when.newest(self.clock(), self.database.calendar)
        if not await self._is_mine(chore, due):
            return False
        rows = await chore.work(due)
        async with self.database.transaction() as session:
            if (run := await runs.take(session, chore.name)) is not None:
                run.total = rows
                runs.advance(run, served=rows, cursor=None, now=self.clock())
        metrics.JOBS.labels(chore.name, "done").inc()
        self.signs.clear(f"job:{chore.name}")
        log.info("%s: %s rows", chore.name, rows)
        return True

    async def _is_mine(self, chore: Chore, due: datetime) -> bool:
        """Whether this process does it now: not done yet, and nobody else is at it within the lease."""
        async with self.database.reading() as session:
            last = await runs.last(session, chore.name)
        if last is not None and last.period >= due and last.state is not RunState.RUNNING:
            return False
        now = int(self.clock().timestamp())
        async with self.database.transaction() as session:
            if not await series.advance(session, f"{chore.name}-lease", now + LEASE, below=now):
                return False
            last = await runs.last(session, chore.name)  # another may have done it since
            if last is None or last.period < due:
                return await runs.begin(session, chore.name, due, self.clock())
            return last.state is RunState.RUNNING

    async def _failed(self, chore: Chore, error: Exception) -> None:
        try:
            async with self.database.transaction() as session:
                await runs.failed(session, chore.name, type(error).__name__)
        except Exception as again:
            log.error("the failure of %s could not be written down: %s", chore.name, trail(again))
