"""Telegram's sending limits as token buckets."""

import math
from dataclasses import dataclass, field, replace

from bot.simulator.errors import too_many


@dataclass(frozen=True, slots=True)
class Limits:
    """How many messages Telegram takes before it answers 429.

    Telegram publishes "about 30 per second overall, 1 per second in a chat, 20 per minute in a group"
    (https://core.telegram.org/bots/faq#broadcasting-to-users); the bursts are our reading of "short bursts are fine".
    """

    on: bool = True
    overall_per_second: float = 30.0
    overall_burst: int = 30
    private_per_second: float = 1.0
    private_burst: int = 4
    group_per_minute: float = 20.0
    group_burst: int = 20

    @classmethod
    def off(cls) -> "Limits":
        """No limits at all, for tests that are about something else."""
        return replace(cls(), on=False)


@dataclass(slots=True)
class Bucket:
    """Tokens that grow back with time; a bucket starts full."""

    rate: float
    size: int
    level: float
    seen: float

    def wait(self, amount: int, now: float) -> float:
        """Seconds until `amount` tokens are there; 0 when they are there now."""
        self.level = min(self.size, self.level + max(0.0, now - self.seen) * self.rate)
        self.seen = now
        wanted = min(amount, self.size)  # an album larger than the bucket must pass one day
        return 0.0 if self.level >= wanted - 1e-9 else (wanted - self.level) / self.rate


@dataclass(slots=True)
class Gate:
    """Counts what goes out and refuses what is too much. `refused` is the number of 429 given so far."""

    limits: Limits
    refused: int = 0
    _overall: Bucket | None = None
    _chats: dict[int, Bucket] = field(default_factory=dict)

    def take(self, chat_id: int, *, private: bool, amount: int, now: float, per_chat: bool = True) -> None:
        """Let `amount` messages to a chat through, or raise the 429. A refusal costs no tokens.

        `per_chat` is off for edits: they count against the overall rate only.
        """
        rules = self.limits
        if not rules.on:
            return
        if self._overall is None:
            self._overall = Bucket(rules.overall_per_second, rules.overall_burst, rules.overall_burst, now)
        buckets = [self._overall]
        if per_chat:
            buckets.append(self._chat(chat_id, private=private, now=now))
        wait = max(bucket.wait(amount, now) for bucket in buckets)
        if wait > 0:
            self.refused += 1
            raise too_many(max(1, math.ceil(wait)))
        for bucket in buckets:
            bucket.level -= amount

    def _chat(self, chat_id: int, *, private: bool, now: float) -> Bucket:
        bucket = self._chats.get(chat_id)
        if bucket is None:
            rules = self.limits
            rate = rules.private_per_second if private else rules.group_per_minute / 60
            size = rules.private_burst if private else rules.group_burst
            bucket = self._chats[chat_id] = Bucket(rate, size, size, now)
        return bucket
