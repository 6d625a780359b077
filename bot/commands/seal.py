"""`aspirasi seal` and `aspirasi key`: identities at rest under the newest key."""

import asyncio
import sys

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile


def key() -> None:
    """Print a new key, for ASPIRASI_IDENTITY_KEYS or ASPIRASI_BACKUP_KEY. Keep a copy where the database is not."""
    from cryptography.fernet import Fernet

    print(Fernet.generate_key().decode())


def seal(config: ConfigFile = None) -> None:
    """Write every name, raw update and owed message anew with the first of ASPIRASI_IDENTITY_KEYS.

    Run it after setting the first key, and after putting a new key in front; then the old key may go. The service may
    go on running meanwhile if it already has the new keys.
    """
    settings = found.read(config)
    if not settings.database.identity_keys.get_secret_value():
        print("There is no key. `aspirasi key` makes one; set it in ASPIRASI_IDENTITY_KEYS.", file=sys.stderr)
        raise typer.Exit(2)
    from rich.progress import Progress

    from storage import seal as sealing

    async def write_anew() -> int:
        database, done = found.database(settings), 0
        try:
            with Progress() as progress:
                for table, column in sealing.sealed_columns():
                    async with database.engine.connect() as connection:
                        total = await sealing.count(connection, table)
                        task = progress.add_task(f"{table.__name__}.{column}", total=total)
                        async for rows in sealing.reseal(connection, table, column):
                            progress.advance(task, rows)
                            done += rows
        finally:
            await database.close()
        return done

    try:
        print(f"{asyncio.run(write_anew())} values sealed with the first key.")
    except sealing.SealedElsewhere:
        print("Some values are sealed with a key that is not in ASPIRASI_IDENTITY_KEYS; nothing is lost, add it.")
        raise typer.Exit(3) from None
