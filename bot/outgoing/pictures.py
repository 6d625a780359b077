"""Looks at the photos that handlers want looked at, where the city allows it: fetched, measured, thrown away."""

import asyncio
import io
import logging
from typing import Any

from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.watching.steady import steadily
from storage import pictures
from storage.engine import Database

log = logging.getLogger(__name__)

IDLE = 1.0
"""Seconds between two looks at what is wanted."""

LARGEST = 5_000_000
"""Bytes of a photo that is fetched; Telegram's own photos are a tenth of it."""


class Looker:
    """Takes fingerprints until told to stop. Nothing of a photo is kept but 64 bits of what it looks like."""

    def __init__(self, database: Database, bot: ExtBot[Any]) -> None:
        self.database = database
        self.bot = bot

    async def run(self, stopping: asyncio.Event) -> None:
        async with self.bot:
            await steadily(self.look, asyncio.Event(), stopping, IDLE)

    async def look(self) -> bool:
        """Take one fingerprint; False where none is wanted."""
        async with self.database.reading() as session:
            wanted = await pictures.next_wanted(session)
        if wanted is None:
            return False
        found = await self._fingerprint(wanted.file_id)
        async with self.database.transaction() as session:
            await pictures.keep(session, wanted.file_unique_id, found)
        return True

    async def _fingerprint(self, file_id: str) -> str | None:
        """Sixteen hexadecimal digits; None for a photo that cannot be had or read."""
        try:
            file = await self.bot.get_file(file_id)
            if (file.file_size or 0) > LARGEST:
                return None
            content = bytes(await file.download_as_bytearray())
        except TelegramError as error:
            log.warning("a photo could not be fetched: %s", type(error).__name__)
            return None
        return await asyncio.to_thread(fingerprint, content)


def fingerprint(content: bytes) -> str | None:
    """The perceptual hash of a picture, which survives another size, format or compression; None for no picture."""
    import imagehash
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as picture:
            return str(imagehash.phash(picture))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
