"""People do what people do, and tests can wait for what they see."""

import asyncio
import base64
import re
import time
from typing import Any

import aiohttp
import pytest

from bot.simulator import Simulator
from bot.simulator.errors import Impossible
from tests.simulator.conftest import Call

Json = dict[str, Any]


def inline(*labels: str) -> Json:
    return {"inline_keyboard": [[{"text": label, "callback_data": label.lower()} for label in labels]]}


async def later(seconds: float, call: Call, method: str, **params: Any) -> None:
    await asyncio.sleep(seconds)
    assert (await call(method, **params))["ok"]


async def test_waiting_finds_what_came_after_the_last_own_action(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    await call("sendMessage", chat_id=siti.id, text="Nomor DPK-1")
    await siti.waits_for("DPK-1")
    before = siti.now()
    await siti.says("lagi")
    with pytest.raises(AssertionError, match=r"waited 0.1 s for 'DPK-'(.*\n)+.*bot #2: Nomor DPK-1"):
        await siti.waits_for("DPK-", timeout=0.1)
    task = asyncio.create_task(later(0.1, call, "sendMessage", chat_id=siti.id, text="Nomor DPK-2"))
    line = await siti.waits_for(re.compile(r"DPK-\d"), since=before)
    assert str(line) == "Nomor DPK-2"
    assert "DPK-2" in siti.hears
    await task


async def test_an_edit_is_news_and_old_lines_stay_as_they_were(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    sent = await call("sendMessage", chat_id=siti.id, text="Lama", reply_markup=inline("Setuju"))
    old = await siti.waits_for("Lama")
    await siti.says("x")
    await call("editMessageText", chat_id=siti.id, message_id=sent["result"]["message_id"], text="Baru")
    new = await siti.waits_for("Baru")
    assert (old.text, old.buttons, new.message_id) == ("Lama", ("Setuju",), old.message_id)
    await siti.taps_old(old, "Setuju")
    press = (await call("getUpdates"))["result"][-1]["callback_query"]
    assert (press["data"], press["message"]["text"]) == ("setuju", "Baru")
    await call("deleteMessage", chat_id=siti.id, message_id=old.message_id)
    await siti.taps_old(old, "Setuju")
    gone = (await call("getUpdates"))["result"][-1]["callback_query"]
    assert gone["message"]["date"] == 0


async def test_a_tap_waits_for_the_button_and_names_those_it_saw(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    task = asyncio.create_task(
        later(0.2, call, "sendMessage", chat_id=siti.id, text="?", reply_markup=inline("Kirim", "Batal"))
    )
    await siti.taps("kirim")
    await task
    with pytest.raises(AssertionError, match=r"no button 'Hapus'; buttons seen: Kirim, Batal"):
        await siti.taps("Hapus", timeout=0.1)


async def test_a_fresh_button_is_preferred_to_an_old_one_with_the_same_label(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    await call("sendMessage", chat_id=siti.id, text="lama", reply_markup=inline("Kirim"))
    await siti.says("laporan kedua")
    task = asyncio.create_task(
        later(0.3, call, "sendMessage", chat_id=siti.id, text="baru", reply_markup=inline("Kirim"))
    )
    pressed = await siti.taps("Kirim")
    await task
    assert pressed.text == "baru"
    began = time.monotonic()
    assert (await siti.taps("Kirim")).text == "baru"
    assert time.monotonic() - began < 1.5


async def test_silence_can_be_checked(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    await siti.hears_nothing(for_seconds=0.05)
    task = asyncio.create_task(later(0.05, call, "sendMessage", chat_id=siti.id, text="ternyata"))
    with pytest.raises(AssertionError, match="ternyata"):
        await siti.hears_nothing(for_seconds=0.2)
    await task


async def test_impossible_things_are_impossible(sim: Simulator) -> None:
    siti, budi = sim.person("Siti"), sim.person("Budi")
    group = sim.group("Grup", [budi])
    own = await siti.says("a")
    for attempt in (siti.says(" "), budi.edits(own, "b"), siti.says("a", chat=group), siti.starts("tidak boleh spasi")):
        with pytest.raises(Impossible):
            await attempt
    siti.blocks()
    with pytest.raises(Impossible, match="blocked"):
        await siti.says("a")
    await siti.starts()
    assert siti.account.blocked is False


async def test_a_long_text_goes_out_in_parts_as_from_a_real_app(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    await siti.says("a" * 4096 + "😀")
    texts = [item["message"]["text"] for item in (await call("getUpdates"))["result"]]
    assert texts == ["a" * 4096, "😀"]


async def test_in_a_group_the_bot_hears_commands_replies_and_mentions_only(sim: Simulator, call: Call) -> None:
    budi, tri = sim.person("Budi"), sim.person("Tri")
    group = sim.group("Grup Dishub", [budi, tri], forum=True)
    await budi.says("halo semua", chat=group)
    await budi.says("/antrian", chat=group)
    await budi.says("/antrian@BotLain", chat=group)
    await budi.says("tolong @aspirasidepokbot", chat=group)
    await call("sendMessage", chat_id=group.id, text="Antrean", message_thread_id=7)
    await tri.replies(await tri.waits_for("Antrean", chat=group), "saya ambil")
    updates = (await call("getUpdates"))["result"]
    assert [item["message"].get("text") for item in updates if "message" in item] == [
        None,
        "/antrian",
        "tolong @aspirasidepokbot",
        "saya ambil",
    ]
    assert "my_chat_member" in updates[0]
    assert group.screen()[-2].raw["is_topic_message"] is True
    assert len(tri.screen(group)) == 7


async def test_other_processes_act_over_http(sim: Simulator, http: aiohttp.ClientSession, call: Call) -> None:
    async def post(path: str, body: Json) -> Json:
        async with http.post(f"{sim.url}/sim/{path}", json=body) as answer:
            result: Json = await answer.json()
            return result

    added = await post("people", {"name": "Siti Aminah", "role_label": "warga"})
    async with http.get(f"{sim.url}/sim/events?people={added['id']}") as events:
        act = {"person": added["id"]}
        assert (await post("act", {**act, "action": "starts"}))["result"]["text"] == "/start"
        await call("sendMessage", chat_id=added["id"], text="Pilih", reply_markup=inline("Ya"))
        heard = await post("act", {**act, "action": "waits_for", "arguments": {"text": "Pilih"}})
        target = {"chat_id": added["id"], "message_id": heard["result"]["message_id"]}
        await post("act", {**act, "action": "presses", "arguments": {"message": target, "data": "ya"}})
        photo = base64.b64encode(b"\x89PNG...").decode()
        sent = await post("act", {**act, "action": "sends_photo", "arguments": {"content": photo}})
        file_id = sent["result"]["raw"]["photo"][-1]["file_id"]
        stream = b"".join([await events.content.readline() for _ in range(8)])
    assert b'"kind": "message"' in stream
    assert b"Pilih" in stream
    async with http.get(f"{sim.url}/sim/files/{file_id}") as file:
        assert (await file.read(), file.content_type) == (b"\x89PNG...", "image/png")
    async with http.get(f"{sim.url}/sim/state") as answer:
        state = await answer.json()
    assert [(item["first_name"], item["role"], item["started"]) for item in state["people"]] == [
        ("Siti", "warga", True)
    ]
    async with http.get(f"{sim.url}/sim/chat/{added['id']}") as answer:
        assert len((await answer.json())["messages"]) == 3
    refused = await post("act", {**act, "action": "taps", "arguments": {"label": "Tidak", "timeout": 0.05}})
    assert refused["ok"] is False
    assert "no button" in refused["error"]
    assert (await post("act", {**act, "action": "__init__"}))["ok"] is False
    assert len((await post("faults", {"kind": "500", "times": 2}))["waiting"]) == 1
    assert (await post("faults", {"clear": True}))["waiting"] == []


async def test_other_web_pages_cannot_reach_the_room(sim: Simulator, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{sim.url}/sim/state", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
    async with http.post(f"{sim.url}/sim/people", data='{"name": "X"}') as answer:
        assert answer.status == 415


@pytest.mark.parametrize(
    ("path", "kind"), [("", "text/html"), ("chat.js", "text/javascript"), ("style.css", "text/css")]
)
async def test_the_page_is_served_and_asks_no_other_host(
    sim: Simulator, http: aiohttp.ClientSession, path: str, kind: str
) -> None:
    async with http.get(f"{sim.url}/{path}") as answer:
        text = await answer.text()
        assert (answer.status, answer.content_type) == (200, kind)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "innerHTML" not in text
    foreign = {address for address in re.findall(r"https?://[\w.]+", text) if "www.w3.org" not in address}
    assert foreign == set()


async def test_five_thousand_people_and_many_messages_stay_fast(sim: Simulator) -> None:
    people = [sim.person(f"Warga {n}", username=f"warga{n}") for n in range(5000)]
    for _ in range(4):
        for person in people:
            await person.says("PJU mati")
    began = time.monotonic()
    for _ in range(200):
        await people[17].says("masih mati")
        await people[17].hears_nothing(for_seconds=0)
    assert time.monotonic() - began < 1
    assert sim.pending_updates == 20_200
