"""A process says that it lives, and learns with how many others it shares the work."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Collection
from datetime import datetime
from uuid import uuid4

from storage import processes
from storage.engine import Database

log = logging.getLogger(__name__)

BEAT = 2.0
"""Seconds between two signs of life; a process unseen for `processes.ALIVE` counts as dead."""


class Pulse:
    """`senders` is how many live processes deliver, this one included: together they stay under Telegram's limit."""

    def __init__(self, database: Database, parts: Collection[str], clock: Callable[[], datetime]) -> None:
        self.database = database
        self.parts = sorted(parts)
        self.clock = clock
        self.id = uuid4().hex
        self.senders = 1

    async def beat(self) -> None:
        now = self.clock()
        async with self.database.transaction() as session:
            await processes.seen(session, self.id, f"{socket.gethostname()}:{os.getpid()}", self.parts, now)
            alive = await processes.live(session, now)
        self.senders = max(1, alive.get("outgoing", 0))

    async def run(self, stopping: asyncio.Event) -> None:
        """A database that cannot be reached stops no heart: the old count holds until it answers again."""
        while not stopping.is_set():
            try:
                await self.beat()
            except Exception as error:
                log.warning("no sign of life could be given: %s", type(error).__name__)
            try:
                await asyncio.wait_for(stopping.wait(), BEAT)
            except TimeoutError:
                continue
        try:
            async with self.database.transaction() as session:
                await processes.gone(session, self.id)
        except Exception as error:
            log.warning("no farewell could be said: %s", type(error).__name__)
