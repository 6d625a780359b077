"""What Telegram refuses is refused, with Telegram's words."""

from typing import Any

import aiohttp
import pytest

from bot.simulator import Limits, Simulator
from tests.simulator.conftest import Call, caller

BROKEN_HTML = [
    ("<b>tebal", 'Can\'t find end tag corresponding to start tag "b"'),
    ("a</b>", "Unexpected end tag at byte offset 1"),
    ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("é<b><i>a</b></i>", 'Unmatched end tag at byte offset 9, expected "</i>", found "</b>"'),
    ("<h1>judul</h1>", 'Unsupported start tag "h1" at byte offset 0'),
    ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ("<br>", 'Unsupported start tag "br" at byte offset 0'),
    ("<b", "Unclosed start tag at byte offset 0"),
    ("<b>a</b", "Unclosed end tag at byte offset 4"),
    ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
]


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "A", **button}]]}


@pytest.mark.parametrize(("html", "why"), BROKEN_HTML)
async def test_broken_html_is_refused(sim: Simulator, call: Call, html: str, why: str) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    answer = await call("sendMessage", chat_id=siti.id, text=html, parse_mode="HTML")
    assert answer == {"ok": False, "error_code": 400, "description": f"Bad Request: can't parse entities: {why}"}
    caption = await call("sendMessage", chat_id=siti.id, text="a", parse_mode="BBCode")
    assert caption["description"] == "Bad Request: unsupported parse_mode"


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"text": ""}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "a", "reply_markup": inline(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": inline(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": inline(callback_data="")}, "BUTTON_DATA_INVALID"),
        (
            {"text": "a", "reply_markup": inline()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "a", "reply_markup": "{broken"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "a", "reply_markup": [1]}, "object expected as reply markup"),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": ["A"]}},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        ({"text": "a", "chat_id": 42}, "chat not found"),
        ({"text": "a", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "a", "chat_id": None}, "chat_id is empty"),
        ({"text": "a", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ],
)
async def test_a_bad_message_is_refused(sim: Simulator, call: Call, params: dict[str, Any], why: str) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    answer = await call("sendMessage", **{"chat_id": siti.id, **params})
    assert (answer["error_code"], answer["description"]) == (400, f"Bad Request: {why}")
    assert sim.sent == []


@pytest.mark.parametrize(
    "text", ["a" * 4096, "😀" * 2048, "<b>" + "a" * 4096 + "</b>", "&lt;&gt;&amp;&quot;&#33;", "<u>a<s>b</s></u>"]
)
async def test_the_largest_and_oddest_good_text_passes(sim: Simulator, call: Call, text: str) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    assert (await call("sendMessage", chat_id=siti.id, text=text, parse_mode="html"))["ok"]


@pytest.mark.parametrize(
    ("method", "params", "why"),
    [
        ("sendPhoto", {"photo": "unknown"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"photo": "https://example.org/a.png"}, "failed to get HTTP URL content"),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "x", "caption": "a" * 1025}, "message caption is too long"),
        ("sendMediaGroup", {"media": []}, "there are no messages to send"),
        ("getFile", {"file_id": "unknown"}, "invalid file_id"),
        ("sendLocation", {"latitude": 91, "longitude": 0}, "wrong latitude or longitude specified"),
        ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
        ("editMessageText", {"message_id": 999, "text": "a"}, "message to edit not found"),
        ("editMessageText", {"text": "a"}, "message identifier is not specified"),
        ("editMessageText", {"message_id": 1, "text": "a"}, "message can't be edited"),
        ("deleteMessage", {"message_id": 999}, "message to delete not found"),
        ("copyMessage", {"from_chat_id": 42, "message_id": 1}, "chat not found"),
        (
            "answerCallbackQuery",
            {"callback_query_id": "1"},
            "query is too old and response timeout expired or query ID is invalid",
        ),
        ("setMyCommands", {"commands": [{"command": "BIG ONE", "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ("setWebhook", {"url": "ftp://x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    ],
)
async def test_a_bad_request_is_refused(
    sim: Simulator, call: Call, method: str, params: dict[str, Any], why: str
) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    answer = await call(method, **{"chat_id": siti.id, **params})
    assert (answer["error_code"], answer["description"]) == (400, f"Bad Request: {why}")


async def test_an_edit_must_change_something(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    markup = inline(callback_data="1")
    sent = await call("sendMessage", chat_id=siti.id, text="<b>a</b>", parse_mode="HTML", reply_markup=markup)
    target = {"chat_id": siti.id, "message_id": sent["result"]["message_id"]}
    same = await call("editMessageText", **target, text=" <b>a</b>", parse_mode="HTML", reply_markup=markup)
    assert same["description"] == (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )
    assert (await call("editMessageText", **target, text="a", reply_markup=markup))["ok"]
    assert (await call("editMessageReplyMarkup", **target))["ok"]
    assert "is not modified" in (await call("editMessageReplyMarkup", **target))["description"]
    keyboard = {"keyboard": [["A"]]}
    refused = await call("editMessageText", **target, text="b", reply_markup=keyboard)
    assert refused["description"] == "Bad Request: inline keyboard expected"
    caption = await call("editMessageCaption", **target, caption="b")
    assert caption["description"] == "Bad Request: there is no caption in the message to edit"


async def test_a_button_press_is_answered_once_and_in_time(http: aiohttp.ClientSession) -> None:
    now = [1_800_000_000.0]
    async with Simulator.running(clock=lambda: now[0], callback_max_age=30) as sim:
        call = caller(sim, http)
        siti = sim.person("Siti")
        await siti.starts()
        await call("sendMessage", chat_id=siti.id, text="a", reply_markup=inline(callback_data="1"))
        await siti.taps("A")
        await siti.taps("A", grace=0)
        updates = (await call("getUpdates"))["result"]
        first, second = (item["callback_query"]["id"] for item in updates[-2:])
        assert (await call("answerCallbackQuery", callback_query_id=first, text="Ya", show_alert=True))["ok"]
        again = await call("answerCallbackQuery", callback_query_id=first)
        now[0] += 31
        late = await call("answerCallbackQuery", callback_query_id=second)
        assert again["description"] == late["description"]
        assert late["description"].startswith("Bad Request: query is too old")
        assert siti.alerts == [("Ya", True)]


async def test_people_out_of_reach(sim: Simulator, call: Call) -> None:
    siti = sim.person("Siti")
    group = sim.group("Grup", [siti])
    never = await call("sendMessage", chat_id=siti.id, text="a")
    assert (never["error_code"], never["description"]) == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    await siti.starts()
    siti.blocks()
    blocked = await call("sendMessage", chat_id=siti.id, text="a")
    assert (blocked["error_code"], blocked["description"]) == (403, "Forbidden: bot was blocked by the user")
    siti.unblocks()
    siti.deactivates()
    assert (await call("sendMessage", chat_id=siti.id, text="a"))["description"] == "Forbidden: user is deactivated"
    old = group.id
    sim.upgrade(group)
    moved = await call("sendMessage", chat_id=old, text="a")
    assert (moved["error_code"], moved["parameters"]) == (400, {"migrate_to_chat_id": group.id})
    assert moved["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    group.removes_bot()
    assert (await call("sendMessage", chat_id=group.id, text="a"))["error_code"] == 403


async def test_the_wrong_method_and_the_wrong_token(sim: Simulator, http: aiohttp.ClientSession, call: Call) -> None:
    assert await call("sendNothing") == {"ok": False, "error_code": 404, "description": "Not Found"}
    async with http.get(f"{sim.url}/bot1:X/getMe") as answer:
        assert (answer.status, await answer.json()) == (
            401,
            {"ok": False, "error_code": 401, "description": "Unauthorized"},
        )
    async with http.get(f"{sim.url}/bot{sim.token}/GETME?x=1") as answer:
        assert (await answer.json())["result"]["id"] == 123456
    form = {"chat_id": "42", "text": "a", "reply_markup": '{"inline_keyboard": []}'}
    async with http.post(f"{sim.url}/bot{sim.token}/sendmessage", data=form) as answer:
        assert (await answer.json())["description"] == "Bad Request: chat not found"


@pytest.mark.parametrize(("private", "burst"), [(True, 4), (False, 20)])
async def test_a_chat_has_its_own_limit(http: aiohttp.ClientSession, private: bool, burst: int) -> None:
    now = [1_800_000_000.0]
    async with Simulator.running(clock=lambda: now[0]) as sim:
        call = caller(sim, http)
        siti = sim.person("Siti")
        await siti.starts()
        chat_id = siti.id if private else sim.group("Grup", [siti]).id
        for _ in range(burst):
            assert (await call("sendMessage", chat_id=chat_id, text="a"))["ok"]
        refused = await call("sendMessage", chat_id=chat_id, text="a")
        wait = refused["parameters"]["retry_after"]
        assert (refused["error_code"], refused["description"]) == (429, f"Too Many Requests: retry after {wait}")
        assert wait == (1 if private else 3)
        assert sim.too_many_given == 1
        now[0] += wait
        assert (await call("sendMessage", chat_id=chat_id, text="a"))["ok"]


async def test_thirty_a_second_overall_and_no_limit_when_off(http: aiohttp.ClientSession, sim: Simulator) -> None:
    now = [1_800_000_000.0]
    async with Simulator.running(clock=lambda: now[0], limits=Limits(overall_burst=10)) as strict:
        call = caller(strict, http)
        people = [strict.person(f"Warga {n}") for n in range(11)]
        for person in people:
            await person.starts()
        answers = [await call("sendMessage", chat_id=person.id, text="a") for person in people]
        assert [answer["ok"] for answer in answers] == [True] * 10 + [False]
    free = caller(sim, http)
    siti = sim.person("Siti")
    await siti.starts()
    assert all([(await free("sendMessage", chat_id=siti.id, text="a"))["ok"] for _ in range(50)])
