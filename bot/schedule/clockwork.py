"""APScheduler, wound up: runs the jobs at their times, and once at the start for whatever was missed."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.config import Settings
from bot.schedule.chores import Chores
from bot.schedule.issue import Issue
from bot.schedule.jobs import EDITIONS, JOBS, Edition, Job
from bot.schedule.learning import SUNDAY, Learning
from bot.watching import metrics
from bot.watching.signs import Signs
from bot.watching.trouble import trail
from storage import runs
from storage.bells import Bell
from storage.engine import Database
from storage.moments import When
from storage.outages import is_outage
from storage.requests import new, request

SOON = 5.0
"""Seconds between two looks for what somebody waits for."""

log = logging.getLogger(__name__)


class Clockwork:
    """Runs the table of jobs until told to stop. What a job did is in our tables, never in APScheduler's memory."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        owed: Bell,
        learning: Learning | None = None,
        chores: Chores | None = None,
        signs: Signs | None = None,
    ) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.owed = owed
        self.learning = learning
        self.chores = chores
        self.signs = signs or Signs()
        self._beside: dict[str, asyncio.Task[Any]] = {}
        self._stopping = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        scheduler = AsyncIOScheduler(
            timezone=self.settings.city.timezone, job_defaults={"coalesce": True, "misfire_grace_time": None}
        )
        often = IntervalTrigger(seconds=self.settings.schedule.every_seconds)
        for trigger in (often, self._cron(SUNDAY)):
            scheduler.add_job(self.begin, trigger)
        soon = IntervalTrigger(seconds=min(SOON, self.settings.schedule.every_seconds))
        for job in JOBS:
            scheduler.add_job(self.do, soon if job.soon else often, args=[job])
        for edition in EDITIONS:
            for trigger in (often, self._cron(edition.when)):
                scheduler.add_job(self.publish, trigger, args=[edition])
        scheduler.start()
        for job in JOBS:
            await self.do(job)
        for edition in EDITIONS:
            await self.publish(edition)
        await self.begin()
        await stopping.wait()
        scheduler.shutdown(wait=False)
        for task in self._beside.values():
            task.cancel()  # begun again after the restart
        await asyncio.gather(*self._beside.values(), return_exceptions=True)

    def _cron(self, when: When) -> CronTrigger:
        zone = self.settings.city.timezone
        return CronTrigger(day_of_week=when.days, hour=when.hour.hour, minute=when.hour.minute, timezone=zone)

    async def begin(self) -> None:
        """Begin to learn, and the chores, if it is time, beside everything else; the other jobs do not wait for it."""
        for name, part in (("learning", self.learning), ("chores", self.chores)):
            if part is not None and (name not in self._beside or self._beside[name].done()):
                self._beside[name] = asyncio.create_task(part.look())

    async def do(self, job: Job) -> int:
        """Run one job now. A failure is logged; the next run makes up for it."""
        total = 0
        request.set(new(job.name))
        try:
            while not self._stopping.is_set():
                async with self.database.transaction() as session:
                    owed = await job.run(session, self.clock(), self.settings)
                total += self._told(job.name, owed)
                if not (job.soon and owed):
                    break
            self._went_well(job.name)
        except Exception as error:
            self._failed(job.name, error)
        return total

    async def publish(self, edition: Edition) -> int:
        """Begin what is due and go on with what is unfinished. A failure is logged; the next look tries again."""
        owed = 0
        request.set(new(edition.name))
        try:
            now = self.clock()
            period = edition.when.newest(now, self.database.calendar)
            async with self.database.reading() as session:
                known = await runs.is_known(session, edition.name, period)
            if not known:
                async with self.database.transaction() as session:
                    await runs.begin(session, edition.name, period, now)
            while not self._stopping.is_set() and (more := await self._slice(edition)) is not None:
                owed += self._told(edition.name, more)
            self._went_well(edition.name)
        except Exception as error:
            self._failed(edition.name, error)
            if not is_outage(error):
                async with self.database.transaction() as session:
                    await runs.failed(session, edition.name, type(error).__name__)
        return owed

    def _went_well(self, name: str) -> None:
        metrics.JOBS.labels(name, "done").inc()
        self.signs.clear(f"job:{name}")

    def _failed(self, name: str, error: Exception) -> None:
        """The log says where, and administrators hear of it; of a database in trouble they hear anyway."""
        metrics.JOBS.labels(name, "failed").inc()
        log.error("job %s failed: %s", name, trail(error))
        if not is_outage(error):
            self.signs.show(f"job:{name}")

    async def _slice(self, edition: Edition) -> int | None:
        """One slice in one transaction; the notices it owed, or None where nothing is left to do here."""
        async with self.database.transaction() as session:
            run = await runs.take(session, edition.name)
            if run is None:
                return None
            issue = Issue(run.id or 0, run.period, run.cursor, self.clock(), self.settings, self.database.calendar)
            made = await edition.build(session, issue)
            run.total = run.total if made.total is None else made.total
            runs.advance(run, served=made.served, cursor=made.cursor, now=issue.now)
            return made.owed

    def _told(self, name: str, owed: int) -> int:
        if owed:
            log.info("job %s owed %s notices", name, owed)
            self.owed.ring()
        return owed
