"""Delivers updates by POST to the bot's webhook, again and again until it answers 200."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.simulator.model import Json
from bot.simulator.updates import UpdateQueue

FIRST_WAIT = 0.05
LONGEST_WAIT = 2.0


@dataclass(slots=True)
class Webhook:
    """Where updates go, and what happened to the latest ones. Without a `url` nothing is delivered."""

    queue: UpdateQueue
    clock: Callable[[], float] = time.time
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_date: int = 0
    last_error_message: str = ""
    _task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    async def start(self, url: str, secret: str, max_connections: int) -> None:
        """Deliver to `url` from now on, with `secret` in X-Telegram-Bot-Api-Secret-Token when it is not empty."""
        await self.stop()
        self.url, self.secret, self.max_connections = url, secret, max_connections
        self.queue.end_poll()
        self._task = asyncio.create_task(self._run(), name="simulator-webhook")

    async def stop(self) -> None:
        """Stop delivering; what was not accepted stays in the queue for getUpdates."""
        self.url = self.secret = self.last_error_message = ""
        self.last_error_date = 0
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        """Keep chats apart: updates of one chat go in order, different chats at the same time, as Telegram does."""
        busy: dict[Any, asyncio.Task[None]] = {}
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            try:
                while True:
                    self.queue.quiet()
                    for update in list(self.queue.pending)[: 4 * self.max_connections]:
                        lane = _lane(update)
                        if lane not in busy and len(busy) < self.max_connections:
                            busy[lane] = asyncio.create_task(self._deliver(session, update))
                    news = asyncio.create_task(self.queue.wait(1.0))
                    await asyncio.wait({news, *busy.values()}, return_when=asyncio.FIRST_COMPLETED)
                    news.cancel()
                    busy = {lane: task for lane, task in busy.items() if not task.done()}
            finally:
                for task in busy.values():
                    task.cancel()

    async def _deliver(self, session: aiohttp.ClientSession, update: Json) -> None:
        wait = FIRST_WAIT
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        while not await self._post(session, update, headers):
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)
        if self.queue.remove(update):
            await self._post(session, update, headers)

    async def _post(self, session: aiohttp.ClientSession, update: Json, headers: dict[str, str]) -> bool:
        try:
            async with session.post(self.url, json=update, headers=headers) as answer:
                await answer.read()
                if answer.status == 200:
                    return True
                self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._failed("Connection timed out" if isinstance(error, TimeoutError) else "Connection refused")
        return False

    def _failed(self, why: str) -> None:
        self.last_error_message = why
        self.last_error_date = int(self.clock())


def _lane(update: Json) -> Any:
    for content in update.values():
        if isinstance(content, dict):
            chat = content.get("chat") or (content.get("message") or {}).get("chat")
            if isinstance(chat, dict) and "id" in chat:
                return chat["id"]
    return update.get("update_id")
