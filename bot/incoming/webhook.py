"""Updates by POST: kept in the inbox and committed, then answered with 200. What is answered otherwise comes again."""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from datetime import datetime
from ipaddress import IPv4Network, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from bot.config import WebhookSettings
from bot.incoming.poller import chat_of, is_id
from storage import inbox
from storage.bells import Bell
from storage.engine import Database

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024
"""Bytes of one update; Telegram's largest are far below."""

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the name of it, not the secret)

TELEGRAM: tuple[IPv4Network, ...] = (IPv4Network("149.154.160.0/20"), IPv4Network("91.108.4.0/22"))
"""Where Telegram's requests come from (https://core.telegram.org/bots/webhooks, "The short version")."""


class Webhook:
    """Listens until told to stop, behind a reverse proxy that speaks HTTPS."""

    def __init__(
        self, database: Database, settings: WebhookSettings, arrived: Bell, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.settings = settings
        self.arrived = arrived
        self.clock = clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Raises: OSError when the address is taken."""
        app = web.Application(client_max_size=LARGEST)
        app.add_routes([web.post(urlsplit(self.settings.url).path or "/", self.take)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
        await runner.setup()
        try:
            await web.TCPSite(runner, *self.settings.address).start()
            log.info("listening for updates on %s:%s", *self.settings.address)
            await stopping.wait()
        finally:
            await runner.cleanup()

    async def take(self, request: web.Request) -> web.Response:
        """401 without the secret, 403 from elsewhere, 413 when too large, 400 for no update, 503 when not kept."""
        said = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(said.encode(), self.settings.secret.get_secret_value().encode()):
            return web.Response(status=401)
        if self.settings.telegram_only and not from_telegram(request):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if not isinstance(update, dict) or not is_id(update.get("update_id")):
            return web.Response(status=400)
        try:
            async with self.database.transaction() as session:
                await inbox.keep(session, [(update["update_id"], chat_of(update), update)], self.clock())
        except Exception as error:
            log.error("an update could not be kept, Telegram will send it again: %s", type(error).__name__)
            return web.Response(status=503)
        self.arrived.ring()
        return web.Response()


def from_telegram(request: web.Request) -> bool:
    """Whether the request came out of Telegram's networks: by the peer, or by what our own proxy says of its peer."""
    try:
        peer = ip_address(request.remote or "")
        if peer.is_private or peer.is_loopback:
            peer = ip_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
        return any(peer in network for network in map(ip_network, TELEGRAM))
    except ValueError:
        return False
