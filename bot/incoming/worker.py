"""Take the oldest waiting update and handle it: one update, one transaction."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aiogram import Bot, Dispatcher

from bot.incoming.turn import Turn, current
from bot.texts import say
from bot.watching.metrics import UPDATE_SECONDS, UPDATES
from bot.watching.steady import steadily
from bot.watching.trouble import kind_and_place, trail
from storage import days, inbox, outbox
from storage.bells import Bell
from storage.engine import Database
from storage.outages import is_outage
from storage.requests import request
from storage.tables import Lane

log = logging.getLogger(__name__)

IDLE = 0.5
"""Seconds after which the inbox is looked at again even if nobody rang."""


class Worker:
    """Handles updates until told to stop. After each commit `owed` is rung, so that the sender looks at the outbox, and
    `changed` where a setting was changed."""

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        bot: Bot,
        *,
        clock: Callable[[], datetime],
        arrived: asyncio.Event,
        owed: Bell,
        changed: Bell,
        given: Mapping[str, Any],
    ) -> None:
        self.database = database
        self.dispatcher = dispatcher
        self.bot = bot
        self.clock = clock
        self.arrived = arrived
        self.owed = owed
        self.changed = changed
        self.given = given

    async def run(self, stopping: asyncio.Event) -> None:
        await steadily(self.handle_next, self.arrived, stopping, IDLE)

    async def handle_next(self) -> bool:
        """Handle one update. Returns False when none may be handled now.

        Raises: whatever a database in trouble raises; that is not the update's fault, and does not count.
        """
        request.set(None)
        update_id: int | None = None
        chat_id: int | None = None
        now, began = self.clock(), time.perf_counter()
        try:
            async with self.database.transaction() as session:
                row = await inbox.claim(session, now)
                if row is None:
                    return False
                update_id, chat_id = row.update_id, row.chat_id
                request.set(f"u{update_id}")
                token = current.set(Turn(session, now, update_id))
                try:
                    await self.dispatcher.feed_raw_update(self.bot, row.payload, session=session, now=now, **self.given)
                finally:
                    current.reset(token)
                inbox.done(row, now)
            if session.info.get(days.CHANGED):
                self.changed.ring()
            UPDATES.labels("done").inc()
            UPDATE_SECONDS.observe(time.perf_counter() - began)
            log.debug("handled in %.0f ms", (time.perf_counter() - began) * 1000)
        except Exception as error:
            if update_id is None or is_outage(error):
                raise
            await self._failed(update_id, chat_id, error)
        self.owed.ring()
        return True

    async def _failed(self, update_id: int, chat_id: int | None, error: Exception) -> None:
        """Everything the handler did is rolled back; count the failure, and apologise once it is given up."""
        log.error("update %s failed: %s", update_id, trail(error))
        now = self.clock()
        async with self.database.transaction() as session:
            set_aside = await inbox.failed(session, update_id, kind_and_place(error), now)
            UPDATES.labels("set_aside" if set_aside else "failed").inc()
            if set_aside and chat_id is not None:
                await outbox.put(
                    session,
                    now=now,
                    lane=Lane.REPLY,
                    chat_id=chat_id,
                    method="sendMessage",
                    payload={"chat_id": chat_id, "text": say("apology"), "parse_mode": "HTML"},
                    dedupe_key=f"apology:{update_id}",
                )
