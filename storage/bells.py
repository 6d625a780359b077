"""Bells that wake whoever waits for something to do, and PostgreSQL's NOTIFY, which carries them to other processes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from storage.engine import Database

CHANNEL = "aspirasi"


class Bell(asyncio.Event):
    """`set` wakes this process, `ring` other processes too. A bell is a hint: who hears none looks by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.carry: Callable[[], None] | None = None
        self.times = 0  # it was set, so that those who share it know whether one of them has answered it

    def set(self) -> None:
        self.times += 1
        super().set()

    def ring(self) -> None:
        self.set()
        if self.carry is not None:
            self.carry()


Notify = Callable[[str], Awaitable[None]]


@asynccontextmanager
async def listening(
    database: Database, heard: Callable[[str], None], lost: Callable[[], None]
) -> AsyncIterator[Notify]:
    """Hear what other processes ring; yields the way to ring for them. Needs PostgreSQL, and a connection of its own.

    The notice is a statement by itself, never part of the work's transaction: PostgreSQL commits those one by one.
    """
    async with database.engine.connect() as held:
        raw: Any = (await held.get_raw_connection()).driver_connection

        def hear(_connection: Any, pid: int, _channel: str, name: str) -> None:
            if pid != raw.get_server_pid():
                heard(name)

        def gone(_connection: Any) -> None:
            lost()

        async def notify(name: str) -> None:
            await raw.execute("SELECT pg_notify($1, $2)", CHANNEL, name)

        try:
            raw.add_termination_listener(gone)
            await raw.add_listener(CHANNEL, hear)
            yield notify
        finally:
            raw.remove_termination_listener(gone)
            await held.invalidate()  # not back into the pool with a listener on it
