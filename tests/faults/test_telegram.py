"""Telegram answers badly, twice, in the wrong order or nonsense while people write; the clock jumps."""

import asyncio
from typing import Any

import pytest

from storage.engine import Database
from storage.tables import Event, Lane, Outbox, OutboxState
from tests.faults.test_database import PATIENCE, file
from tests.outgoing.test_sender import Post, heard
from tests.town import Town

REFUSALS = ("429", "500", "502", "cut")


async def test_a_report_finds_its_way_through_everything_telegram_may_do(database_url: str, classifier: Any) -> None:
    async with Town.running(database_url, classifier) as town:
        sim = town.simulator
        officer, siti, joko = await town.officer("dishub"), await town.citizen("Siti"), await town.citizen("Joko")
        sim.duplicate_updates = True
        for kind in REFUSALS:
            sim.faults.next("sendMessage", kind=kind, times=2)  # type: ignore[arg-type]
        for kind in ("502", "half"):  # tests/incoming/test_poller.py knows the others
            sim.faults.next("getUpdates", kind=kind)  # type: ignore[arg-type]
        for raw in (
            {"poll_of_the_future": {"from": {"id": siti.id}, "questions": ["?"]}},
            {"update_id": 7, "message": {"chat": {"id": joko.id, "type": "private"}, "text": "lama sekali"}},  # below
            {"message": {"chat": {"id": joko.id}, "date": "kemarin", "text": 5}},  # poison: no library can read it
        ):
            sim.push_raw_update(raw)
        numbers = await asyncio.gather(file(siti, 1), file(joko, 2))
        await town.settles(PATIENCE)
        assert sorted(report.number for report in await town.reports()) == sorted(numbers)
        assert await town.count(Event, Event.kind == "opened") == 2
        assert len(await town.set_aside()) == 2, "the two that cannot be read; their chat went on"
        assert await town.count(Outbox, Outbox.state == OutboxState.GIVEN_UP) == 0
        told = "\n".join(line.text for line in officer.screen())
        assert all(number in told for number in numbers)
        assert {kind for _, kind in sim.faults.happened} == {*REFUSALS, "half"}


async def test_the_clock_jumps_while_messages_are_on_their_way(database_url: str, sim: Any) -> None:
    post = Post(sim, Database(database_url), per_second=4)  # so that some wait for their turn
    people = [await post.person(name) for name in ("Siti", "Joko", "Rina", "Budi")]
    for person in people:
        await post.owes(person.id, "halo", lane=Lane.NOTICE)
    async with post.at_work():
        await post.waits_until(lambda: post.has_sent(1))
        post.watch.turn(hours=3)  # every claim is older than its lease now
        await asyncio.sleep(0.4)
        post.watch.turn(hours=-3)
        await post.waits_until(lambda: post.has_sent(4))
    assert [heard(person) for person in people] == [["halo"]] * 4
    await post.database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_clock_of_the_service_is_put_forward_and_back(database_url: str, classifier: Any) -> None:
    async with Town.running(database_url, classifier) as town:
        siti, joko = await town.citizen("Siti"), await town.citizen("Joko")
        town.clock.turn(hours=2)
        first = await file(siti, 1)
        town.clock.turn(hours=-3)
        second = await file(joko, 2)
        await town.settles(PATIENCE)
        assert [report.number for report in await town.reports()] == [first, second]
        assert await town.set_aside() == []
