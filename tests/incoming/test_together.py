"""Updates that share a transaction are still each handled whole or not at all, and once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiogram import Router
from aiogram.types import Message
from sqlalchemy import event

from bot.incoming.worker import TOGETHER, Worker
from bot.simulator import Limits, Simulator
from storage.engine import Database
from storage.tables import Citizen, Conversation, Inbox, InboxState, Outbox
from tests.incoming.test_worker import Desk, failing, saying_no


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with Simulator.running(limits=Limits.off()) as sim:
        yield Desk(sim, database)


async def fetch(desk: Desk) -> None:
    async with aiohttp.ClientSession() as http:
        await desk.poller.once(http, wait=0)


async def test_one_that_fails_takes_none_of_the_others_with_it(desk: Desk) -> None:
    worker = desk.worker(failing(times=99))
    for name, words in (("Siti", "lampu"), ("Joko", "racun"), ("Rina", "sampah")):
        await desk.sim.person(name).says(words)
    await fetch(desk)
    assert await worker.handle_next(TOGETHER)
    assert not await worker.handle_next(TOGETHER)
    rows = [(row.state, row.attempts) for row in await desk.rows(Inbox)]
    assert rows == [(InboxState.DONE, 0), (InboxState.WAITING, 1), (InboxState.DONE, 0)]
    assert await desk.owed() == [("sendMessage", "Halo lampu"), ("sendMessage", "Halo sampah")]
    assert [citizen.name for citizen in await desk.rows(Citizen)] == ["lampu", "sampah"]
    assert [row.data["said"] for row in await desk.rows(Conversation)] == ["lampu", "sampah"]


async def test_a_polite_no_in_a_group_undoes_only_itself(desk: Desk) -> None:
    worker = desk.worker(saying_no())
    for name in ("Siti", "Joko"):
        await desk.sim.person(name).says("0")
    await fetch(desk)
    assert await worker.handle_next(TOGETHER)
    assert {row.state for row in await desk.rows(Inbox)} == {InboxState.DONE}
    assert await desk.rows(Citizen) == await desk.rows(Conversation) == []
    assert len(await desk.owed()) == 2


def greeting() -> Router:
    router = Router()

    @router.message()
    async def greet(message: Message) -> None:
        await message.answer(f"Halo {message.text}")

    return router


async def test_one_chat_is_never_twice_in_a_group(desk: Desk) -> None:
    worker = desk.worker(greeting())
    siti, joko = desk.sim.person("Siti"), desk.sim.person("Joko")
    for words in ("satu", "dua"):
        await siti.says(words)
    await joko.says("lain")
    await fetch(desk)
    for _ in range(2):
        assert await worker.handle_next(TOGETHER)
    assert await desk.owed() == [("sendMessage", f"Halo {words}") for words in ("satu", "lain", "dua")]


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[list[str]]:
    """Four groups abreast until the end; yields the claims that PostgreSQL is asked for."""
    worker.abreast, stopping, claims = 4, asyncio.Event(), list[str]()

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SKIP LOCKED" in statement:
            claims.append(statement)

    event.listen(worker.database.engine.sync_engine, "before_cursor_execute", hear)
    running = asyncio.create_task(worker.run(stopping))
    try:
        async with asyncio.timeout(20):
            while not claims:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)  # all four have looked
            claims.clear()
            yield claims
    finally:
        stopping.set()
        worker.arrived.set()
        await running


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_one_ring_is_answered_by_one_look(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.incoming.worker.IDLE", 60.0)
    worker = desk.worker(failing(times=0))
    async with at_work(worker) as claims:
        for answers, name in enumerate(("Siti", "Joko", "Rina"), start=1):
            await desk.sim.person(name).says("lampu")
            await fetch(desk)
            worker.arrived.ring()
            while len(await desk.rows(Outbox)) < answers:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
    assert len(claims) == 3, "three rings, and none of the four looked in vain"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_waits_behind_its_own_chat_needs_no_ring(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.incoming.worker.IDLE", 60.0)
    worker = desk.worker(greeting())
    async with at_work(worker):
        siti = desk.sim.person("Siti")
        for number in range(TOGETHER + 4):
            await siti.says(f"lampu {number}")
            await desk.sim.person(f"Warga {number}").says("sampah")
        await fetch(desk)
        worker.arrived.ring()
        while len(await desk.rows(Outbox)) < 2 * (TOGETHER + 4):
            await asyncio.sleep(0.05)
    said = [text for _, text in await desk.owed() if "lampu" in text]
    assert said == [f"Halo lampu {number}" for number in range(TOGETHER + 4)]
