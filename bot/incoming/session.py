"""aiogram's session, turned round: a request becomes a row of the outbox, within the transaction of the update."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.base import BaseSession
from aiogram.methods import AnswerCallbackQuery, GetMe, SendChatAction, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import User
from pydantic import TypeAdapter

from bot.incoming.turn import current
from storage import outbox
from storage.tables import Lane

PLAIN: TypeAdapter[Any] = TypeAdapter(Any)
JSON = (str, int, bool, float)
"""Types whose values are what JSON calls them; not those made of them, such as enumerations."""
WORTH = timedelta(seconds=15)
"""A toast or a "typing..." that is older than this is dropped."""


class OutboxSession(BaseSession):
    """`await message.answer(...)` in a handler owes the message; the sender delivers it after the commit.

    There is nothing to return yet: a method that sends gives None, so no handler can build on a message's id.
    """

    def __init__(self, me: User) -> None:
        super().__init__()
        self.me = me

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109
    ) -> Any:
        if isinstance(method, GetMe):
            return self.me
        turn = current.get()
        instant = isinstance(method, AnswerCallbackQuery | SendChatAction)
        payload = plain(bot, method)
        await outbox.put(
            turn.session,
            now=turn.now,
            lane=Lane.INSTANT if instant else Lane.REPLY,
            chat_id=payload.get("chat_id") if not instant else None,
            method=method.__api_method__,
            payload=payload,
            # the same update handled again after a crash owes the same rows: they were rolled back with it
            dedupe_key=f"update:{turn.update_id}:{turn.replies}",
            lifetime=WORTH if instant else None,
        )
        turn.replies += 1
        turn.answered |= isinstance(method, AnswerCallbackQuery)
        return True if instant else None

    async def close(self) -> None:
        pass

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError("files are never downloaded")
        yield b""


def plain(bot: Bot, method: TelegramMethod[Any]) -> dict[str, Any]:
    """A method's parameters as JSON values, with the bot's defaults (such as the parse mode) filled in."""
    values: dict[str, Any] = {}
    for name, value in vars(method).items():
        if isinstance(value, Default):
            value = bot.default[value.name]
        if value is not None:
            values[name] = value if type(value) in JSON else PLAIN.dump_python(value, mode="json", exclude_none=True)
    return values
