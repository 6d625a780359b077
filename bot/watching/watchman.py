"""Looks whether the service is well, and tells administrators: once for each trouble, and once when it is over."""

import asyncio
import logging
import shutil
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime
from pathlib import Path

from bot.config import AlertSettings
from bot.texts import Html, say
from bot.watching.signs import Signs
from bot.watching.steady import rest
from bot.watching.trouble import trail
from storage import backlog, processes, troubles
from storage.engine import Database
from storage.outages import is_outage
from storage.processes import PARTS

log = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two looks. A trouble has to be seen twice in a row before it is told."""

GRAVE = frozenset({"inbox_lag", "outbox_lag", "part", "disk"})
"""Troubles that keep answers from citizens: these ring at night, too."""

JUMP, JUMP_LASTS = 30.0, 120.0
"""Seconds the clock may differ from the time that passed between two looks; how long such a jump is shown."""

Shout = Callable[[Collection[int], Html], Awaitable[None]]
"""Sends at once, past the outbox: the only way while the database is gone."""


class Watchman:
    """One for each process; they agree through the database who tells.

    `folders` lie on disks that must not be full. `passed` counts seconds whatever the clock says.
    """

    def __init__(
        self,
        database: Database,
        settings: AlertSettings,
        signs: Signs,
        clock: Callable[[], datetime],
        *,
        folders: Iterable[Path] = (),
        readers: Collection[int] = (),
        shout: Shout | None = None,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self.settings = settings
        self.signs = signs
        self.clock = clock
        self.folders = list(folders)
        self.readers = readers
        self.shout = shout
        self.passed = passed
        self._before: set[str] = set()
        self._gone_since: datetime | None = None
        self._gone_told = False
        self._last: tuple[datetime, float] | None = None
        self._jumped: tuple[float, str] | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.look()
            except Exception as error:
                log.error("the watchman could not look: %s", trail(error))
            await rest(stopping, EVERY)

    async def look(self) -> None:
        """See what is wrong now and tell what is new or over. A database that is gone is told past it."""
        try:
            await self._compare(self.clock())
        except Exception as error:
            if not is_outage(error):
                raise
            await self._gone(type(error).__name__)
        else:
            await self._back()

    async def _compare(self, now: datetime) -> None:
        async with self.database.reading() as session:
            found = self.signs.present | self._machine(now)
            coming, going = await backlog.inbox(session, now), await backlog.outbox(session, now)
            # news wait at night, and digests take their time: only answers that wait are trouble
            for kind, lag in (("inbox_lag", coming.lag), ("outbox_lag", going.answers)):
                if lag > self.settings.lag_seconds:
                    found[kind] = str(round(lag / 60))
            if aside := await troubles.lately_set_aside(session, now):
                found["set_aside"] = str(aside)
            alive = await processes.live(session, now)
            found |= {f"part:{part}": part for part in PARTS if alive and not alive[part]}
            self.readers = await troubles.chats(session) or self.readers
            known = await troubles.present(session)
        held = {kind: detail for kind, detail in found.items() if kind in self._before}
        self._before = set(found)
        if held or known:
            await self._tell(held, now)

    async def _tell(self, held: dict[str, str], now: datetime) -> None:
        async with self.database.transaction() as session:
            for kind, detail in held.items():
                if await troubles.seen(session, kind, detail, now):
                    log.error("trouble: %s %s", kind, detail)
                    facts = {"kind": kind, "detail": detail, "since": now.isoformat()}
                    await troubles.tell(session, self.readers, "trouble", facts, now, grave=grave(kind))
            for past in await troubles.over(session, now):
                log.warning("trouble over: %s", past.kind)
                facts = {"kind": past.kind, "since": past.since.isoformat(), "detail": past.detail}
                facts |= {"minutes": str(max(1, round((past.seen_at - past.since).total_seconds() / 60)))}
                if past.kind not in {"set_aside", "clock"}:  # these happen; they do not end
                    await troubles.tell(session, self.readers, "trouble_over", facts, now, grave=grave(past.kind))

    def _machine(self, now: datetime) -> dict[str, str]:
        """The disk and the clock of this machine."""
        found = {}
        free = min((shutil.disk_usage(folder).free for folder in self.folders if folder.exists()), default=None)
        if free is not None and free < self.settings.disk_free_mb * 1_000_000:
            found["disk"] = str(free // 1_000_000)
        passed = self.passed()
        if self._last is not None:
            jump = (now - self._last[0]).total_seconds() - (passed - self._last[1])
            if abs(jump) > JUMP:
                self._jumped = (passed, str(round(jump)))
        self._last = (now, passed)
        if self._jumped is not None and passed - self._jumped[0] < JUMP_LASTS:
            found["clock"] = self._jumped[1]
        return found

    async def _gone(self, why: str) -> None:
        now = self.clock()
        if self._gone_since is None:
            self._gone_since = now
            log.error("the database is gone: %s", why)
        elif not self._gone_told:
            self._gone_told = True
            await self._call(say("trouble.database"))

    async def _back(self) -> None:
        if self._gone_since is None:
            return
        minutes = max(1, round((self.clock() - self._gone_since).total_seconds() / 60))
        log.warning("the database is back after %s min", minutes)
        if self._gone_told:
            await self._call(say("trouble.over", what=say("trouble.name_database"), minutes=minutes))
        self._gone_since, self._gone_told = None, False

    async def _call(self, words: Html) -> None:
        if self.shout is not None:
            await self.shout(self.readers, words)


def grave(kind: str) -> bool:
    return kind.partition(":")[0] in GRAVE
