"""Albums: Telegram sends each picture as a message of its own; a handler sees them as one."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import Message, TelegramObject, Update

from bot.chat import file_in
from storage import conversations, inbox


class WholeAlbum(BaseMiddleware):
    """Gives a handler of messages `files`: the file of its message, or all files of an album.

    Pieces are put aside in silence until the last one that is here; then the handler is called once, with the message
    that has the caption. A piece that comes later than that counts as a message of its own.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if not isinstance(event, Message):
            return await handler(event, data)
        pieces = [event]
        if event.media_group_id is not None:
            pieces = await self.gathered(event, data)
            if not pieces:
                return None
        data["files"] = tuple(file for piece in pieces if (file := file_in(piece)))
        return await handler(next((piece for piece in pieces if piece.caption), pieces[0]), data)

    async def gathered(self, event: Message, data: dict[str, Any]) -> list[Message]:
        """All pieces that are here once the last one is handled; none before that."""
        session, now, update = data["session"], data["now"], data["event_update"]
        album = str(event.media_group_id)
        key = f"{event.chat.id}:{event.chat.id}:album"
        kept = await conversations.find(session, key)
        before = kept.data["pieces"] if kept and kept.data.get("album") == album else []
        assert isinstance(update, Update)  # noqa: S101
        if await inbox.goes_on(session, event.chat.id, update.update_id, album):
            await conversations.put(session, key, now, data={"album": album, "pieces": [*before, as_kept(event)]})
            return []
        await conversations.put(session, key, now, state="", data={})
        return [*(Message.model_validate(piece, context={"bot": event.bot}) for piece in before), event]


def as_kept(message: Message) -> dict[str, Any]:
    """A message as Telegram sent it. What is usual stays where it was said: a forward's origin is told by its type."""
    return message.model_dump(mode="json", exclude_unset=True)
