"""`aspirasi backup`, `aspirasi restore`, `aspirasi move`: a sealed copy, the way back, and the way to PostgreSQL."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile

KEY = "ASPIRASI_BACKUP_KEY"

Out = Annotated[Path | None, typer.Option("--out", help="The file; else aspirasi-<time>.backup here.")]
Source = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file made by `aspirasi backup`.")]
To = Annotated[str, typer.Option("--to", help="postgresql://user:password@host/name of an empty database.")]


def end(words: str, code: int) -> NoReturn:
    print(words, file=sys.stderr)
    raise typer.Exit(code)


def key() -> str:
    if not (key := os.environ.get(KEY, "")):
        end(f"Set {KEY} to the key of your backups; `aspirasi key` makes one. Keep a copy elsewhere.", 2)
    return key


def table(before: dict[str, int], after: dict[str, int]) -> None:
    """Every table with its rows before and after; exit code 1 where they differ."""
    for name, rows in before.items():
        print(f"{name:<20}{rows:>12}{after.get(name, 0):>12}{'' if after.get(name) == rows else '  DIFFERS'}")
    if before != after:
        end("Not every row is there.", 1)
    print(f"{sum(before.values())} rows, all there.")


def backup(config: ConfigFile = None, out: Out = None) -> None:
    """Write a sealed copy of the database as it is at this moment; the service may go on running."""
    settings, secret = found.read(config), key()
    from storage import backup as copying
    from storage import envelope

    now = datetime.now(UTC)
    target = out or Path(f"aspirasi-{now:%Y%m%dT%H%M%SZ}.backup")

    async def make() -> dict[str, int]:
        database = found.database(settings)
        try:
            return await copying.make(database, target, secret, now)
        finally:
            await database.close()

    try:
        rows = asyncio.run(make())
    except envelope.BadKey as error:
        end(f"{KEY} {error}", 2)
    except copying.ToolFailed as error:
        end(str(error), 1)
    print(f"{target}: {sum(rows.values())} rows of {len(rows)} tables, {target.stat().st_size:,} bytes")


def restore(source: Source, config: ConfigFile = None) -> None:
    """Fill the configured database, which must be empty, from a sealed copy, and count every table."""
    settings, secret = found.read(config), key()
    from storage import backup as copying
    from storage import envelope

    async def back() -> tuple[dict[str, int], dict[str, int]]:
        database = found.database(settings)
        try:
            return await copying.restore(database, source, secret)
        finally:
            await database.close()

    try:
        table(*asyncio.run(back()))
    except envelope.NotABackup:
        end(f"{source} is not a backup of aspirasi.", 2)
    except envelope.BadKey as error:
        end(f"{KEY} {error}", 2)
    except envelope.CannotOpen:
        end("The file does not open: another key, or it was changed or cut off.", 2)
    except copying.NotEmpty:
        end("The configured database is not empty. Restore into a new one, then point the configuration at it.", 2)
    except copying.WrongEngine as error:
        end(f"The copy is of {error}; the configured database is not. `aspirasi move` goes to PostgreSQL.", 2)
    except copying.ToolFailed as error:
        end(str(error), 1)


def move(to: To, config: ConfigFile = None) -> None:
    """Copy everything from the configured SQLite file into an empty PostgreSQL database. Stop the service first."""
    settings = found.read(config)
    from storage import backup as copying
    from storage import migrate, moving
    from storage.engine import Database, UnknownDatabase

    async def go() -> dict[str, tuple[int, int]]:
        there = found.database(settings)
        here = Database(to, seal=settings.database.seal)
        if not there.is_sqlite or here.is_sqlite:
            end("`move` goes from SQLite to PostgreSQL.", 2)
        try:
            return {name: (before, after) async for name, before, after in moving.move(there, here)}
        finally:
            await there.close()
            await here.close()

    try:
        rows = asyncio.run(go())
    except UnknownDatabase:
        end("--to must begin with postgresql://", 2)
    except copying.NotEmpty:
        end("The target is not empty.", 2)
    except migrate.SchemaOutdated:
        end("The database is of another version of this program. Run: aspirasi migrate", 3)
    table({name: before for name, (before, _) in rows.items()}, {name: after for name, (_, after) in rows.items()})
    print("Now set [database] url to the new one and start the service.")
