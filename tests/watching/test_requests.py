"""One name goes with the work, from an update or a job to what is sent because of it."""

from typing import Any

import pytest
from sqlmodel import select

from bot.outgoing.render import Renderer
from bot.schedule.jobs import JOBS
from storage.requests import request
from storage.tables import Outbox
from tests.town import Town


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_message_names_the_update_or_the_job_that_owed_it(
    database_url: str, classifier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[str | None] = set()
    words = Renderer.words

    def listening(self: Renderer, *given: Any) -> Any:
        seen.add(request.get())
        return words(self, *given)

    monkeypatch.setattr(Renderer, "words", listening)
    async with Town.running(database_url, classifier) as town:
        await town.officer("dishub")
        siti = await town.citizen()
        await town.files(siti, "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali")
        town.clock.turn(days=9)
        for job in JOBS:
            await town.app.clockwork.do(job)
        await siti.waits_for("belum kami lupakan")
        await town.settles()
        async with town.database.reading() as session:
            rows = (await session.exec(select(Outbox))).all()
    told = {row.notice: row.request for row in rows if row.notice}
    updates = {f"u{row}" for row in range(100_000_000, 100_001_000)}
    assert told["report_for_office"] in updates
    assert str(told["your_report_waits"]).startswith("tell_citizens-")
    assert {row.request in updates for row in rows if row.method == "sendMessage"} == {True}
    assert {told["report_for_office"], told["your_report_waits"]} <= seen, "the sender works in their name"
