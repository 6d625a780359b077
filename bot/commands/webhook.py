"""`aspirasi webhook set|show|remove`: tell Telegram where to post updates, or to keep them until it is asked."""

import asyncio
import sys
from typing import Any

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile
from bot.config import Settings


def register(app: typer.Typer) -> None:
    webhook = typer.Typer(help="Where Telegram posts updates.", no_args_is_help=True)
    webhook.command(name="set")(set_)
    webhook.command()(show)
    webhook.command()(remove)
    app.add_typer(webhook, name="webhook")


def ask(settings: Settings, method: str, **parameters: Any) -> Any:
    """One request to the Bot API; ends the program with Telegram's words when it refuses."""
    import aiohttp

    async def post() -> Any:
        url = f"{settings.telegram.api}/bot{settings.telegram.token}/{method}"
        timeout = aiohttp.ClientTimeout(total=20)
        async with aiohttp.ClientSession(timeout=timeout) as http, http.post(url, json=parameters) as answer:
            return await answer.json()

    try:
        said = asyncio.run(post())
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        print(f"Telegram cannot be reached ({type(error).__name__}).", file=sys.stderr)
        raise typer.Exit(1) from None
    if not said.get("ok"):
        print(f"Telegram refused: {said.get('description', 'no reason given')}", file=sys.stderr)
        raise typer.Exit(1)
    return said["result"]


def set_(config: ConfigFile = None) -> None:
    """Register webhook.url and its secret with Telegram; from then on `aspirasi run` listens instead of asking."""
    settings = found.read(config)
    from bot.incoming.poller import WANTED

    if not settings.webhook.url:
        print("webhook.url is empty; set it in the configuration first.", file=sys.stderr)
        raise typer.Exit(2)
    ask(
        settings,
        "setWebhook",
        url=settings.webhook.url,
        secret_token=settings.webhook.secret.get_secret_value(),
        allowed_updates=WANTED,
    )
    print(f"Telegram posts updates to {settings.webhook.url}")


def show(config: ConfigFile = None) -> None:
    """What Telegram has registered, how much waits there, and its last trouble."""
    state = ask(found.read(config), "getWebhookInfo")
    print(f"url: {state.get('url') or 'none, the service asks for updates'}")
    print(f"waiting at Telegram: {state.get('pending_update_count', 0)}")
    if trouble := state.get("last_error_message"):
        print(f"last trouble: {trouble}")


def remove(config: ConfigFile = None) -> None:
    """Unregister; what waits at Telegram is kept for the next poll. Empty webhook.url, too, and restart."""
    ask(found.read(config), "deleteWebhook", drop_pending_updates=False)
    print("Removed. Updates wait at Telegram until the service asks for them.")
