"""APScheduler, wound up: runs the jobs at their times, and once at the start for whatever was missed."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.config import Settings
from bot.schedule.jobs import DIGEST_TIME, JOBS, Job
from bot.schedule.learning import LEARNING_TIME, Learning
from storage.engine import Database

log = logging.getLogger(__name__)


class Clockwork:
    """Runs the table of jobs until told to stop. What a job did is in our tables, never in APScheduler's memory."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        owed: asyncio.Event,
        learning: Learning | None = None,
    ) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.owed = owed
        self.learning = learning
        self._lesson: asyncio.Task[bool] | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        zone = self.settings.city.timezone
        scheduler = AsyncIOScheduler(timezone=zone, job_defaults={"coalesce": True, "max_instances": 1})
        often = IntervalTrigger(seconds=self.settings.schedule.every_seconds)
        sunday = CronTrigger(day_of_week="sun", hour=LEARNING_TIME.hour, minute=LEARNING_TIME.minute, timezone=zone)
        for trigger in (often, sunday):
            scheduler.add_job(self.learn, trigger, misfire_grace_time=None)
        for job in JOBS:
            scheduler.add_job(self.do, often, args=[job], misfire_grace_time=None)
            if job.weekly:
                monday = CronTrigger(day_of_week="mon", hour=DIGEST_TIME.hour, minute=DIGEST_TIME.minute, timezone=zone)
                scheduler.add_job(self.do, monday, args=[job], misfire_grace_time=None)
        scheduler.start()
        for job in JOBS:
            await self.do(job)
        await self.learn()
        await stopping.wait()
        scheduler.shutdown(wait=False)
        if self._lesson is not None:
            self._lesson.cancel()  # begun again after the restart
            await asyncio.gather(self._lesson, return_exceptions=True)

    async def learn(self) -> None:
        """Begin to learn if it is time, beside everything else; the other jobs do not wait for it."""
        if self.learning is not None and (self._lesson is None or self._lesson.done()):
            self._lesson = asyncio.create_task(self.learning.look())

    async def do(self, job: Job) -> int:
        """Run one job now. A failure is logged; the next run makes up for it."""
        try:
            async with self.database.transaction() as session:
                owed = await job.run(session, self.clock(), self.settings)
        except Exception:
            log.exception("job %s failed", job.name)
            return 0
        if owed:
            log.info("job %s owed %s notices", job.name, owed)
            self.owed.set()
        return owed
