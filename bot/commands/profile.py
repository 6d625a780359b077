"""What Telegram shows of the bot: name, descriptions, menu button, commands per role. Set by `doctor --apply`."""

import asyncio
from typing import Any

import aiohttp

from bot import menus
from bot.commands import settings as found
from bot.config import Settings
from storage import migrate
from storage.tables import Officer

PAUSE = 0.05
"""Seconds between two officers' menus: 20 requests a second, below Telegram's 30."""


class Refusal(Exception):
    """Telegram's word on a request it does not take."""


async def apply(settings: Settings) -> list[str]:
    """Set whatever differs; what was done, line by line. Texts are asked for first: Telegram lets a bot change its name
    only a few times a day.

    Raises: Refusal; aiohttp.ClientError, TimeoutError where Telegram cannot be reached.
    """
    base = f"{settings.telegram.api.rstrip('/')}/bot{settings.telegram.token}"
    timeout = aiohttp.ClientTimeout(total=15)
    async with aiohttp.ClientSession(base_url=f"{base}/", timeout=timeout) as http:
        return [
            *[await _text(http, field, words) for field, words in menus.profile(settings.city.name).items()],
            await _menu_button(http),
            await _commands(http, await _officers(settings)),
        ]


async def _text(http: aiohttp.ClientSession, field: str, words: str) -> str:
    method = "My" + field.title().replace("_", "")
    if (await _ask(http, f"get{method}"))[field] == words:
        return f"{field}: as it should be"
    await _ask(http, f"set{method}", **{field: words})
    return f"{field}: set"


async def _menu_button(http: aiohttp.ClientSession) -> str:
    wanted = {"type": "commands"}
    if await _ask(http, "getChatMenuButton") == wanted:
        return "menu button: as it should be"
    await _ask(http, "setChatMenuButton", menu_button=wanted)
    return "menu button: set"


async def _commands(http: aiohttp.ClientSession, officers: list[Officer]) -> str:
    for payload in menus.for_everybody():
        await _ask(http, "setMyCommands", **payload)
    strangers = 0
    for officer in officers:
        try:
            await _ask(http, "setMyCommands", **menus.for_officer(officer))
        except Refusal:  # named as an administrator, but has not written to the bot yet
            strangers += 1
        await asyncio.sleep(PAUSE)
    missing = f"; {strangers} have not written to the bot yet" if strangers else ""
    return f"commands: set for citizens, groups and {len(officers) - strangers} of the staff{missing}"


async def _officers(settings: Settings) -> list[Officer]:
    """Those at work; nobody where the database is still empty."""
    database = found.database(settings)
    try:
        if await migrate.current(database) is None:
            return []
        async with database.reading() as session:
            return list(await menus.at_work(session))
    finally:
        await database.close()


async def _ask(http: aiohttp.ClientSession, method: str, **payload: Any) -> Any:
    async with http.post(method, json=payload) as response:
        answer = await response.json()
    if not answer["ok"]:
        raise Refusal(answer["description"])
    return answer["result"]
