"""How fast messages may leave: an even stream, shared fairly with the other processes that deliver."""

from collections.abc import Callable

from aiolimiter import AsyncLimiter


class Pace:
    """`per_second` is for all processes together; `senders` tells how many there are now."""

    def __init__(self, per_second: float, senders: Callable[[], int]) -> None:
        self.per_second = per_second
        self.senders = senders
        self._shared_by = 0
        self._limiter = AsyncLimiter(1, 1)

    async def turn(self) -> None:
        """Wait until the next message may leave.

        One message in each interval, never a second's worth at once: Telegram counts bursts.
        """
        if (now := self.senders()) != self._shared_by:
            self._shared_by, self._limiter = now, AsyncLimiter(1, now / self.per_second)
        await self._limiter.acquire()
