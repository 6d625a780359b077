"""What Telegram hands out is kept before it is confirmed, once, whatever happens on the way."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiogram.types import User
from sqlalchemy import text
from sqlmodel import col, select

from bot.config import Limits
from bot.incoming import dispatcher
from bot.incoming.poller import Poller, chat_of
from bot.incoming.worker import Worker
from bot.simulator import Simulator
from storage.bells import Bell
from storage.engine import Database
from storage.tables import Inbox, InboxState
from tests.watch import Watch


@pytest.fixture
def poller(sim: Simulator, database: Database) -> Poller:
    return new_poller(sim, database)


def new_poller(sim: Simulator, database: Database) -> Poller:
    return Poller(database, sim.token, sim.url, Bell(), Watch())


def new_worker(sim: Simulator, database: Database) -> Worker:
    me = User(id=123456, is_bot=True, first_name="Aspirasi", username="AspirasiDepokBot")
    return Worker(
        database,
        dispatcher.build(),
        dispatcher.receiving_bot(sim.token, me),
        clock=Watch(),
        arrived=Bell(),
        owed=Bell(),
        changed=Bell(),
        given={"limits": Limits()},
    )


async def kept(database: Database) -> list[Inbox]:
    async with database.reading() as session:
        return list((await session.exec(select(Inbox).order_by(col(Inbox.update_id)))).all())


async def texts(database: Database) -> list[str]:
    return [row.payload["message"]["text"] for row in await kept(database)]


async def statement(database: Database, sql: str) -> None:
    async with database.transaction() as session:
        await (await session.connection()).execute(text(sql))


async def test_no_offset_is_asked_for_before_what_lies_below_it_is_committed(
    sim: Simulator, database: Database
) -> None:
    asked: list[tuple[int | None, int]] = []

    async def listen(_session: Any, _context: Any, sending: aiohttp.TraceRequestChunkSentParams) -> None:
        rows = await kept(database)  # through another connection: sees only what is committed
        asked.append((json.loads(sending.chunk).get("offset"), max((row.update_id for row in rows), default=0)))

    wire_tap = aiohttp.TraceConfig()
    wire_tap.on_request_chunk_sent.append(listen)
    poller, siti = new_poller(sim, database), sim.person("Siti")
    async with aiohttp.ClientSession(trace_configs=[wire_tap]) as http:
        for text in ("satu", "dua", "tiga"):
            await siti.says(text)
            await poller.once(http, wait=0)
        await poller.once(http, wait=0)
    assert [offset - newest for offset, newest in asked if offset is not None] == [1, 1, 1]
    assert asked[0] == (None, 0)
    assert await texts(database) == ["satu", "dua", "tiga"]
    assert sim.pending_updates == 0


async def test_what_the_database_did_not_take_is_not_confirmed(
    sim: Simulator, database: Database, poller: Poller, http: aiohttp.ClientSession
) -> None:
    siti = sim.person("Siti")
    await siti.says("jangan hilang")
    await statement(database, "ALTER TABLE inbox RENAME TO elsewhere")
    for _ in range(2):
        with pytest.raises(Exception, match="inbox"):
            await poller.once(http, wait=0)
    assert sim.pending_updates == 1
    await statement(database, "ALTER TABLE elsewhere RENAME TO inbox")
    assert await poller.once(http, wait=0) == 1
    assert sim.pending_updates == 1, "kept, and not yet confirmed"
    assert await poller.once(http, wait=0) == 0
    assert sim.pending_updates == 0
    assert await texts(database) == ["jangan hilang"]


async def test_an_update_that_comes_twice_has_one_effect(
    sim: Simulator, database: Database, poller: Poller, http: aiohttp.ClientSession
) -> None:
    sim.duplicate_updates = True
    siti, worker = sim.person("Siti"), new_worker(sim, database)
    await siti.says("/entah")
    assert await poller.once(http, wait=0) == 1
    assert await worker.handle_next()
    assert await poller.once(http, wait=0) == 0, "the second copy"
    assert not await worker.handle_next()
    assert [row.state for row in await kept(database)] == [InboxState.DONE]


async def test_two_updates_of_one_number_in_one_batch_are_one(
    sim: Simulator, database: Database, poller: Poller, http: aiohttp.ClientSession
) -> None:
    for said in ("pertama", "kedua"):
        sim.push_raw_update({"update_id": 7, "message": {"chat": {"id": 1}, "text": said}})
    assert await poller.once(http, wait=0) == 1
    assert await texts(database) == ["pertama"]


async def test_a_restart_repeats_nothing_and_loses_nothing(
    sim: Simulator, database: Database, http: aiohttp.ClientSession
) -> None:
    siti, joko = sim.person("Siti"), sim.person("Joko")
    await siti.says("satu")
    await joko.says("dua")
    assert await new_poller(sim, database).once(http, wait=0) == 2
    await siti.says("tiga")  # nobody listens; the first two are not confirmed yet
    reborn = new_poller(sim, database)
    assert await reborn.once(http, wait=0) == 1
    assert await reborn.once(http, wait=0) == 0
    assert await texts(database) == ["satu", "dua", "tiga"]
    assert sim.pending_updates == 0


async def test_a_broken_answer_loses_nothing(
    sim: Simulator, database: Database, poller: Poller, http: aiohttp.ClientSession
) -> None:
    siti, faults = sim.person("Siti"), ("429", "500", "502", "cut", "half")
    for fault in faults:
        await siti.says(fault)
        sim.faults.next("getUpdates", kind=fault, retry_after=0)  # type: ignore[arg-type]
        with pytest.raises((aiohttp.ClientError, TimeoutError, ValueError)):
            await poller.once(http, wait=0)
        assert await poller.once(http, wait=0) == 1
    assert [kind for _, kind in sim.faults.happened] == list(faults)
    assert await texts(database) == list(faults)


async def test_polling_goes_on_after_trouble_and_ends_when_told(sim: Simulator, poller: Poller) -> None:
    stopping = asyncio.Event()
    sim.faults.next("getUpdates", kind="500")
    polling = asyncio.create_task(poller.run(stopping))
    siti = sim.person("Siti")
    await siti.says("satu")
    await asyncio.wait_for(poller.arrived.wait(), 10)
    assert await texts(poller.database) == ["satu"]
    stopping.set()  # a long poll is open now, for 25 seconds
    await asyncio.wait_for(polling, 5)


async def test_an_update_nobody_knows_is_kept_and_done(
    sim: Simulator, database: Database, poller: Poller, http: aiohttp.ClientSession
) -> None:
    sim.push_raw_update({"poll_of_the_future": {"from": {"id": 77}, "questions": ["?"]}})
    sim.push_raw_update({"update_id": 200_000_000})
    sim.push_raw_update({"message": None})
    assert await poller.once(http, wait=0) == 3
    worker = new_worker(sim, database)
    while await worker.handle_next():
        pass
    assert [(row.chat_id, row.state) for row in await kept(database)] == [
        (77, InboxState.DONE),
        (None, InboxState.DONE),
        (None, InboxState.DONE),
    ]


async def test_characters_that_no_database_keeps_do_not_stop_the_service(
    sim: Simulator, database: Database, poller: Poller, http: aiohttp.ClientSession
) -> None:
    siti, worker = sim.person("Siti"), new_worker(sim, database)
    for poison in ("\x00", "\ud800", "a\x00b\udfffc"):
        await siti.sends({"text": f"/x{poison}", "unknown": {poison: [poison, 1]}})
    assert await poller.once(http, wait=0) == 3
    while await worker.handle_next():
        pass
    assert {row.state for row in await kept(database)} == {InboxState.DONE}
    assert await texts(database) == ["/x\ufffd", "/x\ufffd", "/xa\ufffdb\ufffdc"]


SHAPES: list[tuple[dict[str, Any], int | None]] = [
    ({"message": {"chat": {"id": 5}, "from": {"id": 6}}}, 5),
    ({"edited_message": {"chat": {"id": -100}}}, -100),
    ({"channel_post": {"chat": {"id": -1001}}}, -1001),
    ({"my_chat_member": {"chat": {"id": 5}, "from": {"id": 5}}}, 5),
    ({"message_reaction": {"chat": {"id": 5}, "user": {"id": 6}}}, 5),
    ({"callback_query": {"from": {"id": 6}, "message": {"chat": {"id": -100}}}}, -100),
    ({"callback_query": {"from": {"id": 6}, "inline_message_id": "x"}}, 6),
    ({"inline_query": {"from": {"id": 6}, "query": ""}}, 6),
    ({"message": {"from": {"id": 6}, "chat": "odd"}}, 6),
    ({"callback_query": {"message": "odd", "from": {"id": 6}}}, 6),
    ({"message": {"chat": {"id": "5"}}}, None),
    ({"message": {"from": {}}}, None),
    ({"poll": {"id": "77"}}, None),
    ({"message": None}, None),
    ({"message": []}, None),
    ({}, None),
]


@pytest.mark.parametrize(("update", "chat"), SHAPES, ids=lambda x: str(x)[:50])
def test_every_shape_of_update_tells_its_chat(update: dict[str, Any], chat: int | None) -> None:
    assert chat_of({"update_id": 1, **update}) == chat
