"""A message to many: at Telegram's pace, killed half-way, while citizens chat; each reader has it, none twice."""

import asyncio
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlmodel import select

from bot.simulator import Person, Simulator
from storage import migrate
from storage.engine import Database
from storage.tables import Broadcast, Citizen, Outbox, OutboxState
from tests.town import Clock
from tests.wire.process import Service

TEXT = "Besok pagi air PDAM di seluruh kota dimatikan sementara untuk perbaikan pipa."
PER_SECOND = 30
IN_FLIGHT = 16
"""`sending.at_once`: what may be under way when the process dies, and may arrive twice for it."""


@dataclass(frozen=True)
class Plan:
    """How many get it, after which share the service is killed (0: never), and how many chat meanwhile."""

    readers: int
    kill_at: float
    chatting: int


@dataclass
class Measured:
    """What the wire saw: messages a second while nothing was killed, 429 given, seconds until a chat was answered."""

    rate: float
    refused: int
    p95: float
    twice: int


async def play(folder: Path, database_url: str, model: Path, plan: Plan) -> Measured:
    database = Database(database_url)
    if await migrate.current(database) is None:
        await migrate.upgrade(database)
    async with Simulator.running() as simulator:
        service = Service(simulator, folder, database_url, model, [], per_second=PER_SECOND)
        await populate(simulator, database, plan.readers)
        await service.start()
        await service.ready(180)
        async with database.transaction() as session:
            session.add(Broadcast(text=TEXT, audience="citizens", expected=plan.readers, created_at=Clock()()))
        chatting = [simulator.person(f"Warga {n}") for n in range(plan.chatting)]
        stopped = asyncio.Event()
        chats = asyncio.gather(*(chat(person, stopped, n) for n, person in enumerate(chatting)))
        refused, rates = 0, []
        if plan.kill_at:
            rates.append(await pace(simulator, int(plan.readers * plan.kill_at)))
            await service.kill()
            await service.start()
            await service.ready(180)
        rates.append(await pace(simulator, plan.readers - 5))
        async with asyncio.timeout(60):
            while len(got := heard(simulator)) < plan.readers:
                await asyncio.sleep(0.2)
        stopped.set()
        waits = sorted(wait for person in await chats for wait in person)
        refused = simulator.too_many_given
        assert await service.stop() == 0
    async with database.reading() as session:
        broadcast = (await session.exec(select(Broadcast))).one()
        lost = (await session.exec(select(Outbox.error).where(Outbox.state == OutboxState.GIVEN_UP))).all()
    await database.close()
    assert (broadcast.state, broadcast.owed) == ("done", plan.readers)
    assert lost == []
    assert waits, "somebody chatted meanwhile"
    twice = sum(times - 1 for times in got.values())
    return Measured(min(rates), refused, waits[int(len(waits) * 0.95)], twice)


async def populate(simulator: Simulator, database: Database, readers: int) -> None:
    """So many citizens who have started the bot once."""
    people = [simulator.person(f"Pembaca {n}") for n in range(readers)]
    for person in people:
        person.account.started = True
    rows = [
        {"chat_id": person.id, "name": person.name, "created_at": Clock()(), "reachable": True, "updates": "all",
         "blocked_reason": ""}
        for person in people
    ]  # fmt: skip
    async with database.transaction() as session:
        for at in range(0, readers, 500):
            await session.exec(insert(Citizen), params=rows[at : at + 500])


def heard(simulator: Simulator) -> Counter[int]:
    """How often each chat got the message."""
    return Counter(
        chat.id
        for chat in simulator.world.chats.values()
        for _, message in chat.from_bot
        if "air PDAM" in message.get("text", "")
    )


async def pace(simulator: Simulator, until: int) -> float:
    """Wait until so many have it; messages of all kinds a second, from the fifth second on."""
    async with asyncio.timeout(60 + until):
        while sum(heard(simulator).values()) < 5:
            await asyncio.sleep(0.1)
        start, before = time.monotonic(), len(simulator.sent)
        while sum(heard(simulator).values()) < until:
            await asyncio.sleep(0.25)
    return (len(simulator.sent) - before) / (time.monotonic() - start)


async def chat(person: Person, stopped: asyncio.Event, number: int) -> list[float]:
    """Ask for help now and then; returns how long each answer took."""
    waits: list[float] = []
    await asyncio.sleep(0.5 * number)
    while not stopped.is_set():
        since = person.now()
        began = time.monotonic()
        await person.says("/bantuan")
        try:
            await person.waits_for(re.compile("Cara melapor"), timeout=60, since=since)
        except AssertionError:
            if stopped.is_set():
                break
            raise
        waits.append(time.monotonic() - began)
        await asyncio.sleep(4)
    return waits


@pytest.mark.soak
@pytest.mark.timeout(400)
async def test_a_message_to_many_survives_a_kill_and_reaches_each_reader(
    tmp_path: Path, database_url: str, model_root: Path
) -> None:
    measured = await play(tmp_path, database_url, model_root, Plan(readers=300, kill_at=0.4, chatting=3))
    assert measured.refused == 0
    assert measured.twice <= IN_FLIGHT
    assert measured.rate > 0.5 * PER_SECOND, "a busy machine may be slower; the soak test is strict"


@pytest.mark.soak
@pytest.mark.timeout(1200)
async def test_ten_thousand_readers_at_telegrams_pace(tmp_path: Path, database_url: str, model_root: Path) -> None:
    measured = await play(tmp_path, database_url, model_root, Plan(readers=10_000, kill_at=0.5, chatting=10))
    print(measured)
    assert measured.refused == 0
    assert measured.twice <= IN_FLIGHT
    assert measured.rate >= 0.95 * PER_SECOND
    assert measured.p95 <= 1.0
