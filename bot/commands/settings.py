"""Finding and reading the settings for a command; a bad configuration ends the program with every fault named."""

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import config
from bot.config import BadConfiguration, Settings

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
    """Keeps the bot token out of every log line and traceback, whatever library wrote it."""

    def __init__(self, secret: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.secret = secret

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace(self.secret, "<token>")


def logs(level: str, secret: str) -> None:
    """Log to standard error: time, level, part, words. Ids and codes, never what a citizen wrote."""
    handler = logging.StreamHandler()
    handler.setFormatter(Secretive(secret))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("httpx", "apscheduler", "aiogram.event", "telegram", "aiosqlite"):  # the last two tell what was said
        logging.getLogger(noisy).setLevel(logging.WARNING)
