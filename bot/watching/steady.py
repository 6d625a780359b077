"""Work that goes on whatever happens: trouble delays the next step, is told in the log, and ends nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.watching.trouble import trail
from storage.outages import is_outage

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 4.0
"""Seconds to wait after trouble; twice as long each time it comes again."""


async def steadily(
    step: Callable[[], Awaitable[bool]], bell: asyncio.Event, stopping: asyncio.Event, idle: float
) -> None:
    """Take steps while they say that there was something to do; then wait for the bell, at most `idle` seconds."""
    pause = 0.0
    while not stopping.is_set():
        bell.clear()
        try:
            while not stopping.is_set() and await step():
                pause = 0.0
            pause = 0.0
            await rest(bell, idle)
        except Exception as error:
            pause = min(pause * 2, LONGEST_PAUSE) or FIRST_PAUSE
            tell(error, pause)
            await rest(stopping, pause)


async def rest(bell: asyncio.Event, seconds: float) -> None:
    """Wait for a bell, but not longer than some seconds."""
    try:
        await asyncio.wait_for(bell.wait(), seconds)
    except TimeoutError:
        return


def tell(error: Exception, pause: float) -> None:
    """One line for a database in trouble, which many will meet; the whole way for what nobody expected."""
    if is_outage(error):
        log.warning("the database does not answer (%s); again in %.2f s", type(error).__name__, pause)
    else:
        log.error("a step failed, again in %.2f s: %s", pause, trail(error))
