"""Who the bot is, by Telegram's word: asked once at the start."""

import asyncio
import json
import logging

import aiohttp
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import User

log = logging.getLogger(__name__)


class BadToken(Exception):
    """Telegram does not know this token."""

    code = "bad_token"


async def ask(token: str, api: str) -> User:
    """One question. Raises: BadToken, aiohttp.ClientError, TimeoutError, ValueError."""
    url = TelegramAPIServer.from_base(api).api_url(token, "getMe")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as http, http.post(url) as response:
        answer = json.loads(await response.read())
    if answer.get("error_code") in {401, 404}:
        raise BadToken
    return User.model_validate(answer["result"])


async def who_am_i(token: str, api: str, stopping: asyncio.Event) -> User | None:
    """Ask until there is an answer; None if told to stop before. Raises: BadToken."""
    pause = 1.0
    while not stopping.is_set():
        try:
            return await ask(token, api)
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            log.warning("Telegram cannot be reached: %s; again in %.0f s", type(error).__name__, pause)
            try:
                await asyncio.wait_for(stopping.wait(), pause)
            except TimeoutError:
                pause = min(pause * 2, 30)
    return None
