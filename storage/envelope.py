"""A file sealed with one key, however large: AES-256-GCM in chunks, each bound to its place and the last one marked.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): a chunk moved, dropped or cut off does not open.
"""

import base64
import json
import os
from collections.abc import Iterable, Iterator
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"aspirasi-backup-1\n"
CHUNK = 1 << 20
TAG = 16


class NotABackup(Exception):
    """The file is none of ours."""

    code = "not_a_backup"


class CannotOpen(Exception):
    """Another key, or the file was changed or cut off."""

    code = "cannot_open"


class BadKey(ValueError):
    """Not 32 bytes in URL-safe base64."""

    code = "bad_key"


def cipher(key: str) -> AESGCM:
    """Raises: BadKey."""
    try:
        return AESGCM(base64.urlsafe_b64decode(key))
    except ValueError as error:
        raise BadKey("must be 32 random bytes in URL-safe base64; `aspirasi key` makes one") from error


def write(out: IO[bytes], key: str, header: dict[str, Any], parts: Iterable[bytes]) -> None:
    """Seal `parts`, with a header that anybody may read and nobody may change. Raises: BadKey."""
    sealed, prefix = cipher(key), os.urandom(7)
    head = MAGIC + json.dumps(header | {"nonce": prefix.hex()}).encode() + b"\n"
    out.write(head)
    for number, (chunk, last) in enumerate(_chunks(parts)):
        out.write(sealed.encrypt(_nonce(prefix, number, last), chunk, head if number == 0 else None))


def header(source: IO[bytes]) -> dict[str, Any]:
    """The header, unproven until the file is opened. Raises: NotABackup."""
    return _head(source)[1]


def read(source: IO[bytes], key: str) -> Iterator[bytes]:
    """What was sealed, chunk by chunk. Raises: NotABackup, BadKey, CannotOpen."""
    sealed, (head, facts) = cipher(key), _head(source)
    prefix, number = bytes.fromhex(facts["nonce"]), 0
    chunk = source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        try:
            yield sealed.decrypt(_nonce(prefix, number, not following), chunk, head if number == 0 else None)
        except InvalidTag as error:
            raise CannotOpen from error
        if not following:
            return
        chunk, number = following, number + 1


def _head(source: IO[bytes]) -> tuple[bytes, dict[str, Any]]:
    if source.read(len(MAGIC)) != MAGIC:
        raise NotABackup
    line = source.readline(65536)
    try:
        facts = json.loads(line)
        bytes.fromhex(facts["nonce"])
    except (ValueError, TypeError, KeyError) as error:
        raise NotABackup from error
    return MAGIC + line, facts


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _chunks(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Whole chunks and a last one, which may be empty."""
    rest = b""
    for part in parts:
        rest += part
        while len(rest) > CHUNK:
            yield rest[:CHUNK], False
            rest = rest[CHUNK:]
    yield rest, True
