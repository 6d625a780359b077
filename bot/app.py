"""Composition root: builds every part from the settings and runs them side by side until told to stop."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from aiogram import Bot, Dispatcher
from aiogram.types import User

from bot import archive, menus
from bot.config import Settings, split
from bot.incoming import dispatcher
from bot.incoming.identity import who_am_i
from bot.incoming.poller import Poller
from bot.incoming.rehearsal import rehearse
from bot.incoming.webhook import Webhook
from bot.incoming.worker import Worker
from bot.intake import Intake
from bot.outgoing.documents import Documents
from bot.outgoing.pace import Pace
from bot.outgoing.pictures import Looker
from bot.outgoing.render import Renderer
from bot.outgoing.sender import Sender, delivering_bot
from bot.refresh import Refresh
from bot.schedule.chores import Chores
from bot.schedule.clockwork import Clockwork
from bot.schedule.learning import Learning
from bot.shelf import Shelf
from bot.watching.belfry import Belfry
from bot.watching.health import HealthServer
from bot.watching.pulse import Pulse
from bot.watching.signs import Signs
from bot.watching.watchman import Watchman
from classifier import tables
from storage import agencies, migrate, outbox, people, staff
from storage.bells import Bell
from storage.engine import Database
from storage.processes import PARTS

if TYPE_CHECKING:
    from classifier import Classifier

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class Loop(Protocol):
    """Something that runs until it is told to stop."""

    async def run(self, stopping: asyncio.Event) -> None: ...


GRACE = 10.0
"""Seconds that what is in hand may take once the program is told to stop."""


def utc_now() -> datetime:
    return datetime.now(UTC)


async def prepare(database: Database, settings: Settings, now: datetime) -> None:
    """Make the database ready: a new one gets its tables, the offices and the topic map; administrators exist.

    Raises: SchemaOutdated when the database is of another version of this program; SealedElsewhere without its keys.
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
        await people.readable(session)
        await staff.ensure_administrators(session, settings.staff.administrators, now)
        if database.is_sqlite:
            await outbox.take_over(session, None)
        await menus.owe(session, now)


class App:
    """Everything, wired together. `run` returns after `stop`, with whatever was in hand finished."""

    def __init__(
        self,
        settings: Settings,
        classifier: "Classifier | None",
        *,
        clock: Clock = utc_now,
        me: User | None = None,
        parts: Collection[str] = PARTS,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.me = me
        self.parts = parts
        calendar = settings.calendar
        self.database = Database(
            settings.database.url,
            pool_size=settings.database.workers + 6,
            calendar=calendar,
            seal=settings.database.seal,
        )
        self.stopping, self.ready = asyncio.Event(), asyncio.Event()
        self.arrived, self.owed, self.changed = Bell(), Bell(), Bell()
        self.pulse = Pulse(self.database, parts, clock)
        self.signs = Signs()
        self.renderer = Renderer(settings.city.timezone, settings.city.government)
        self.intake = Intake(
            classifier,
            calendar,
            settings.city.prefix,
            settings.city.boundaries,
            clock=clock,
            demand_proof=settings.staff.demand_proof,
            compare_pictures=settings.staff.compare_pictures,
        )
        self.shelf = Shelf(self.intake, settings.model.folder, self.database, self.signs)
        self.refresh = Refresh(self.database, self.intake, self.changed, self.shelf.read_answers)
        learning = Learning(self.database, settings, clock=clock, owed=self.owed, refresh=self.shelf.refresh)
        chores = Chores(self.database, archive.chores(settings, clock), clock=clock, signs=self.signs)
        self.clockwork = Clockwork(
            self.database, settings, clock=clock, owed=self.owed, learning=learning, chores=chores, signs=self.signs
        )

    def stop(self) -> None:
        """Begin nothing new; finish what is in hand."""
        self.stopping.set()
        for bell in (self.arrived, self.owed, self.changed):
            bell.set()

    async def run(self) -> None:
        """Raises: SchemaOutdated, SealedElsewhere, BadToken."""
        settings, telegram = self.settings, self.settings.telegram
        try:
            await prepare(self.database, settings, self.clock())
            await self.refresh.look()
            await self.shelf.read_answers()
            me = self.me or await who_am_i(telegram.token, telegram.api, self.stopping)
            if me is None:
                return
            await self.pulse.beat()
            log.info("ready as @%s: %s", me.username, ", ".join(self.parts))
            async with asyncio.TaskGroup() as tasks:
                for loop in self._loops(me):
                    tasks.create_task(loop.run(self.stopping))
                tasks.create_task(self._hurry(asyncio.current_task()))
                self.ready.set()
        except asyncio.CancelledError:
            if not self.stopping.is_set():
                raise
            log.warning("not everything was done within %.0f s; the rest is done after the restart", GRACE)
        finally:
            if self.ready.is_set():
                await self.pulse.farewell()
            await self.database.close()

    def _loops(self, me: User) -> list[Loop]:
        """Everything that runs side by side in this process."""
        settings, telegram = self.settings, self.settings.telegram
        belfry = Belfry(
            self.database,
            {"arrived": self.arrived, "owed": self.owed, "changed": self.changed},
            lambda: self.pulse.others,
        )
        loops: list[Loop] = [self.pulse, self.refresh, belfry]
        sender = None
        if settings.watching.listen:
            loops.append(HealthServer(self.database, *split(settings.watching.listen), self.clock))
        if "incoming" in self.parts:
            if settings.webhook.url:
                loops.append(Webhook(self.database, settings.webhook, self.arrived, self.clock))
            else:
                given = (self.database, telegram.token, telegram.api, self.arrived, self.clock)
                loops.append(Poller(*given, leads=lambda: self.pulse.leads))
            rehearse(self.intake, self.clock())
            routes, bot = dispatcher.build(), dispatcher.receiving_bot(telegram.token, me)
            loops.append(self.worker(routes, bot))
        if "outgoing" in self.parts:
            loops.append(sender := self.sender())
            if settings.staff.compare_pictures:
                loops.append(Looker(self.database, delivering_bot(telegram.token, telegram.api, 1)))
        if settings.alerts.on:
            loops.append(self.watchman(sender))
        if "schedule" in self.parts:
            loops.append(self.clockwork)
        return loops

    def sender(self) -> Sender:
        """One that delivers the outbox."""
        settings, telegram, sending = self.settings, self.settings.telegram, self.settings.sending
        return Sender(
            self.database,
            delivering_bot(telegram.token, telegram.api, sending.at_once),
            self.renderer,
            clock=self.clock,
            owed=self.owed,
            at_once=sending.at_once,
            chat_burst=sending.chat_burst,
            quiet=settings.quiet,
            together=timedelta(seconds=sending.together_seconds),
            documents=Documents(
                self.database,
                settings.city.timezone,
                self.clock,
                intake=self.intake,
                government=settings.city.government,
                boundaries=str(settings.city.boundaries) if settings.city.boundaries else None,
            ),
            pace=Pace(sending.per_second, lambda: self.pulse.senders),
            name=self.pulse.id,
        )

    def watchman(self, sender: Sender | None) -> Watchman:
        """One that tells administrators when the service is not well."""
        settings, file = self.settings, self.database.engine.url.database
        folders = [settings.model.folder, *([Path(file).parent] if self.database.is_sqlite and file else [])]
        return Watchman(
            self.database,
            settings.alerts,
            self.signs,
            self.clock,
            folders=folders,
            readers=settings.staff.administrators,
            shout=sender.shout if sender else None,
        )

    def worker(self, routes: Dispatcher, bot: Bot) -> Worker:
        """One that handles updates with everything handlers are given."""
        return Worker(
            self.database,
            routes,
            bot,
            clock=self.clock,
            arrived=self.arrived,
            owed=self.owed,
            changed=self.changed,
            given={
                "intake": self.intake,
                "city": self.settings.city,
                "keeping": self.settings.privacy,
                "limits": self.settings.limits,
            },
            abreast=1 if self.database.is_sqlite else self.settings.database.workers,
        )

    async def _hurry(self, whole: "asyncio.Task[None] | None") -> None:
        """Once told to stop, wait for the others only so long; what is cut off then is done again after the restart."""
        await self.stopping.wait()
        loop = asyncio.get_running_loop()
        if whole is not None:
            timer = loop.call_later(GRACE, whole.cancel)
            whole.add_done_callback(lambda _: timer.cancel())
