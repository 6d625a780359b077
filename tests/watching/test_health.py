"""What the operator's network sees: alive, ready, figures without people; and processes that know of each other."""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text

from bot.watching import metrics
from bot.watching.health import HealthServer
from bot.watching.pulse import Pulse, machine
from storage import claims, outbox, processes
from storage.engine import Database
from storage.tables import Lane
from tests.incoming.test_webhook import LAMP, free_port, listening
from tests.town import Town
from tests.watch import Watch


async def test_a_healthy_service_says_so_and_counts_what_it_did(database_url: str, classifier: Any) -> None:
    port = free_port()
    async with Town.running(database_url, classifier, watching={"listen": f"127.0.0.1:{port}"}) as town:
        siti = await town.citizen("Siti Rahasiawati")
        number = await town.files(siti, LAMP)
        await town.settles()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            for path, said in [("/healthz", '"ok"'), ("/readyz", '"ready"')]:
                async with http.get(path) as answer:
                    assert (answer.status, said in await answer.text()) == (200, True)
            async with http.get("/metrics") as answer:
                figures = await answer.text()
    for line in (
        'aspirasi_updates_total{outcome="done"}',
        "aspirasi_classification_seconds_count",
        'aspirasi_sends_total{lane="reply",outcome="done"}',
        "aspirasi_inbox_waiting 0.0",
        'aspirasi_processes{part="outgoing"} 1.0',
        'aspirasi_jobs_total{job="forget",outcome="done"}',
        "aspirasi_database_up 1.0",
        "aspirasi_troubles 0.0",
    ):
        assert line in figures
    assert not any(secret in figures for secret in ("Rahasiawati", number, str(siti.id), "Lampu"))


def test_the_dashboard_asks_only_for_figures_there_are_and_shows_each() -> None:
    board = json.loads((Path(__file__).parents[2] / "docs" / "grafana" / "aspirasi.json").read_text(encoding="utf-8"))
    asked = " ".join(target["expr"] for panel in board["panels"] for target in panel.get("targets", ()))
    named, endings = set(re.findall(r"aspirasi_\w+", asked)), {"counter": ["_total"], "histogram": ["_bucket"]}
    there = {metric.name + ending for metric in metrics.REGISTRY.collect() for ending in endings.get(metric.type, [""])}
    assert named == there


async def test_another_schema_is_not_ready(database: Database) -> None:
    port, stopping = free_port(), asyncio.Event()
    serving = asyncio.create_task(HealthServer(database, "127.0.0.1", port, Watch()).run(stopping))
    await listening(port)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/readyz") as answer:
        assert (answer.status, (await answer.json())["reason"]) == (503, "SchemaOutdated")
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE process RENAME TO elsewhere"))
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        assert (answer.status, "aspirasi_database_up 0.0" in await answer.text()) == (200, True)
    stopping.set()
    await serving


async def test_what_a_killed_process_had_in_hand_is_sent_by_others_within_seconds(database: Database) -> None:
    watch = Watch()
    one, two = (Pulse(database, ["outgoing"], watch, passed=lambda: watch().timestamp()) for _ in range(2))
    await one.beat()
    await two.beat()
    async with database.transaction() as session:
        for number in (1, 2):
            await outbox.put(session, now=watch(), lane=Lane.REPLY, chat_id=number, method="sendMessage", payload={})
        for pulse in (one, two):
            await claims.claim(session, watch(), 1, by=pulse.id)

    async def free() -> list[int]:
        async with database.transaction() as session:
            return [row.chat_id or 0 for row in await claims.claim(session, watch(), 9, by=one.id)]

    for _ in range(3):
        watch.turn(seconds=4)
        await one.beat()
        assert await free() == []
    watch.turn(seconds=3)
    await one.beat()
    assert await free() == [2], "its own row is still in hand"


async def test_processes_share_the_pace_and_a_dead_one_leaves_its_share(database: Database) -> None:
    watch = Watch()
    one, two, other = (Pulse(database, parts, watch) for parts in (["outgoing"], ["outgoing"], ["incoming"]))
    for pulse in (one, two, other, one):
        await pulse.beat()
    assert (one.senders, two.senders) == (2, 2)
    watch.turn(seconds=processes.ALIVE.total_seconds() + 1)  # two was killed
    await one.beat()
    assert one.senders == 1
    await two.farewell()  # ends as it should: gone at once
    async with database.reading() as session:
        assert await processes.live(session, watch()) == {"outgoing": 1}


async def test_a_killed_neighbour_on_this_machine_is_noticed_at_once(database: Database) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")
    watch = Watch()
    one, two = (Pulse(database, ["incoming", "outgoing"], watch) for _ in range(2))
    two.name = f"{machine()}:{child.pid}"
    await two.beat()
    async with database.transaction() as session:
        await outbox.put(session, now=watch(), lane=Lane.REPLY, chat_id=1, method="sendMessage", payload={})
        await claims.claim(session, watch(), 1, by=two.id)
    watch.turn(seconds=1)  # of two that began at the same moment either may lead
    await one.beat()
    assert (one.senders, one.leads) == (2, False)
    child.kill()
    await child.wait()
    await one.beat()
    assert (one.senders, one.leads) == (1, True)
    async with database.transaction() as session:
        assert [row.chat_id for row in await claims.claim(session, watch(), 9, by=one.id)] == [1]
