"""Updates that share a transaction are still each handled whole or not at all, and once."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Router
from aiogram.types import Message

from bot.incoming.worker import TOGETHER
from bot.simulator import Limits, Simulator
from storage.engine import Database
from storage.tables import Citizen, Conversation, Inbox, InboxState
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


async def test_one_chat_is_never_twice_in_a_group(desk: Desk) -> None:
    router = Router()

    @router.message()
    async def greet(message: Message) -> None:
        await message.answer(f"Halo {message.text}")

    worker = desk.worker(router)
    siti, joko = desk.sim.person("Siti"), desk.sim.person("Joko")
    for words in ("satu", "dua"):
        await siti.says(words)
    await joko.says("lain")
    await fetch(desk)
    for _ in range(2):
        assert await worker.handle_next(TOGETHER)
    assert await desk.owed() == [("sendMessage", f"Halo {words}") for words in ("satu", "lain", "dua")]
