"""What waits to be fetched by the bot: the queue behind getUpdates and the webhook."""

import asyncio
from collections import deque

from bot.simulator.errors import Refusal
from bot.simulator.model import Json

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Update types Telegram leaves out unless asked (https://core.telegram.org/bots/api#getupdates)."""


class UpdateQueue:
    """Updates in order, kept until the bot confirms them with an offset or answers its webhook with 200."""

    def __init__(self, first_id: int = 100_000_001) -> None:
        self.pending: deque[Json] = deque()
        self.allowed: frozenset[str] | None = None
        self.duplicate = False
        """Hand each update out a second time after it was confirmed, as Telegram may after an outage."""
        self._next_id = first_id
        self._again: list[Json] = []
        self._repeated: set[int] = set()
        self._wake: asyncio.Event = asyncio.Event()
        self._poll = 0

    def push(self, kind: str, content: Json) -> int | None:
        """Queue an update of one kind. Returns its id, or None when the bot did not ask for that kind."""
        if kind in NOT_BY_DEFAULT if self.allowed is None else kind not in self.allowed:
            return None
        return self.push_raw({kind: content})

    def push_raw(self, update: Json) -> int:
        """Queue any object as an update, unfiltered. A missing `update_id` is filled in."""
        if "update_id" not in update:
            update = {"update_id": self._next_id, **update}
        number = update["update_id"]
        if isinstance(number, int):
            self._next_id = max(self._next_id, number + 1)
        self.pending.append(update)
        self._wake.set()
        return number if isinstance(number, int) else 0

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds the bot wants. None leaves the last choice; an empty list means the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def confirm(self, offset: int) -> None:
        """Forget every update below `offset`; a negative offset keeps only that many from the end."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
            return
        while self.pending and _number(self.pending[0]) < offset:
            self._forget(self.pending.popleft())

    def drop(self) -> None:
        """Forget everything (drop_pending_updates)."""
        self.pending.clear()
        self._again.clear()

    def remove(self, update: Json) -> bool:
        """Take out an update the webhook has accepted. True when it is to be delivered once more."""
        try:
            self.pending.remove(update)
        except ValueError:
            return False
        again = len(self._again)
        self._forget(update)
        if len(self._again) == again:
            return False
        self._again.pop()
        return True

    async def fetch(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """One getUpdates call: confirm, then wait up to `seconds` for something to hand out.

        Raises the 409 when a newer call takes over, as Telegram does for two pollers on one token.
        """
        self._poll += 1
        mine = self._poll
        self._wake.set()  # a call still waiting must find out that it has been replaced
        self.confirm(offset)
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            self.quiet()
            if mine != self._poll:
                other = "make sure that only one bot instance is running"
                raise Refusal(409, f"Conflict: terminated by other getUpdates request; {other}")
            if self._again:
                batch, self._again = self._again[:limit], self._again[limit:]
                return batch
            if self.pending:
                return [self.pending[i] for i in range(min(limit, len(self.pending)))]
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return []
            await self.wait(left)

    def end_poll(self) -> None:
        """Make a waiting getUpdates call end with the 409 (setWebhook and shutting down do this)."""
        self._poll += 1
        self._wake.set()

    def quiet(self) -> None:
        """Start listening afresh. Call it before looking at `pending`, or an update may come in between unheard."""
        self._wake.clear()

    async def wait(self, seconds: float) -> None:
        """Sleep until something was queued since `quiet`, at most `seconds`."""
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return

    def _forget(self, update: Json) -> None:
        number = _number(update)
        if self.duplicate and number not in self._repeated:
            self._repeated.add(number)
            self._again.append(update)


def _number(update: Json) -> int:
    number = update.get("update_id")
    return number if isinstance(number, int) else 0
