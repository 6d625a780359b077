"""Follows what was changed in chat: every process looks twice a minute for days off and the level of the log."""

import asyncio
import logging
from dataclasses import replace

from bot.intake import Intake
from storage import days
from storage.engine import Database

log = logging.getLogger(__name__)

EVERY = 30.0
"""Seconds between two looks."""


class Refresh:
    """Keeps the calendar of a process, and its log level, as the tables say."""

    def __init__(self, database: Database, intake: Intake) -> None:
        self.database = database
        self.intake = intake
        self.configured = database.calendar
        self._level = logging.getLogger().level

    async def run(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.look()
            except Exception as error:
                log.warning("changed settings could not be read: %s", type(error).__name__)
            try:
                await asyncio.wait_for(stopping.wait(), EVERY)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Take over what the tables say now."""
        async with self.database.reading() as session:
            declared = {row.day for row in await days.declared(session)}
            level = await days.setting(session, days.LOG_LEVEL)
        self.database.calendar = replace(self.configured, extra=self.configured.extra | declared)
        self.intake.calendar = self.database.calendar
        logging.getLogger().setLevel(level.upper() if level else self._level)
