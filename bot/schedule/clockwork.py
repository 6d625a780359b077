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
from storage.engine import Database

log = logging.getLogger(__name__)


class Clockwork:
    """Runs the table of jobs until told to stop. What a job did is in our tables, never in APScheduler's memory."""

    def __init__(
        self, database: Database, settings: Settings, *, clock: Callable[[], datetime], owed: asyncio.Event
    ) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.owed = owed

    async def run(self, stopping: asyncio.Event) -> None:
        zone = self.settings.city.timezone
        scheduler = AsyncIOScheduler(timezone=zone, job_defaults={"coalesce": True, "max_instances": 1})
        for job in JOBS:
            scheduler.add_job(
                self.do,
                IntervalTrigger(seconds=self.settings.schedule.every_seconds),
                args=[job],
                misfire_grace_time=None,
            )
            if job.weekly:
                monday = CronTrigger(day_of_week="mon", hour=DIGEST_TIME.hour, minute=DIGEST_TIME.minute, timezone=zone)
                scheduler.add_job(self.do, monday, args=[job], misfire_grace_time=None)
        scheduler.start()
        for job in JOBS:
            await self.do(job)
        await stopping.wait()
        scheduler.shutdown(wait=False)

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
