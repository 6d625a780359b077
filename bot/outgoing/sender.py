"""Claim, render, send, settle. No transaction is open while Telegram is asked."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, ExtBot

from bot.outgoing.documents import DOCUMENTS, Documents
from bot.outgoing.failures import Done, GiveUp, Outcome, Readdress, Retry, outcome
from bot.outgoing.pace import Pace
from bot.outgoing.render import PICTURES, TOGETHER, Renderer
from bot.outgoing.wire import Wire
from bot.watching.metrics import SENDS
from bot.watching.steady import FIRST_PAUSE, steadily
from bot.watching.trouble import kind_and_place, trail
from storage import claims, groups, heads, outbox
from storage.calendar import Quiet
from storage.claims import Owed, Together
from storage.engine import Database
from storage.outages import is_outage
from storage.requests import request
from storage.tables import Lane

log = logging.getLogger(__name__)

IDLE = 0.3
"""Seconds after which the outbox is looked at again even if nobody rang."""

GATHERED = 0.02
"""Seconds that an answer of Telegram waits for others to be written down with it: the next message of its chat, too."""


def delivering_bot(token: str, api: str, at_once: int) -> ExtBot[Any]:
    """The bot that sends. Its limiter watches the groups' 20 a minute and any 429; the whole pace is `Pace`'s."""
    return ExtBot(
        token,
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=Wire(at_once + 4, connect=10, read=20, write=20),
        get_updates_request=Wire(1, connect=10, read=20, write=20),  # never used; PTB would build one of httpx
        rate_limiter=AIORateLimiter(overall_max_rate=0, max_retries=0),
    )


@dataclass(frozen=True, eq=False)
class Settled:
    """A row that was asked of Telegram, and what came of it (None: it arrived)."""

    row: Owed
    said: Outcome | None
    message_id: int | None

    @property
    def arrived(self) -> bool:
        return self.said is None or isinstance(self.said, Done)


class Sender:
    """Delivers the outbox until told to stop, several chats at a time, one message at a time in each."""

    def __init__(
        self,
        database: Database,
        bot: ExtBot[Any],
        renderer: Renderer,
        *,
        clock: Callable[[], datetime],
        owed: asyncio.Event,
        at_once: int,
        chat_burst: int,
        pace: Pace,
        quiet: Quiet | None = None,
        together: timedelta = timedelta(0),
        documents: Documents | None = None,
        name: str | None = None,
    ) -> None:
        self.database = database
        self.bot = bot
        self.renderer = renderer
        self.clock = clock
        self.owed = owed
        self.at_once = at_once
        # One message a second for each chat, but `chat_burst` may go at once: a receipt of two bubbles need not dawdle.
        self.chat_burst = chat_burst
        self.pace = pace
        self.quiet = quiet
        self.together = Together(TOGETHER, together)
        self.documents = documents
        self.name = name  # of this process, so that others see whose claim died with it
        self._recent: dict[int, deque[float]] = {}
        self._under_way: dict[asyncio.Task[None], Owed] = {}
        self._unsettled: list[Settled] = []
        self._in_trouble = False
        self._left = True  # whether the last look, or one that is under way, leaves rows that must wait for others
        self._unsure = False  # whether a claim was committed before the connection was lost
        self.ahead = 2 * at_once  # rows in hand: those under way, and those that wait for their turn
        self._asking = asyncio.Semaphore(at_once)
        self._settling = asyncio.Lock()

    async def run(self, stopping: asyncio.Event) -> None:
        async with self.bot.request:  # not the bot: it begins with a getMe, and one bad answer would end the service
            await steadily(self.start_some, self.owed, stopping, IDLE)
            await asyncio.gather(*self._under_way, return_exceptions=True)

    @property
    def in_hand(self) -> int:
        """How many messages are claimed and not settled yet."""
        return len(self._under_way)

    async def start_some(self) -> bool:
        """Claim as much as there is room for and begin to send it. Returns whether there may be more."""
        if self._in_trouble:
            return False  # what was sent is written down first, or it would be sent again
        room, handful = self.ahead - self.in_hand, self._room_for_digests()
        if room <= 0:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return True
        most = handful or room
        rows = await self._claim(most, urgent=not handful)
        for row in rows:
            task = asyncio.create_task(self.deliver(row))
            self._under_way[task] = row
            task.add_done_callback(self._finished)
        return len(rows) >= most

    async def _claim(self, most: int, *, urgent: bool) -> list[Owed]:
        now = self.clock()
        asleep = self.quiet is not None and self.quiet.covers(now)
        unsure, self._unsure = self._unsure, True  # until the database has said that it is committed
        self._left = True
        async with self.database.transaction() as session:
            if unsure and self.name is not None:
                await outbox.take_over(session, [self.name], but=self._held())
            rows = await claims.claim(
                session,
                now,
                most,
                self._resting(),
                asleep=asleep,
                urgent=urgent,
                together=self.together,
                held=self._held(),
                by=self.name,
            )
        self._unsure, self._left = False, urgent or session.info[heads.LEFT] > 0
        return rows

    def _room_for_digests(self) -> int:
        """What goes to many is taken by the handful, and leaves a quarter of the room to answers. 0: not now."""
        room = self.ahead - self.ahead // 4 - self.in_hand
        return room if room >= max(1, self.ahead // 4) else 0

    def _finished(self, task: asyncio.Task[None]) -> None:
        row = self._under_way.pop(task, None)
        if self._left and (row is None or row.lane < Lane.DIGEST or self._room_for_digests()):
            self.owed.set()  # the next message of that chat may go now
        if not task.cancelled() and (error := task.exception()):
            log.error("a delivery could not be settled: %s", trail(error))

    async def deliver(self, row: Owed) -> None:
        """Send one row and settle it, with those that went out in the same message."""
        message_id, said = None, None
        request.set(row.request)  # of this task alone
        try:
            method, parameters = await self._compose(row)
            await self.pace.turn(row.lane)
            self._count(row)
            async with self._asking:
                # The capital keeps PTB from advising its typed methods; Telegram does not care about case.
                answer = await self.bot.do_api_request(method[0].upper() + method[1:], api_kwargs=parameters)
            first = answer[0] if isinstance(answer, list) and answer else answer
            message_id = first.get("message_id") if isinstance(first, dict) else None
        except TelegramError as error:
            said = outcome(error, row.attempts)
            log.info("outbox %s: %s, %s", row.id, type(error).__name__, type(said).__name__)
        except Exception as error:  # a notice that cannot be put into words must not hold up its chat
            said = GiveUp(kind_and_place(error))
            log.error("outbox %s cannot be rendered: %s", row.id, trail(error))
        await self.settle([Settled(one, said, message_id) for one in (*row.earlier, row)])

    async def _compose(self, row: Owed) -> tuple[str, dict[str, Any]]:
        """Words are made at once; a picture takes a second or two, which others need not wait for."""
        if self.documents is not None and row.notice in DOCUMENTS:
            return await self.documents.request(row, self._ask)
        if row.notice in PICTURES:
            return await asyncio.to_thread(self.renderer.request, row)
        return self.renderer.request(row)

    async def _ask(self, method: str, parameters: dict[str, Any]) -> Any:
        """A word on the way, at the pace of everything else; whether it arrives does not matter."""
        await self.pace.turn()
        try:
            return await self.bot.do_api_request(method, api_kwargs=parameters)
        except TelegramError as error:
            log.info("a word on the way was refused: %s", type(error).__name__)
            return {}

    async def shout(self, chats: Collection[int], words: str) -> None:
        """Send at once and once, past the outbox: while the database is gone there is no other way."""
        for chat_id in chats:
            await self._ask("SendMessage", {"chat_id": chat_id, "text": words, "parse_mode": "HTML"})

    async def settle(self, done: Sequence[Settled]) -> None:
        """Write down how it went: what finishes while this is written is written together by the next.

        A database in trouble is waited for: a row that was sent must not go out again.
        """
        for one in done:
            SENDS.labels(one.row.lane.name.lower(), type(one.said or Done()).__name__.lower()).inc()
        self._unsettled += done
        async with self._settling:
            if not any(one in self._unsettled for one in done):
                return
            await asyncio.sleep(GATHERED)
            together, self._unsettled = self._unsettled, []
            try:
                await self._write_down(together)
            except Exception:
                for one in together:  # one that cannot be written keeps no other from it
                    try:
                        await self._write_down([one])
                    except Exception as error:
                        log.error("outbox %s could not be settled: %s", one.row.id, trail(error))

    async def _write_down(self, together: Sequence[Settled]) -> None:
        while True:
            try:
                now = self.clock()
                async with self.database.transaction() as session:
                    arrived = {one.row.id: one.message_id for one in together if one.arrived}
                    if arrived:
                        await outbox.sent(session, arrived, now)
                    for one in together:
                        await self._write(session, one, now)
            except Exception as error:
                if not is_outage(error):
                    raise
                self._in_trouble = True
                await asyncio.sleep(FIRST_PAUSE)
            else:
                self._in_trouble = False
                return

    async def _write(self, session: AsyncSession, one: Settled, now: datetime) -> None:
        row = one.row
        match one.said:
            case None | Done():
                return  # written together
            case Retry(seconds, counts):
                again = now + timedelta(seconds=seconds)
                await outbox.retry(session, row.id, again, "retry", counts=counts)
            case Readdress(chat_id) if row.chat_id is not None:
                await outbox.readdress(session, row.id, row.chat_id, chat_id)
                await groups.moved(session, row.chat_id, chat_id)
            case GiveUp(reason, unreachable):
                await outbox.give_up(session, row.id, now, reason)
                if unreachable and row.chat_id is not None:
                    await outbox.unreachable(session, row.chat_id, now, reason)
                    await groups.lost(session, row.chat_id, now)
            case _:
                await outbox.give_up(session, row.id, now, "no chat to readdress")

    def _count(self, row: Owed) -> None:
        if row.chat_id is not None:
            self._recent.setdefault(row.chat_id, deque(maxlen=self.chat_burst)).append(time.monotonic())

    def _held(self) -> list[int]:
        """Rows in hand. A clock that jumps must not make their claims look like those of a dead process."""
        return [one.id for row in self._under_way.values() for one in (*row.earlier, row)]

    def _resting(self) -> list[int]:
        """Chats that had their burst within the last seconds; the quiet ones are forgotten."""
        since = time.monotonic() - self.chat_burst
        self._recent = {chat: times for chat, times in self._recent.items() if times[-1] > since}
        return [chat for chat, times in self._recent.items() if len(times) == self.chat_burst and times[0] > since]
