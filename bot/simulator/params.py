"""Reads a Bot API request: query, urlencoded, JSON or multipart, in one shape."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.simulator.errors import Refusal, bad_request
from bot.simulator.model import Json

JSON_FIELDS = frozenset(
    {
        "reply_markup",
        "entities",
        "caption_entities",
        "media",
        "allowed_updates",
        "commands",
        "scope",
        "reply_parameters",
        "link_preview_options",
        "menu_button",
        "message_ids",
    }
)
"""Parameters whose value is JSON even when it arrives as a string."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot: the method as it was written, its parameters, and the files by field name."""

    method: str
    params: Json
    uploads: dict[str, Upload] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or `default` when it is missing."""
        return self.params.get(name, default)

    def text(self, name: str) -> str:
        """A parameter as text; missing is empty."""
        value = self.params.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number. Raises a 400 when it is not one."""
        value = self.params.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'can\'t parse "{name}" as an integer') from None

    def flag(self, name: str) -> bool:
        """A boolean, written in any of the ways clients write it."""
        return str(self.params.get(name, "")).lower() in ("true", "1", "yes")


async def read_call(request: web.Request, method: str) -> Call:
    """Decode a request. Raises a 400 when the body is not what its content type says."""
    params: Json = dict(request.query)
    uploads: dict[str, Upload] = {}
    kind = request.content_type
    if request.method == "POST" and request.can_read_body:
        if kind == "application/json":
            params |= await _json_body(request)
        elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    uploads[name] = Upload(value.filename or name, value.content_type, value.file.read())
                elif isinstance(value, bytes):
                    uploads[name] = Upload(name, "application/octet-stream", value)
                else:
                    params[name] = value
    return Call(method, {name: _decode(name, value) for name, value in params.items() if value is not None}, uploads)


async def _json_body(request: web.Request) -> Json:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Refusal(400, "Bad Request: can't parse request body as JSON") from None
    if not isinstance(body, dict):
        raise bad_request("request body must be a JSON object")
    return body


def _decode(name: str, value: Any) -> Any:
    if name not in JSON_FIELDS or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        # left as text: whoever needs it refuses it in the words that belong to that parameter
        return value
