"""Composition root: builds every part from the settings and runs them side by side until told to stop."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiogram import Bot, Dispatcher
from aiogram.types import User

from bot.config import Settings
from bot.incoming import dispatcher
from bot.incoming.identity import who_am_i
from bot.incoming.poller import Poller
from bot.incoming.worker import Worker
from bot.intake import Intake, Shelf
from bot.outgoing.render import Renderer
from bot.outgoing.sender import Sender, delivering_bot
from bot.schedule.clockwork import Clockwork
from bot.schedule.learning import Learning
from bot.texts import label
from classifier import tables
from storage import agencies, migrate, outbox, staff
from storage.calendar import Calendar
from storage.engine import Database
from storage.tables import Lane

if TYPE_CHECKING:
    from classifier import Classifier

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
COMMANDS = ("lapor", "laporanku", "status", "bantuan", "batal")
GRACE = 10.0
"""Seconds that what is in hand may take once the program is told to stop."""


def utc_now() -> datetime:
    return datetime.now(UTC)


async def prepare(database: Database, settings: Settings, now: datetime) -> None:
    """Make the database ready: a new one gets its tables, the offices and the topic map; administrators exist.

    Raises: SchemaOutdated when the database is of another version of this program.
    """
    if await migrate.current(database) is None:
        await migrate.upgrade(database)
    await migrate.check(database)
    bodies = tables.read_table("agencies.toml")
    first_day = min(row["start"] for row in bodies.values())
    async with database.transaction() as session:
        await agencies.seed(
            session,
            [
                {
                    "id": key,
                    "name": row["name"],
                    "short": row["short"],
                    "scope": row["scope"],
                    "channel": row.get("channel", ""),
                    "starts_on": row["start"],
                    "ends_on": row.get("end"),
                    "successor_id": row.get("successor"),
                }
                for key, row in bodies.items()
            ],
        )
        rows = [(topic.id, topic.name, topic.agency) for topic in tables.topics().values() if topic.agency]
        await agencies.seed_topics(session, rows, first_day)
        await staff.ensure_administrators(session, settings.staff.administrators, now)
        if database.is_sqlite:
            await outbox.reclaim(session)
        commands = [{"command": name, "description": label(f"commands.{name}")} for name in COMMANDS]
        version = hashlib.sha256(json.dumps(commands).encode()).hexdigest()[:16]
        await outbox.put(
            session,
            now=now,
            lane=Lane.NOTICE,
            chat_id=None,
            method="setMyCommands",
            payload={"commands": commands},
            dedupe_key=f"commands:{version}",
        )


class App:
    """Everything, wired together. `run` returns after `stop`, with whatever was in hand finished."""

    def __init__(
        self, settings: Settings, classifier: "Classifier | None", *, clock: Clock = utc_now, me: User | None = None
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.me = me
        calendar = Calendar.of(settings.city.timezone, settings.city.days_off)
        self.database = Database(settings.database.url, pool_size=settings.database.workers + 6, calendar=calendar)
        self.stopping = asyncio.Event()
        self.arrived, self.owed = asyncio.Event(), asyncio.Event()
        self.intake = Intake(classifier, calendar, settings.city.prefix)
        shelf = Shelf(self.intake, settings.model.folder)
        learning = Learning(self.database, settings, clock=clock, owed=self.owed, refresh=shelf.refresh)
        self.clockwork = Clockwork(self.database, settings, clock=clock, owed=self.owed, learning=learning)

    def stop(self) -> None:
        """Begin nothing new; finish what is in hand."""
        self.stopping.set()
        self.arrived.set()
        self.owed.set()

    async def run(self) -> None:
        """Raises: SchemaOutdated, BadToken."""
        settings, telegram = self.settings, self.settings.telegram
        try:
            await prepare(self.database, settings, self.clock())
            me = self.me or await who_am_i(telegram.token, telegram.api, self.stopping)
            if me is None:
                return
            sending = settings.sending
            sender = Sender(
                self.database,
                delivering_bot(telegram.token, telegram.api, sending.per_second, sending.at_once),
                Renderer(settings.city.timezone, settings.city.government),
                clock=self.clock,
                owed=self.owed,
                at_once=sending.at_once,
                chat_burst=sending.chat_burst,
            )
            poller = Poller(self.database, telegram.token, telegram.api, self.arrived, self.clock)
            routes, bot = dispatcher.build(), dispatcher.receiving_bot(telegram.token, me)
            workers = 1 if self.database.is_sqlite else settings.database.workers
            log.info("ready as @%s with %s workers", me.username, workers)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(poller.run(self.stopping))
                for _ in range(workers):
                    tasks.create_task(self._worker(routes, bot).run(self.stopping))
                tasks.create_task(sender.run(self.stopping))
                tasks.create_task(self.clockwork.run(self.stopping))
                tasks.create_task(self._hurry(asyncio.current_task()))
        except asyncio.CancelledError:
            if not self.stopping.is_set():
                raise
            log.warning("not everything was done within %.0f s; the rest is done after the restart", GRACE)
        finally:
            await self.database.close()

    def _worker(self, routes: Dispatcher, bot: Bot) -> Worker:
        return Worker(
            self.database,
            routes,
            bot,
            clock=self.clock,
            arrived=self.arrived,
            owed=self.owed,
            given={"intake": self.intake, "city": self.settings.city},
        )

    async def _hurry(self, whole: "asyncio.Task[None] | None") -> None:
        """Once told to stop, wait for the others only so long; what is cut off then is done again after the restart."""
        await self.stopping.wait()
        loop = asyncio.get_running_loop()
        if whole is not None:
            timer = loop.call_later(GRACE, whole.cancel)
            whole.add_done_callback(lambda _: timer.cancel())
