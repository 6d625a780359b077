"""Long polling that keeps first and confirms second.

aiogram's own polling parses a batch and moves the offset before the handlers are done; here the raw JSON is committed
to the inbox before the next offset tells Telegram to forget it. An update that aiogram cannot parse holds up no other.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeGuard

import aiohttp
from aiogram.client.telegram import TelegramAPIServer

from bot.watching.steady import LONGEST_PAUSE, rest, tell
from storage import inbox
from storage.bells import Bell
from storage.engine import Database

log = logging.getLogger(__name__)

WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]
WAIT = 25
"""Seconds Telegram may hold a request open when there is nothing new."""


STANDS_BY = 0.5
"""Seconds after which a process that does not lead looks whether it does now."""


class Poller:
    """Asks Telegram for updates and keeps them. `arrived` is rung whenever there is something new to handle.

    `leads` says whether this process is the one to ask.
    """

    def __init__(
        self,
        database: Database,
        token: str,
        api: str,
        arrived: Bell,
        clock: Callable[[], datetime],
        *,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self.database = database
        self.url = TelegramAPIServer.from_base(api).api_url(token, "getUpdates")
        self.arrived = arrived
        self.clock = clock
        self.leads = leads
        # Not the newest kept id plus one: after a quiet week Telegram starts from a random, maybe lower, number.
        self.offset: int | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        pause = 0.5
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WAIT + 15)) as http:
            while not stopping.is_set():
                if not self.leads():  # Telegram answers 409 to all but one that asks
                    await rest(stopping, STANDS_BY)
                    continue
                try:
                    kept = await self._unless(stopping, self.once(http))
                    pause = 0.5
                    log.debug("updates kept: %s", kept)
                except Exception as error:  # what was not kept is not confirmed: Telegram hands it out again
                    if isinstance(error, (aiohttp.ClientError, TimeoutError, ValueError)):
                        log.warning("getUpdates failed: %s; again in %.1f s", type(error).__name__, pause)
                    else:
                        tell(error, pause)
                    await rest(stopping, pause)
                    pause = min(pause * 2, LONGEST_PAUSE)

    async def once(self, http: aiohttp.ClientSession, wait: int = WAIT) -> int:
        """One request; returns how many new updates were kept. Raises: aiohttp.ClientError, ValueError on a refusal."""
        asked: dict[str, Any] = {"timeout": wait, "allowed_updates": WANTED, "limit": 100}
        if self.offset is not None:
            asked["offset"] = self.offset
        async with http.post(self.url, json=asked) as response:
            answer = json.loads(await response.read())
        if not answer.get("ok"):
            await asyncio.sleep(answer.get("parameters", {}).get("retry_after", 0))
            raise ValueError(f"Telegram answered {answer.get('error_code')}")
        updates = [update for update in answer["result"] if is_id(update.get("update_id"))]
        if not updates:
            return 0
        async with self.database.transaction() as session:
            kept = await inbox.keep(session, ((u["update_id"], chat_of(u), u) for u in updates), self.clock())
        self.offset = max(u["update_id"] for u in updates) + 1
        self.arrived.ring()
        return kept

    @staticmethod
    async def _unless(stopping: asyncio.Event, work: Any) -> Any:
        """Await `work`, but leave it at once when the program is to stop."""
        task, stop = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return None


def chat_of(update: dict[str, Any]) -> int | None:
    """The chat an update belongs to, whatever its kind; None where there is none."""
    for part in update.values():
        if not isinstance(part, dict):
            continue
        message = part.get("message")
        for holder in (part, message if isinstance(message, dict) else {}):
            chat = holder.get("chat")
            if isinstance(chat, dict) and is_id(chat.get("id")):
                return int(chat["id"])
        sender = part.get("from")
        if isinstance(sender, dict) and is_id(sender.get("id")):
            return int(sender["id"])
    return None


def is_id(value: Any) -> TypeGuard[int]:
    """Whether this is a number that a database keeps: 64 bits with a sign."""
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
