"""Finding and reading the settings for a command; a bad configuration ends the program with every fault named."""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from bot import config
from bot.config import BadConfiguration, Settings
from bot.watching.trouble import trail
from storage.requests import request

if TYPE_CHECKING:
    from storage.engine import Database

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; else ASPIRASI_CONFIG, else ./config.toml if there is one."),
]


def find(given: Path | None) -> Path | None:
    """The settings file: as given, named by the environment, or lying here; None for environment variables alone."""
    if given is not None:
        return given
    if named := os.environ.get("ASPIRASI_CONFIG"):
        return Path(named)
    here = Path("config.toml")
    return here if here.exists() else None


def read(given: Path | None) -> Settings:
    """Settings, or exit code 2 with one line for each fault."""
    try:
        return config.load(find(given))
    except BadConfiguration as error:
        print("The configuration has faults:", file=sys.stderr)
        for fault in error.faults:
            print(f"  {fault}", file=sys.stderr)
        raise typer.Exit(2) from error


def database(settings: Settings) -> "Database":
    """The city's database, opened for a command."""
    from storage.engine import Database

    return Database(settings.database.url, seal=settings.database.seal)


class Secretive(logging.Formatter):
    """Keeps secrets and the words of errors, which may quote people, out of every line, whoever wrote it.

    The first secret, the bot's token, is told as <token>, the others as <secret>.

    Each line names the request it belongs to (storage/requests.py). `as_json`: one JSON object a line, for a collector.
    """

    def __init__(self, *secrets: str, as_json: bool = False) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: [%(request)s] %(message)s")
        self.secrets = dict(zip(secrets, ["<token>", *["<secret>"] * len(secrets)], strict=False))
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        record.request = request.get() or "-"
        line = self._json(record) if self.as_json else super().format(record)
        for secret, shown in self.secrets.items():
            line = line.replace(secret, shown) if secret else line
        return line

    def formatException(self, ei: Any) -> str:
        return trail(ei[1]) if ei[1] is not None else ""

    def _json(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": record.name,
            "request": request.get(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def secrets_of(settings: Settings) -> list[str]:
    """What no line may tell: the token first, the webhook's secret, the database's password, the identity keys."""
    keys = settings.database.identity_keys.get_secret_value().split(",")
    password = urlsplit(settings.database.url).password or ""
    found = [settings.telegram.token, settings.webhook.secret.get_secret_value(), *keys, password]
    return [secret for secret in map(str.strip, found) if len(secret) > 3]


def logs(level: str, *secrets: str, as_json: bool = False) -> None:
    """Log to standard error: time, level, part, request, words. Ids and codes, never what a citizen wrote."""
    handler = logging.StreamHandler()
    handler.setFormatter(Secretive(*secrets, as_json=as_json))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("httpx", "apscheduler", "aiogram.event", "telegram", "aiosqlite"):  # the last two tell what was said
        logging.getLogger(noisy).setLevel(logging.WARNING)


def unhandled(_loop: Any, context: dict[str, Any]) -> None:
    """asyncio's word on an error nobody waited for, without the error's own words."""
    error = context.get("exception")
    what = str(context.get("message", "")).partition(":")[0]
    logging.getLogger("asyncio").error("%s: %s", what, trail(error) if error else "no error")
