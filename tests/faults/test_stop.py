"""Told to stop, the service begins nothing new and ends in time; what it could not finish the next start does."""

import asyncio
import time
from typing import Any

import pytest

from bot.app import App
from storage.tables import Inbox, Outbox, OutboxState
from tests.town import Town


async def test_what_hangs_is_cut_off_in_time_and_done_after_the_restart(
    database_url: str, classifier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.GRACE", 1.0)
    async with Town.running(database_url, classifier) as town:
        siti, sim = await town.citizen(), town.simulator
        before = await town.count(Inbox)
        sim.faults.next("sendMessage", kind="timeout_but_delivered")  # no answer for half a minute
        await siti.says("/bantuan")
        await siti.waits_for("/laporanku")
        began = time.monotonic()
        town.app.stop()
        await siti.says("Lampu jalan di depan gang mati sudah tiga malam, gelap sekali")
        while not town.running_task.done():
            await asyncio.sleep(0.02)
        assert time.monotonic() - began < 4
        assert town.running_task.exception() is None
        assert sim.pending_updates >= 1, "Telegram still has what came after the word to stop"
        assert await town.count(Inbox) == before + 1
        assert await town.count(Outbox, Outbox.state == OutboxState.SENDING) == 0, "put back for the next start"

        again = App(town.app.settings, classifier, clock=town.clock)
        running = asyncio.create_task(again.run())
        await siti.waits_for("Di mana tempatnya", timeout=20)
        await town.settles()
        help_was_sent = sum("/laporanku" in line.text for line in siti.screen() if line.from_bot)
        assert help_was_sent == 2, "nobody could know that it had arrived"
        again.stop()
        await asyncio.wait_for(running, 10)
        await town.database.close()  # this test has looked into it since
