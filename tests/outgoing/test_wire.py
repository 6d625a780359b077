"""Our requests over aiohttp do what python-telegram-bot's own over httpx do, in good days and in bad ones."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram import InputFile, InputMediaPhoto
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot
from telegram.request import BaseRequest, HTTPXRequest

from bot.outgoing.wire import Wire
from bot.simulator import Limits, Simulator

TROUBLES = ("429", "500", "502", "cut", "half", "timeout_but_delivered")
PICTURE = b"\x89PNG\r\n\x1a\n" + b"x" * 70_000


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator.running(limits=Limits.off()) as sim:
        sim.faults.hold = 3
        yield sim


def bot_of(sim: Simulator, request: BaseRequest, url: str | None = None) -> ExtBot[None]:
    url = url or sim.url
    return ExtBot(sim.token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", request=request)


async def refusal(bot: ExtBot[None], chat_id: int) -> TelegramError:
    async with bot.request:
        with pytest.raises(TelegramError) as told:
            await bot.do_api_request("SendMessage", api_kwargs={"chat_id": chat_id, "text": "halo"})
    return told.value


@pytest.mark.parametrize("kind", TROUBLES)
async def test_trouble_is_told_as_httpx_tells_it(sim: Simulator, kind: Any) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    found = []
    for request in (Wire(4, connect=1, read=0.3, write=1), HTTPXRequest(read_timeout=0.3)):
        sim.faults.next("sendMessage", kind=kind)
        found.append(await refusal(bot_of(sim, request), siti.id))
    ours, theirs = found
    assert type(ours) is type(theirs)
    assert kind in {"cut", "half"} or ours.message == theirs.message
    assert isinstance(ours, TimedOut) == (kind == "timeout_but_delivered")
    assert len([line for line in siti.screen() if line.from_bot]) == 2 * (kind in {"half", "timeout_but_delivered"})


async def test_nobody_at_home_is_a_network_error_that_does_not_say_the_token(sim: Simulator) -> None:
    error = await refusal(bot_of(sim, Wire(4, connect=1, read=1, write=1), "http://127.0.0.1:1"), 1)
    assert type(error) is NetworkError
    assert sim.token not in error.message


async def test_who_does_not_read_what_is_sent_is_not_waited_for_without_end(sim: Simulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # the kernel takes the connection, nobody reads
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        bot, large = bot_of(sim, Wire(4, connect=0.1, read=0.1, write=9), url), InputFile(b"x" * 30_000_000)
        async with bot.request:
            with pytest.raises(TimedOut):
                await bot.do_api_request("SendDocument", {"chat_id": 1, "document": large}, write_timeout=0.1)


async def test_pictures_albums_and_files_arrive_as_they_were(sim: Simulator) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    bot = bot_of(sim, Wire(4, connect=5, read=5, write=5))
    media = [InputMediaPhoto(PICTURE, caption='Lampu & "jalan" é'), InputMediaPhoto(PICTURE + b"2")]
    sent: dict[str, dict[str, Any]] = {
        "SendPhoto": {"photo": InputFile(PICTURE, filename="gambar.png"), "caption": "é ✅"},
        "SendDocument": {"document": InputFile(b"a;b\n", filename="laporan é.csv"), "caption": "tabel"},
        "SendMediaGroup": {"media": media},
    }
    async with bot:
        for method, parameters in sent.items():
            await bot.do_api_request(method, api_kwargs={"chat_id": siti.id} | parameters)
        stored = {file.name: file for file in sim.world.files.by_path.values()}
        photo = next(file for file in stored.values() if file.content == PICTURE)
        got = await (await bot.get_file(photo.file_id)).download_as_bytearray()
    assert bytes(got) == PICTURE
    assert stored["laporan é.csv"].content == b"a;b\n"
    assert PICTURE + b"2" in [file.content for file in stored.values()]
    captions = [line.text for line in siti.screen() if line.from_bot]
    assert "é ✅" in captions[0]
    assert 'Lampu & "jalan" é' in captions[2]


async def test_a_connection_is_used_again_and_closed_at_the_end(sim: Simulator) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    request = Wire(1, connect=5, read=5, write=5)
    bot = bot_of(sim, request)
    for _ in range(2):  # a sender that stopped may start again
        async with request:
            for _ in range(3):
                await bot.do_api_request("SendMessage", api_kwargs={"chat_id": siti.id, "text": "halo"})
    assert len([line for line in siti.screen() if line.from_bot]) == 6
    with pytest.raises(NetworkError):
        await bot.do_api_request("SendMessage", api_kwargs={"chat_id": siti.id, "text": "sesudah"})
