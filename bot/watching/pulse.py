"""A process says that it lives, and learns with how many others it shares the work."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import uuid4

from bot.watching.steady import rest
from storage import outbox, processes
from storage.engine import Database
from storage.processes import ALIVE

log = logging.getLogger(__name__)

BEAT = 2.0
"""Seconds between two signs of life; a process unseen for `processes.ALIVE` counts as dead."""


def machine() -> str:
    """Where process ids mean the same: the host and, on Linux, the namespace of its ids (a container has its own)."""
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = "?"
    return f"{socket.gethostname()}/{space}"


def has_ended(name: str) -> bool:
    """Whether a process of this very machine is certainly no more; of others nobody here can tell."""
    where, _, pid = name.rpartition(":")
    if where != machine() or where.endswith("?"):
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, and alive
        return False
    return False


class Pulse:
    """`senders` is how many live processes deliver, this one included: together they stay under Telegram's limit.

    `others` is how many share the database; `leads` whether this one asks Telegram for updates, which only one may do.
    """

    def __init__(
        self,
        database: Database,
        parts: Collection[str],
        clock: Callable[[], datetime],
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self.parts = sorted(parts)
        self.clock = clock
        self.passed = passed
        self.id = uuid4().hex
        self.name = f"{machine()}:{os.getpid()}"
        self.senders = 1
        self.others = 0
        self.leads = True
        self._heard: dict[str, tuple[datetime, float]] = {}

    async def beat(self) -> None:
        """Give a sign of life; what a process had in hand that gives none any more is put back for the others."""
        now = self.clock()
        async with self.database.transaction() as session:
            await processes.seen(session, self.id, self.name, self.parts, now)
            known = await processes.known(session)
            ended = [row.id for row in known if has_ended(row.name)]
            await processes.gone(session, ended)
            alive = await processes.live(session, now)
            self.leads = await processes.first(session, "incoming", now) in {self.id, None}
            silent = self._silent({row.id: row.seen_at for row in known if row.id not in ended})
            if (dead := ended + silent) and (count := await outbox.take_over(session, dead)):
                log.warning("%s messages of a dead process are sent by others", count)
        self.senders = max(1, alive.get("outgoing", 0))
        self.others = len(self._heard) - len(silent) - 1

    def _silent(self, beats: Mapping[str, datetime]) -> list[str]:
        """Processes whose sign of life has not changed for too long, by this clock: theirs may be wrong."""
        passed = self.passed()
        self._heard = {
            process: before if (before := self._heard.get(process)) and before[0] == seen else (seen, passed)
            for process, seen in beats.items()
        }
        return [process for process, (_, since) in self._heard.items() if passed - since > ALIVE.total_seconds()]

    async def run(self, stopping: asyncio.Event) -> None:
        """A database that cannot be reached stops no heart: the old count holds until it answers again."""
        while not stopping.is_set():
            try:
                await self.beat()
            except Exception as error:
                log.warning("no sign of life could be given: %s", type(error).__name__)
            await rest(stopping, BEAT)

    async def farewell(self) -> None:
        """The process ends as it should; what it could not finish is put back for the others, or for the next start."""
        try:
            async with self.database.transaction() as session:
                await outbox.take_over(session, [self.id])
                await processes.gone(session, [self.id])
        except Exception as error:
            log.warning("no farewell could be said: %s", type(error).__name__)
