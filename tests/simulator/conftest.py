"""A simulator without limits for each test, and both libraries connected to it over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram.ext import ExtBot

from bot.simulator import Simulator

Json = dict[str, Any]
Call = Callable[..., Awaitable[Json]]


@pytest.fixture(autouse=True)
def durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns about its coming change of type unless told that we know."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def call(sim: Simulator, http: aiohttp.ClientSession) -> Call:
    """Call a Bot API method with bare HTTP: `await call("sendMessage", chat_id=1, text="a")`."""
    return caller(sim, http)


def caller(sim: Simulator, http: aiohttp.ClientSession) -> Call:
    async def call(method: str, **params: Any) -> Json:
        async with http.post(f"{sim.url}/bot{sim.token}/{method}", json=params) as answer:
            body: Json = await answer.json()
            assert body["ok"] is (answer.status == 200)
            return body

    return call


@pytest.fixture
async def ptb(sim: Simulator) -> AsyncIterator[ExtBot[None]]:
    bot: ExtBot[None] = ExtBot(sim.token, base_url=f"{sim.url}/bot", base_file_url=f"{sim.url}/file/bot")
    async with bot:
        yield bot


@pytest.fixture
async def aio(sim: Simulator) -> AsyncIterator[Bot]:
    bot = aiogram_bot(sim)
    yield bot
    await bot.session.close()


def aiogram_bot(sim: Simulator) -> Bot:
    return Bot(sim.token, session=AiohttpSession(api=TelegramAPIServer.from_base(sim.url)))


@asynccontextmanager
async def polling(dispatcher: Dispatcher, bot: Bot) -> AsyncIterator[None]:
    """A dispatcher that polls for the length of the block."""
    task = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False))
    await asyncio.sleep(0.05)
    try:
        yield
    finally:
        with suppress(RuntimeError):
            await dispatcher.stop_polling()
        await task
