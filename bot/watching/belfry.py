"""Carries the ringing of bells from process to process, so that nobody waits for the next look at a table."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial

from bot.watching.steady import LONGEST_PAUSE, rest
from storage.bells import Bell, listening
from storage.engine import Database

log = logging.getLogger(__name__)


class Belfry:
    """Rings for `others` (how many they are now) and hears them. With SQLite there is nobody else."""

    def __init__(self, database: Database, bells: Mapping[str, Bell], others: Callable[[], int]) -> None:
        self.database = database
        self.bells = bells
        self.others = others
        self._wake = asyncio.Event()
        self._rung: set[str] = set()

    async def run(self, stopping: asyncio.Event) -> None:
        """A connection that is lost is opened again; until then the tables are looked at as ever."""
        if self.database.is_sqlite:
            return
        for name, bell in self.bells.items():
            bell.carry = partial(self._note, name)
        stop = asyncio.ensure_future(stopping.wait())
        stop.add_done_callback(lambda _: self._wake.set())
        try:
            while not stopping.is_set():
                try:
                    await self._carry(stopping)
                except Exception as error:
                    log.warning("no bells from other processes: %s", type(error).__name__)
                    await rest(stopping, LONGEST_PAUSE)
        finally:
            stop.cancel()

    async def _carry(self, stopping: asyncio.Event) -> None:
        lost = asyncio.Event()

        def end() -> None:
            lost.set()
            self._wake.set()

        async with listening(self.database, self._hear, end) as notify:
            for bell in self.bells.values():
                bell.set()  # whatever was rung while nobody listened
            while not stopping.is_set():
                await self._wake.wait()
                self._wake.clear()
                if lost.is_set():
                    raise ConnectionError
                rung, self._rung = self._rung, set()
                for name in rung:
                    await notify(name)

    def _note(self, name: str) -> None:
        if self.others() > 0:
            self._rung.add(name)
            self._wake.set()

    def _hear(self, name: str) -> None:
        if bell := self.bells.get(name):
            bell.set()
