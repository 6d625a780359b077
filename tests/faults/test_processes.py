"""Two whole processes on one database: one asks Telegram, both work, and either may go at any moment."""

import asyncio
from typing import Any

import pytest

from bot.app import App
from storage.tables import Event
from tests.faults.test_database import PATIENCE, file
from tests.town import Town


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_processes_share_the_work_and_one_goes_in_the_middle(
    database_url: str, classifier: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with Town.running(database_url, classifier) as town:
        officer = await town.officer("dishub")
        second = App(town.app.settings, classifier, clock=town.clock)
        running = asyncio.create_task(second.run())
        await asyncio.wait_for(second.ready.wait(), 20)
        await town.app.pulse.beat()
        assert (town.app.pulse.leads, second.pulse.leads) == (True, False)
        assert (town.app.pulse.senders, second.pulse.senders) == (2, 2)

        people = [await town.citizen(f"Warga {n}") for n in range(4)]
        working = asyncio.gather(*(file(citizen, n) for n, citizen in enumerate(people)))
        await people[0].waits_for("Di mana tempatnya", timeout=PATIENCE)
        assert "getUpdates failed" not in caplog.text, "they did not take Telegram away from each other"
        town.app.stop()
        numbers = await working
        await town.settles(PATIENCE)
        assert second.pulse.leads
        assert sorted(report.number for report in await town.reports()) == sorted(numbers)
        assert await town.count(Event, Event.kind == "opened") == len(set(numbers)) == 4
        assert await town.set_aside() == []
        told = "\n".join(line.text for line in officer.screen())
        assert all(number in told for number in numbers)
        second.stop()
        await asyncio.wait_for(running, 20)
        await town.database.close()
