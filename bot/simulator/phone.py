"""A phone with one account: identity, chats, and everything one can send. What a person does with it is `Person`."""

import time
from collections.abc import Mapping
from typing import Any

from bot.simulator import actions
from bot.simulator.files import describe, photo_sizes, sample_picture
from bot.simulator.group import Group
from bot.simulator.model import Account, Chat, Json
from bot.simulator.screen import Line, line_of
from bot.simulator.world import World

CITY_HALL = (-6.3946, 106.8227)
"""Balai Kota Depok, latitude and longitude: where people are unless they say otherwise."""


class Phone:
    """Sends messages of every kind. Methods that take `chat` use the private chat unless a group is given."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self.account = account
        self.mark = 0
        """Sequence number of this person's last own action: what is newer is an answer to it."""
        self.opened: list[str] = []
        """Addresses of url buttons this person has pressed."""
        self._acted = time.monotonic()

    @property
    def id(self) -> int:
        """The Telegram user id, which is also the id of the private chat."""
        return self.account.id

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(filter(None, (self.account.first_name, self.account.last_name)))

    async def sends(
        self, fields: Mapping[str, Any], *, chat: Group | None = None, reply_to: Line | None = None
    ) -> Line:
        """Send a message of any shape: `fields` are those of the Bot API Message."""
        place = self._chat(chat)
        return self._write(place, {**fields, **actions.reply_fields(place, reply_to.message_id if reply_to else None)})

    async def sends_photo(
        self,
        caption: str | None = None,
        album: str | None = None,
        content: bytes | None = None,
        *,
        chat: Group | None = None,
        number: int = 0,
        reply_to: Line | None = None,
    ) -> Line:
        """Send a photo (a drawn sample unless `content` is given); `album` ties several together."""
        stored = self._world.files.add("photo", content or sample_picture(number), "foto.png", "image/png")
        extra = {"media_group_id": album} if album else {}
        return await self.sends(
            {"photo": photo_sizes(stored), **_caption(caption), **extra}, chat=chat, reply_to=reply_to
        )

    async def sends_album(self, n: int, caption: str | None = None) -> list[Line]:
        """Send `n` photos as one album; the caption is on the first, as apps do."""
        self._world.albums += 1
        album = str(self._world.albums)
        return [await self.sends_photo(caption if i == 0 else None, album, number=i) for i in range(n)]

    async def sends_location(
        self, lat: float = CITY_HALL[0], lon: float = CITY_HALL[1], *, chat: Group | None = None
    ) -> Line:
        """Send a pin; degrees."""
        return await self.sends({"location": {"latitude": lat, "longitude": lon}}, chat=chat)

    async def sends_venue(self, title: str, address: str, lat: float = CITY_HALL[0], lon: float = CITY_HALL[1]) -> Line:
        """Send a named place; degrees."""
        location = {"latitude": lat, "longitude": lon}
        return await self.sends(
            {"venue": {"location": location, "title": title, "address": address}, "location": location}
        )

    async def sends_voice(self, duration: int = 5, content: bytes | None = None) -> Line:
        """Send a voice message; seconds."""
        return await self._sends_file("voice", content, "", "audio/ogg", {"duration": duration})

    async def sends_video(self, caption: str | None = None, content: bytes | None = None) -> Line:
        """Send a video."""
        about = {"width": 640, "height": 360, "duration": 8}
        return await self._sends_file("video", content, "video.mp4", "video/mp4", about, caption)

    async def sends_document(
        self,
        name: str = "surat.pdf",
        caption: str | None = None,
        content: bytes | None = None,
        mime: str = "application/pdf",
    ) -> Line:
        """Send a file."""
        return await self._sends_file("document", content, name, mime, {}, caption)

    async def sends_sticker(self, emoji: str = "👍") -> Line:
        """Send a sticker."""
        about = {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return await self._sends_file("sticker", None, f"{emoji}.webp", "image/webp", about)

    async def sends_contact(self, phone: str = "+6281200000000", *, own: bool = True) -> Line:
        """Send a phone number: one's own, as the contact button does, or somebody else's."""
        whose = {"user_id": self.id, "first_name": self.account.first_name} if own else {"first_name": "Tetangga"}
        return await self.sends({"contact": {"phone_number": phone, **whose}})

    async def _sends_file(
        self, kind: str, content: bytes | None, name: str, mime: str, about: Json, caption: str | None = None
    ) -> Line:
        stored = self._world.files.add(kind, content or f"{kind} {name}".encode(), name, mime)
        named = {"file_name": name} if kind in ("document", "video") else {}
        shape = {} if kind == "sticker" else {"mime_type": mime}
        return await self.sends({kind: {**describe(stored), **shape, **about, **named}, **_caption(caption)})

    def _write(self, chat: Chat, fields: Json) -> Line:
        record = actions.write(self._world, self.account, chat, fields)
        self._done()
        return line_of(record.body, from_bot=False)

    def _done(self) -> None:
        self.mark = self._world.sequence
        self._acted = time.monotonic()

    def _chat(self, chat: Group | None) -> Chat:
        return self._world.chats[self.id if chat is None else chat.id]

    def _chats(self, chat: Group | None) -> list[Chat]:
        if chat is not None:
            return [self._chat(chat)]
        return [self._world.chats[number] for number in (self.id, *self._world.groups_of.get(self.id, ()))]


def _caption(caption: str | None) -> Json:
    return actions.text_fields(caption, "caption") if caption else {}
