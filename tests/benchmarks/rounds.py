"""Citizens who write, pin, send and look, a round at a time, through the inbox of a running service."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text, update
from sqlmodel import col, func, select

from bot.incoming.poller import chat_of
from storage import inbox
from storage.engine import Database, ask, connection_of
from storage.tables import Agency, Conversation, Inbox, Officer, Report, Role
from storage.tables.naming import literally
from tests.benchmarks.way import FIRST_CITIZEN, Json, Stream

STEPS = ("words", "pin", "send", "look")
WARM = range(900_900, 901_300)
"""Citizens before those who are timed: so many that no process can take them all and leave another one cold.

They write of other matters than those who come to the same places after them.
"""

UNDECIDED = range(WARM.stop, WARM.stop + 300)
"""Citizens who stand in the middle of a report, as some always do."""

WAITING, ASIDE = (select(Inbox.update_id).where(literally(Inbox.state, s)).limit(1) for s in ("waiting", "set_aside"))
"""Found by indexes that hold no other rows: to look costs the database nothing."""


@dataclass(frozen=True)
class Step:
    """Seconds that the processes took over a round; seconds of a core that the whole machine worked meanwhile."""

    seconds: float
    work: float


def now() -> datetime:
    return datetime.now(UTC)


async def put(database: Database, updates: list[Json]) -> datetime:
    """Into the inbox at once, as the poller does, and ring. Returns when they lay there."""
    async with database.transaction() as session:
        await inbox.keep(session, [(u["update_id"], chat_of(u), u) for u in updates], now())
        if not database.is_sqlite:
            await (await connection_of(session)).execute(text("SELECT pg_notify('aspirasi', 'arrived')"))
    return now()


async def drained(database: Database, seconds: float = 900) -> None:
    """Wait until nothing waits in the inbox; nothing may have been set aside."""
    async with asyncio.timeout(seconds):
        while True:
            async with database.reading() as session:
                if await ask(session, WAITING, {}) is None:
                    break
            await asyncio.sleep(0.2)
    async with database.reading() as session:
        assert await ask(session, ASIDE, {}) is None, "an update was set aside"


async def staffed(database: Database) -> None:
    """An officer at every office that has none, so that each report owes somebody a notice."""
    async with database.transaction() as session:
        taken = set((await session.exec(select(Officer.agency_id))).all())
        for number, agency in enumerate((await session.exec(select(Agency.id))).all()):
            if agency not in taken:
                session.add(
                    Officer(
                        chat_id=7000 + number, name="Petugas", role=Role.OFFICER, agency_id=agency, created_at=now()
                    )
                )


async def rounds(
    database: Database, people: Sequence[int], stream: Stream, steps: tuple[str, ...] = STEPS
) -> list[Step]:
    """Every citizen writes, pins, sends and looks."""

    async def presses() -> list[Json]:
        async with database.reading() as session:
            rows = (await session.exec(select(Conversation).where(col(Conversation.state) == "Ask:CHECK"))).all()
        drafts = {int(row.key.split(":")[0]) - FIRST_CITIZEN: row.data["draft"]["id"] for row in rows}
        return [stream.press(n, f"d:{drafts[n]}:send:") for n in people]

    took = []
    for what in steps:
        match what:
            case "words":
                updates = [stream.story(n) for n in people]
            case "pin":
                updates = [stream.pin(n) for n in people]
            case "send":
                updates = await presses()
            case _:
                updates = [stream.command(n, "/laporanku") for n in people]
        first = updates[0]["update_id"]
        began, worked = await put(database, updates), machine_work()
        await drained(database)
        worked = machine_work() - worked
        async with database.reading() as session:
            ended = (await session.exec(select(func.max(Inbox.done_at)).where(col(Inbox.update_id) >= first))).one()
        assert ended is not None
        took.append(Step((ended - began).total_seconds(), worked))
    return took


def machine_work() -> float:
    """Seconds of a core that all programs of this machine have used, by Linux's word."""
    user, nice, system, _idle, _waiting, irq, softirq, *_ = Path("/proc/stat").read_text(encoding="ascii").split()[1:9]
    return sum(map(int, (user, nice, system, irq, softirq))) / os.sysconf("SC_CLK_TCK")


async def settle(database: Database) -> None:
    """What was reported is done: nobody's report is asked whether it is the same as these."""
    async with database.transaction() as session:
        await session.exec(update(Report).where(col(Report.closed_at).is_(None)).values(closed_at=now()))


async def counted(database: Database, stream: Stream) -> None:
    """Some people stand in the middle of a report, and PostgreSQL has counted its rows, which it does each minute."""
    await rounds(database, UNDECIDED, stream, ("words", "pin"))
    if not database.is_sqlite:
        async with database.engine.connect() as connection:
            outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await outside.execute(text("VACUUM ANALYZE"))
