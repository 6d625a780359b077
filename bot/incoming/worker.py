"""Take the oldest waiting updates and handle them: each lands whole or not at all.

Updates of different chats that wait at the same time share a transaction, because a commit and the round trips to the
database cost more than most handlers. Where one of them fails or is refused, all are undone: that one is handled by
itself, the others together once more, and one by one should that fail, too.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.incoming.turn import Refusal, Turn, current
from bot.texts import say
from bot.watching.metrics import UPDATE_SECONDS, UPDATES
from bot.watching.steady import steadily
from bot.watching.trouble import kind_and_place, trail
from storage import days, heads, inbox, outbox
from storage.bells import Bell
from storage.engine import Database
from storage.inbox import Arrived
from storage.outages import is_outage
from storage.requests import request
from storage.tables import Lane

log = logging.getLogger(__name__)

IDLE = 0.5
"""Seconds after which the inbox is looked at again even if nobody rang."""


TOGETHER = 32
"""Updates that share a transaction at most: enough to save most of its cost, few enough that none waits long."""


class Undone(Exception):
    """A handler's polite no: what it had begun is rolled back before it is said."""

    def __init__(self, update_id: int, refused: Refusal | None) -> None:
        super().__init__()
        self.update_id = update_id
        self.refused = refused


class Worker:
    """Handles updates until told to stop. After each commit `owed` is rung, so that the sender looks at the outbox, and
    `changed` where a setting was changed. `abreast` groups may be handled at a time: while the database works for one,
    the process works for another."""

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        bot: Bot,
        *,
        clock: Callable[[], datetime],
        arrived: Bell,
        owed: Bell,
        changed: Bell,
        given: Mapping[str, Any],
        abreast: int = 1,
    ) -> None:
        self.database = database
        self.dispatcher = dispatcher
        self.bot = bot
        self.clock = clock
        self.arrived = arrived
        self.owed = owed
        self.changed = changed
        self.given = given
        self.abreast = abreast
        self._looking = asyncio.Lock()
        self._answered = -1  # the last ring whose updates were all taken
        self._looked = 0.0  # when; monotonic seconds
        self._left = 0  # updates that the last look saw and that nobody here had in hand
        self._in_hand: set[int] = set()

    async def run(self, stopping: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as abreast:
            for _ in range(self.abreast):
                abreast.create_task(steadily(self._step, self.arrived, stopping, IDLE))

    async def _step(self) -> bool:
        """Handle a group. What waits behind it is for all abreast, by the bell: it is never said to be more."""
        if not await self._next(TOGETHER):
            return False
        async with self._looking:  # one that looks just now may have seen what our commit set free
            if self._left > 0:
                self.arrived.set()  # no ring will come for what waited behind ours
        return False

    async def handle_next(self, most: int = 1) -> bool:
        """Handle one update, or up to `most` of different chats. Returns False when none may be handled now.

        Raises: whatever a database in trouble raises; that is not the update's fault, and does not count.
        """
        self._answered = -1  # whoever asks by hand wants a look
        return await self._next(most)

    async def _next(self, most: int) -> bool:
        group: list[Arrived] = []
        try:
            await self._together(group, most)
        except Exception as error:
            request.set(None)
            self._answered = -1  # what was taken waits again
            if not group or is_outage(error):
                raise
            await self._apart(group, error)
        if group:
            self.owed.ring()
        return bool(group)

    async def _apart(self, group: list[Arrived], error: Exception) -> None:
        """All of a group is undone: who was refused is told so, and the others are tried once more together."""
        if len(group) == 1:
            await self._again(group[0], error)
            return
        others = group
        if isinstance(error, Undone):
            others = [row for row in group if row.update_id != error.update_id]
            await self._alone(error.update_id, error.refused)
            try:
                await self._together([], len(others), only=[row.update_id for row in others])
            except Exception as second:
                request.set(None)
                if is_outage(second):
                    raise
            else:
                return
        for row in others:
            await self._alone(row.update_id)

    async def _together(
        self, group: list[Arrived], most: int, *, only: Collection[int] | None = None, refused: Refusal | None = None
    ) -> None:
        """Handle some updates in one transaction; `group` names them also when it fails."""
        request.set(None)
        began = time.perf_counter()
        async with self.database.transaction() as session:
            now = self.clock()
            if only is None:
                group += await self._look(session, now, most)
            else:
                group += await inbox.claim(session, now, most, only=only)
            try:
                for row in group:
                    await self._handle(session, row, now, refused)
                if group:
                    # dated at its end, so that a chat's updates are dated in their order
                    await inbox.done(session, [row.update_id for row in group], self.clock())
            finally:  # before the commit: whoever looks meanwhile counts them as left, and looks once more
                self._in_hand.difference_update(row.update_id for row in group)
        if session.info.get(days.CHANGED):
            self.changed.ring()
        for _ in group:
            UPDATES.labels("done").inc()
            UPDATE_SECONDS.observe((time.perf_counter() - began) / len(group))
        if group:
            log.debug("%s handled in %.0f ms", len(group), (time.perf_counter() - began) * 1000)

    async def _look(self, session: AsyncSession, now: datetime, most: int) -> list[Arrived]:
        """What may be handled now. All are woken by one ring: one looks at a time, until one has taken all there is.

        Who wakes without a ring, after IDLE, looks too, unless another has just done so.
        """
        async with self._looking:
            if self._answered == self.arrived.times and time.monotonic() - self._looked < IDLE / 2:
                return []
            ring, self._looked = self.arrived.times, time.monotonic()
            rows = await inbox.claim(session, now, most)
            if len(rows) < most:
                self._answered = ring
            self._left = session.info[heads.LEFT] - len(self._in_hand)
            self._in_hand.update(row.update_id for row in rows)
        return rows

    async def _handle(self, session: AsyncSession, row: Arrived, now: datetime, refused: Refusal | None) -> None:
        """Through aiogram's dispatcher. Raises: Undone, and whatever a handler raises."""
        request.set(f"u{row.update_id}")
        turn = Turn(session, now, row.update_id, refused=refused)
        token = current.set(turn)
        try:
            update = Update.model_validate(row.payload, context={"bot": self.bot})
            await self.dispatcher.feed_update(self.bot, update, session=session, now=now, **self.given)
        finally:
            current.reset(token)
        if turn.refused is not refused:
            raise Undone(row.update_id, turn.refused)
        session.info.pop("tried", None)

    async def _alone(self, update_id: int, refused: Refusal | None = None) -> None:
        """Handle one update by itself, unless another worker was faster."""
        group: list[Arrived] = []
        try:
            await self._together(group, 1, only=[update_id], refused=refused)
        except Exception as error:
            if is_outage(error) or not group:
                raise
            await self._again(group[0], error)

    async def _again(self, row: Arrived, error: Exception) -> None:
        """Everything is undone: now say no, or count the failure."""
        if isinstance(error, Undone):
            await self._alone(row.update_id, error.refused)
        else:
            await self._failed(row.update_id, row.chat_id, error)

    async def _failed(self, update_id: int, chat_id: int | None, error: Exception) -> None:
        """Everything the handler did is rolled back; count the failure, and apologise once it is given up."""
        request.set(f"u{update_id}")
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
