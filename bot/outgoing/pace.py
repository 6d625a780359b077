"""How fast messages may leave: an even stream, shared fairly with the other processes that deliver."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

LATE = 3
"""Intervals that are made up for when this process was kept from its work; Telegram counts larger bursts."""


class Pace:
    """`per_second` is for all processes together; `senders` tells how many there are now."""

    def __init__(self, per_second: float, senders: Callable[[], int]) -> None:
        self.per_second = per_second
        self.senders = senders
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._next = 0.0  # when the next message may leave, by the loop's clock
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, lane: int = 0) -> None:
        """Wait until the next message may leave: one in each interval. Who waits in a lower lane goes first."""
        mine = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (lane, next(self._order), mine))
        if self._timer is None:
            self._go_on()
        await mine

    def _go_on(self) -> None:
        """Let through who may go now, and come back for the next. By the clock, so that lateness does not add up."""
        loop = asyncio.get_running_loop()
        now, interval = loop.time(), self.senders() / self.per_second
        self._timer, self._next = None, max(self._next, now - LATE * interval)
        while self._waiting and self._next <= now:
            *_, first = heapq.heappop(self._waiting)
            if not first.done():  # else who waited was cut off
                first.set_result(None)
                self._next += interval
        if self._waiting:
            self._timer = loop.call_at(self._next, self._go_on)
