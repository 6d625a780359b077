"""Processes on one PostgreSQL wake each other, and do so again after the connection that listens was cut."""

import asyncio
import time
from typing import Any

import pytest
from sqlalchemy import text

from bot.app import App
from bot.simulator import Person
from storage.bells import CHANNEL
from tests.town import Town

NEVER = 300.0
"""Seconds between two looks at a table, so that only a bell can explain an answer."""


async def answered(person: Person) -> float:
    """Seconds until the bot answers."""
    began = time.monotonic()
    await person.says("/bantuan")
    await person.waits_for("/laporanku", timeout=20)
    return time.monotonic() - began


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_an_answer_of_another_process_need_not_wait_for_a_look(
    database_url: str, classifier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Town.running(database_url, classifier) as town:
        siti, app = await town.citizen(), town.app
        only_sends = App(app.settings, None, clock=town.clock, parts=["outgoing"])
        only_takes = App(app.settings, classifier, clock=town.clock, parts=["incoming", "schedule"])
        app.stop()
        monkeypatch.setattr("bot.incoming.worker.IDLE", NEVER)
        monkeypatch.setattr("bot.outgoing.sender.IDLE", NEVER)
        running = [asyncio.create_task(one.run()) for one in (only_sends, only_takes)]
        try:
            async with asyncio.timeout(30):
                while not all(one.pulse.others for one in (only_sends, only_takes)):
                    await asyncio.sleep(0.05)
            times = sorted([await answered(siti) for _ in range(20)])
            print(f"answers of another process: median {times[10] * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms")
            async with only_takes.database.engine.begin() as connection:
                listener = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE :query"
                cut = await connection.execute(text(listener), {"query": f'LISTEN "{CHANNEL}"%'})
                assert len(cut.all()) >= 1
            await siti.says("/bantuan")  # perhaps while nobody listens
            await siti.waits_for("/laporanku", timeout=20)
            assert await answered(siti) < 5
        finally:
            for one in (only_sends, only_takes):
                one.stop()
            await asyncio.wait_for(asyncio.gather(*running), 20)
