"""The people API over HTTP and the chat page, for browsers and other processes."""

import asyncio
import base64
import binascii
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, is_dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulator.errors import Refusal
from bot.simulator.files import sniff
from bot.simulator.methods.setup import commands_for
from bot.simulator.model import Account, Chat, Json
from bot.simulator.screen import Line, line_of

if TYPE_CHECKING:
    from bot.simulator.simulator import Simulator

ACTIONS = re.compile(
    r"(starts|says|replies|edits|forwards|taps|taps_old|presses|forges|blocks|unblocks|waits_for|waits_for_alert"
    r"|sends|sends_(photo|album|location|venue|voice|video|document|sticker|contact)|hears_nothing|screen|keyboard)"
)
"""What may be asked for by name: methods of Person."""
PAGE = {
    "": ("index.html", "text/html"),
    "style.css": ("style.css", "text/css"),
    "chat.js": ("chat.js", "text/javascript"),
}
MAX_PEOPLE_SHOWN = 200
MAX_MESSAGES_SHOWN = 300
MAX_EVENTS_WAITING = 2000
SAFE_TO_SHOW = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/wav", "video/mp4"})
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_control(app: web.Application, simulator: "Simulator", *, local: bool) -> None:
    """Register the page and `/sim/...`. With `local`, requests under any other host name are turned away."""

    def guarded(handler: Handler) -> Handler:
        async def checked(request: web.Request) -> web.StreamResponse:
            # a web page elsewhere must not be able to chat in this room: DNS rebinding shows in the host name, and a
            # JSON body cannot be sent across origins without asking first
            if local and request.url.host not in ("127.0.0.1", "localhost", "::1"):
                raise web.HTTPForbidden(text="only from this machine")
            if request.method == "POST" and request.content_type != "application/json":
                raise web.HTTPUnsupportedMediaType(text="application/json expected")
            try:
                return await handler(request)
            except Refusal as refusal:
                return _error(refusal.code, refusal.description)
            except (AssertionError, KeyError, TypeError, ValueError, binascii.Error) as error:
                return _error(409 if isinstance(error, AssertionError) else 400, str(error) or type(error).__name__)

        return checked

    control = Control(simulator)
    for path, (name, mime) in PAGE.items():
        app.router.add_get(f"/{path}", guarded(_static(name, mime)))
    app.router.add_get("/sim/state", guarded(control.state))
    app.router.add_get("/sim/chat/{chat}", guarded(control.chat))
    app.router.add_get("/sim/events", guarded(control.events))
    app.router.add_get("/sim/files/{file_id}", guarded(control.file))
    app.router.add_post("/sim/people", guarded(control.people))
    app.router.add_post("/sim/act", guarded(control.act))
    app.router.add_post("/sim/faults", guarded(control.faults))


class Control:
    """The handlers, around one simulator."""

    def __init__(self, simulator: "Simulator") -> None:
        self.simulator = simulator
        self.world = simulator.world

    async def state(self, request: web.Request) -> web.Response:
        """The bot and the people (at most 200), each with their chats and command menus."""
        world = self.world
        accounts = [account for _, account in zip(range(MAX_PEOPLE_SHOWN), world.people.values(), strict=False)]
        about = world.profile.get("description:id") or world.profile.get("description", "")
        people = [self._person(account) for account in accounts]
        return _json({"bot": world.bot, "description": about, "people": people})

    async def chat(self, request: web.Request) -> web.Response:
        """The newest messages of one chat (300) and its reply keyboard."""
        chat = self.world.find_chat(request.match_info["chat"])
        records = [chat.messages[number] for number in list(chat.messages)[-MAX_MESSAGES_SHOWN:]]
        messages = [{"message": record.body, "from_bot": record.from_bot} for record in records]
        return _json({"messages": messages, "keyboard": chat.keyboard})

    async def people(self, request: web.Request) -> web.Response:
        """Add a person: name, and optionally username, language_code, role_label, id."""
        person = self.simulator.person(**await _body(request))
        return _json({"ok": True, "id": person.id})

    async def act(self, request: web.Request) -> web.Response:
        """Let a person act: {"person": id, "action": name, "arguments": {...}}."""
        body = await _body(request)
        person = self.simulator.people[int(body["person"])]
        action = str(body["action"])
        if not ACTIONS.fullmatch(action):
            raise ValueError(f"unknown action {action!r}")
        arguments = {name: self._argument(name, value) for name, value in (body.get("arguments") or {}).items()}
        result = getattr(person, action)(**arguments)
        if asyncio.iscoroutine(result):
            result = await result
        return _json({"ok": True, "result": _plain(result)})

    async def faults(self, request: web.Request) -> web.Response:
        """Order a fault (the arguments of `Faults.next`), or forget all of them with {"clear": true}."""
        body = await _body(request)
        if body.pop("clear", False):
            self.simulator.faults.clear()
        if "duplicate_updates" in body:
            self.simulator.duplicate_updates = bool(body.pop("duplicate_updates"))
        if body:
            self.simulator.faults.next(**body)
        waiting = [asdict(fault) for fault in self.simulator.faults.waiting]
        return _json({"ok": True, "waiting": waiting, "too_many_given": self.simulator.too_many_given})

    async def file(self, request: web.Request) -> web.Response:
        """A file for the page. Only pictures and sound are shown in place: anything else is a download."""
        stored = self.world.files.get(request.match_info["file_id"])
        picture = sniff(stored.content)
        mime = picture[1] if picture else stored.mime
        headers = {**HEADERS, "Cache-Control": "max-age=3600"}
        if mime not in SAFE_TO_SHOW:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=stored.content, content_type=mime, headers=headers)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-Sent Events: news of all chats, or of the chats of `?people=1,2`."""
        wanted = {int(part) for part in request.query.get("people", "").split(",") if part.strip().isdigit()}
        answer = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(b"retry: 800\n\n")
        try:
            async for line in self._news(wanted):
                await answer.write(line)
        except (ConnectionResetError, asyncio.CancelledError):
            pass
        return answer

    async def _news(self, people: set[int]) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[Json] = asyncio.Queue()

        def listen(chat_id: int | None, event: Json) -> None:
            chat = self.world.chats.get(chat_id) if chat_id is not None else None
            if people and chat is not None and people.isdisjoint(chat.members):
                return
            if queue.qsize() < MAX_EVENTS_WAITING:  # a page that sleeps must not fill the memory; it reloads later
                queue.put_nowait({"chat": chat_id, **event})

        self.world.listeners.add(listen)
        try:
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), 10.0)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if event["kind"] == "bye":
                    return
                yield f"data: {json.dumps(event)}\n\n".encode()
        finally:
            self.world.listeners.discard(listen)

    def _person(self, account: Account) -> Json:
        world = self.world
        chats = [world.chats[account.id], *(world.chats[number] for number in world.groups_of.get(account.id, ()))]
        return {
            **account.user,
            "role": account.role_label,
            "started": account.started,
            "blocked": account.blocked,
            "chats": [self._chat(chat, account) for chat in chats],
        }

    def _chat(self, chat: Chat, account: Account) -> Json:
        commands = commands_for(self.world, chat.id, account.id)
        return {"id": chat.id, "title": chat.title, "kind": chat.kind, "commands": commands}

    def _argument(self, name: str, value: Any) -> Any:
        if name == "content" and value is not None:
            return base64.b64decode(value)
        if name == "chat" and value is not None:
            return self.simulator.groups[int(value)] if int(value) < 0 else None
        if name in ("message", "reply_to") and isinstance(value, dict):
            chat = self.world.find_chat(value["chat_id"])
            record = chat.messages.get(int(value["message_id"]))
            if record is None:
                raise ValueError("no such message")
            return line_of(record.body, from_bot=record.from_bot)
        return value


def _plain(value: Any) -> Any:
    if isinstance(value, Line) or (is_dataclass(value) and not isinstance(value, type)):
        return asdict(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _static(name: str, mime: str) -> Handler:
    async def serve(_: web.Request) -> web.Response:
        content = (resources.files("bot.simulator") / "static" / name).read_text("utf-8")
        return web.Response(text=content, content_type=mime, headers=HEADERS)

    return serve


async def _body(request: web.Request) -> Json:
    body = await request.json()
    if not isinstance(body, dict):
        raise ValueError("a JSON object is expected")
    return body


def _json(value: Json) -> web.Response:
    return web.Response(text=json.dumps(value), content_type="application/json", headers=HEADERS)


def _error(code: int, words: str) -> web.Response:
    body = json.dumps({"ok": False, "error": words})
    return web.Response(text=body, status=code, content_type="application/json", headers=HEADERS)
