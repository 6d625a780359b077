"""Files with their bytes, kept in memory under ids that look like Telegram's."""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

from bot.simulator.errors import bad_request
from bot.simulator.model import Json, StoredFile

MAX_DOWNLOAD = 20 * 1024 * 1024
"""Bytes a bot may fetch with getFile (https://core.telegram.org/bots/api#getfile)."""
FOLDERS = {"photo": "photos", "document": "documents", "video": "videos", "voice": "voice", "sticker": "stickers"}
MAGIC = {b"\x89PNG": ("png", "image/png"), b"\xff\xd8\xff": ("jpg", "image/jpeg"), b"GIF8": ("gif", "image/gif")}
DEFAULT_SIZE = (1280, 960)


class FileStore:
    """All files of one simulator, by file id and by download path."""

    def __init__(self) -> None:
        self.by_id: dict[str, StoredFile] = {}
        self.by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, content: bytes, name: str = "", mime: str = "application/octet-stream") -> StoredFile:
        """Keep a file and give it its ids."""
        number = len(self.by_id) + 1
        digest = hashlib.sha256(content + kind.encode()).hexdigest()
        extension = (
            name.rsplit(".", 1)[-1]
            if "." in name
            else {"photo": "jpg", "voice": "oga", "video": "mp4"}.get(kind, "bin")
        )
        path = f"{FOLDERS.get(kind, 'files')}/file_{number}.{extension}"
        stored = StoredFile(
            f"SIM{kind[:2].upper()}{number:06d}{digest[:24]}", digest[24:40], kind, name, mime, content, path
        )
        self.by_id[stored.file_id] = self.by_path[path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile:
        """The file, or Telegram's 400 for an id it does not know."""
        stored = self.by_id.get(file_id)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return stored


def sniff(content: bytes) -> tuple[str, str] | None:
    """(extension, mime type) of a picture by its first bytes, or None when it is no picture Telegram takes."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp", "image/webp"
    return next((found for magic, found in MAGIC.items() if content.startswith(magic)), None)


def pixel_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG in pixels; a plausible guess for anything else."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content) or DEFAULT_SIZE
    return DEFAULT_SIZE


def describe(stored: StoredFile) -> Json:
    """The part of a Bot API file object that every kind shares."""
    return {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": len(stored.content)}


def photo_sizes(stored: StoredFile) -> list[Json]:
    """PhotoSize objects, smallest first: the last one is the picture itself, as bots expect."""
    width, height = pixel_size(stored.content)
    scale = min(1.0, 90 / max(width, height, 1))
    small = {**describe(stored), "file_unique_id": stored.unique_id + "s"}
    small |= {"width": max(1, int(width * scale)), "height": max(1, int(height * scale))}
    return [small, {**describe(stored), "width": width, "height": height}]


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 < len(content) and content[position] == 0xFF:
        marker, size = content[position + 1], int.from_bytes(content[position + 2 : position + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return int(width), int(height)
        position += 2 + size
    return None


@lru_cache(maxsize=32)
def sample_picture(number: int = 0) -> bytes:
    """A small valid PNG (a street at dusk under a lamp, a little different for each number) to send as a photo."""
    width, height = 320, 240
    rows = b"".join(b"\x00" + bytes(_street_row(y, width, height, number)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def _street_row(y: int, width: int, height: int, number: int) -> Iterator[int]:
    pole, horizon = 60 + 37 * number % 200, height * 2 // 3
    for x in range(width):
        if abs(x - pole) < 3 and 60 < y < horizon + 12:
            yield from (40, 44, 52)
        elif (x - pole - 14) ** 2 + (y - 60) ** 2 < 110:
            yield from (250, 214, 120)
        elif y < horizon:
            yield from (52 + y // 2, 72 + (y + 17 * number) % 60 // 2, 120 + y // 4)
        elif abs(y - (horizon + height) // 2) < 3 and x // 24 % 2:
            yield from (214, 214, 206)
        else:
            yield from (78, 80, 84)
