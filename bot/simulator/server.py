"""The Bot API over HTTP: routing, faults and answers."""

import asyncio
import inspect
import json
import logging
import time
from typing import Any

from aiohttp import web

from bot.simulator.errors import Refusal, bad_request
from bot.simulator.faults import Fault
from bot.simulator.methods import BY_LOWER_NAME, Method
from bot.simulator.model import Json, Sent
from bot.simulator.params import Call, read_call
from bot.simulator.world import World

log = logging.getLogger(__name__)
MAX_REQUEST = 60 * 1024 * 1024
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def add_bot_api(app: web.Application, world: World) -> None:
    """Register `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    async def method(request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != world.token:
            return _answer(Refusal(401, "Unauthorized").body())
        known = BY_LOWER_NAME.get(request.match_info["method"].lower())
        if known is None:
            return _answer(Refusal(404, "Not Found").body())
        return await _respond(request, world, *known)

    async def download(request: web.Request) -> web.StreamResponse:
        stored = world.files.by_path.get(request.match_info["path"])
        if request.match_info["token"] != world.token:
            return _answer(Refusal(401, "Unauthorized").body())
        if stored is None:
            return _answer(Refusal(404, "Not Found").body())
        return web.Response(body=stored.content, content_type=stored.mime)

    app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]+}", method)
    app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", download)


async def _respond(request: web.Request, world: World, name: str, method: Method) -> web.StreamResponse:
    try:
        call = await read_call(request, name)
    except Refusal as refusal:
        return _answer(refusal.body())
    fault = world.faults.strike(name, _chat_number(call))
    if fault is not None and fault.kind == "cut":
        return _cut(request)
    early = _instead(fault)
    if early is not None:
        return early
    body = await run(world, method, call)
    if fault is not None and fault.kind == "half":
        return await _half(request, body)
    if fault is not None and fault.kind == "timeout_but_delivered":
        await _keep_waiting(request, world.faults.hold)
        return _cut(request)
    return _answer(body)


async def run(world: World, method: Method, call: Call) -> Json:
    """Carry out one request and note it in `sent`. Returns the JSON answer, refusals included."""
    try:
        result = method(world, call)
        if inspect.isawaitable(result):
            result = await result
    except Refusal as refusal:
        return refusal.body()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # a parameter of a shape nobody expected: Telegram answers 400, and so do we; the log tells it from our own bug
        log.warning("odd request to %s", call.method, exc_info=True)
        return bad_request(f"wrong parameter in request ({type(error).__name__}: {error})").body()
    if not call.method.startswith("get"):
        files = {field: upload.name for field, upload in call.uploads.items()}
        world.sent.append(Sent(world.clock(), call.method, _chat_number(call), {**call.params, **files}))
    return {"ok": True, "result": result}


def _answer(body: Json) -> web.Response:
    status = 200 if body["ok"] else body["error_code"]
    headers = {}
    if status == 429:
        headers["Retry-After"] = str(body.get("parameters", {}).get("retry_after", 1))
    return web.Response(text=json.dumps(body), status=status, content_type="application/json", headers=headers)


def _instead(fault: Fault | None) -> web.Response | None:
    if fault is None:
        return None
    if fault.kind == "429":
        wait = fault.retry_after
        return _answer(Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait).body())
    if fault.kind == "500":
        return _answer(Refusal(500, "Internal Server Error").body())
    if fault.kind == "502":
        return web.Response(text=BAD_GATEWAY, status=502, content_type="text/html")
    return None


def _cut(request: web.Request) -> web.Response:
    """End the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, body: Json) -> web.StreamResponse:
    """Promise the whole answer, send half of it, and end the connection."""
    data = json.dumps(body).encode()
    answer = web.StreamResponse(headers={"Content-Length": str(len(data)), "Content-Type": "application/json"})
    await answer.prepare(request)
    await answer.write(data[: len(data) // 2])
    if request.transport is not None:
        request.transport.close()
    return answer


async def _keep_waiting(request: web.Request, seconds: float) -> None:
    """Hold the connection until the client gives up, at most `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - no event for it
        await asyncio.sleep(0.02)


def _chat_number(call: Call) -> int | None:
    value: Any = call.params.get("chat_id")
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
