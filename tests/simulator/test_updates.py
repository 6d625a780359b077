"""How updates reach the bot: the long poll, the webhook, and what may go wrong on the way."""

import asyncio
import json
import time
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.simulator import Simulator
from tests.simulator.conftest import Call

URL = "{0.url}/bot{0.token}/sendMessage"


async def test_a_long_poll_waits_for_the_message(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    poll = asyncio.ensure_future(call("getUpdates", timeout=10))
    await asyncio.sleep(0.15)
    assert not poll.done()
    await siti.says("Halo")
    updates = (await poll)["result"]
    assert [item["message"]["text"] for item in updates] == ["Halo"]


async def test_a_long_poll_ends_empty_after_its_timeout(sim: Simulator, call: Call) -> None:
    began = time.monotonic()
    assert (await call("getUpdates", timeout=1))["result"] == []
    assert 0.9 < time.monotonic() - began < 2


async def test_an_update_stays_until_it_is_confirmed(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    for text in "abc":
        await siti.says(text)
    first = (await call("getUpdates", limit=2))["result"]
    assert (await call("getUpdates", limit=2))["result"] == first
    rest = (await call("getUpdates", offset=first[-1]["update_id"] + 1))["result"]
    assert [item["message"]["text"] for item in rest] == ["c"]
    assert sim.pending_updates == 1
    await siti.says("d")
    last = (await call("getUpdates", offset=-1))["result"]
    assert [item["message"]["text"] for item in last] == ["d"]


async def test_only_the_wanted_kinds_are_kept_and_the_wish_is_remembered(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    await call("getUpdates", allowed_updates=["callback_query"])
    await siti.says("tidak diminta")
    assert (await call("getUpdates"))["result"] == []
    await call("getUpdates", allowed_updates=[])
    await siti.says("diminta")
    assert len((await call("getUpdates"))["result"]) == 1


async def test_duplicates_come_once_more_after_the_confirmation(sim: Simulator, call: Call) -> None:
    sim.duplicate_updates = True
    siti = sim.person("Siti")
    await siti.says("a")
    first = (await call("getUpdates"))["result"]
    offset = first[0]["update_id"] + 1
    assert (await call("getUpdates", offset=offset))["result"] == first
    assert (await call("getUpdates", offset=offset))["result"] == []


async def test_a_raw_update_arrives_as_it_is(sim: Simulator, call: Call) -> None:
    sim.push_raw_update({"poll_of_the_future": {"x": 1}})
    sim.push_raw_update({"update_id": 5, "message": None})
    updates = (await call("getUpdates"))["result"]
    assert updates[0]["poll_of_the_future"] == {"x": 1}
    assert updates[1] == {"update_id": 5, "message": None}


async def test_the_webhook_gets_each_update_in_order_until_it_says_200(sim: Simulator, call: Call) -> None:
    got: list[tuple[str | None, dict[str, Any]]] = []
    answers = [500, 403, 200, 200, 200]

    async def hook(request: web.Request) -> web.Response:
        got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        return web.Response(status=answers.pop(0) if answers else 200)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    siti = sim.person("Siti")
    try:
        assert (await call("setWebhook", url=url, secret_token="rahasia_1"))["ok"]
        conflict = await call("getUpdates")
        assert (conflict["error_code"], conflict["description"][:25]) == (409, "Conflict: can't use getUp")
        await siti.says("a")
        await siti.says("b")
        await siti.says("c")
        while sim.pending_updates:
            await asyncio.sleep(0.01)
        assert [body["message"]["text"] for _, body in got] == ["a", "a", "a", "b", "c"]
        assert {secret for secret, _ in got} == {"rahasia_1"}
        info = (await call("getWebhookInfo"))["result"]
        assert info["url"] == url
        assert info["last_error_message"].startswith("Wrong response from the webhook: 403")
        assert (await call("deleteWebhook"))["ok"]
        await siti.says("d")
        assert len((await call("getUpdates"))["result"]) == 1
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("502", 502)])
async def test_an_ordered_fault_strikes_as_often_as_ordered(
    sim: Simulator, http: aiohttp.ClientSession, kind: Any, status: int
) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    sim.faults.next(method="sendMessage", times=2, kind=kind, chat_id=siti.id, retry_after=3)
    seen = []
    for _ in range(3):
        async with http.post(URL.format(sim), json={"chat_id": siti.id, "text": "a"}) as answer:
            seen.append(answer.status)
            body = await answer.text()
    assert seen == [status, status, 200]
    assert json.loads(body)["ok"]
    assert len(sim.sent) == 1


async def test_a_cut_connection_delivers_nothing(sim: Simulator, http: aiohttp.ClientSession) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    sim.faults.next(kind="cut")
    with pytest.raises(aiohttp.ClientError):
        await http.post(URL.format(sim), json={"chat_id": siti.id, "text": "a"})
    assert sim.sent == []


async def test_half_an_answer_means_delivered(sim: Simulator, http: aiohttp.ClientSession) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    sim.faults.next(kind="half")
    with pytest.raises(aiohttp.ClientError):
        async with http.post(URL.format(sim), json={"chat_id": siti.id, "text": "a"}) as answer:
            await answer.read()
    assert [line.text for line in siti.screen()][-1] == "a"


async def test_a_timeout_may_mean_delivered(sim: Simulator, http: aiohttp.ClientSession) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    sim.faults.next(kind="timeout_but_delivered")
    short = aiohttp.ClientTimeout(total=0.3)
    with pytest.raises(TimeoutError):
        await http.post(URL.format(sim), json={"chat_id": siti.id, "text": "a"}, timeout=short)
    assert len(sim.sent) == 1
    assert "a" in siti.screen()[-1]


def test_an_unknown_fault_is_an_error() -> None:
    simulator = Simulator()
    with pytest.raises(ValueError, match="unknown fault"):
        simulator.faults.next(kind="earthquake")  # type: ignore[arg-type]
