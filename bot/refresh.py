"""Follows what was changed in chat (days off, rules, answers, the level of the log): at once, and twice a minute."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.intake import Intake
from storage import days
from storage.bells import Bell
from storage.engine import Database

log = logging.getLogger(__name__)

EVERY = 30.0
"""Seconds between two looks."""


class Refresh:
    """Keeps what a process answers and reckons with as the tables say. `changed` is rung when somebody changed it."""

    def __init__(
        self, database: Database, intake: Intake, changed: Bell, read_answers: Callable[[], Awaitable[None]]
    ) -> None:
        self.database = database
        self.intake = intake
        self.changed = changed
        self.read_answers = read_answers
        self.configured = database.calendar
        self._turn = asyncio.Lock()
        self._level = logging.getLogger().level

    async def run(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.look()
            except Exception as error:
                log.warning("changed settings could not be read: %s", type(error).__name__)
            try:
                await asyncio.wait_for(self.changed.wait(), EVERY)
            except TimeoutError:
                continue
            self.changed.clear()

    async def look(self) -> None:
        """Take over what the tables say now."""
        async with self._turn, self.database.reading() as session:
            declared = {row.day for row in await days.declared(session)}
            self.intake.rules.change(await days.rules(session), days.OFF)
            level = await days.setting(session, days.LOG_LEVEL)
        self.database.calendar = replace(self.configured, extra=self.configured.extra | declared)
        self.intake.calendar = self.database.calendar
        logging.getLogger().setLevel(level.upper() if level else self._level)
        await self.read_answers()
