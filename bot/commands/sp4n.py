"""`aspirasi sp4n`: the reports that are not in SP4N-LAPOR! yet, as a file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile

Target = Annotated[Path, typer.Argument(help="CSV file to write.")]


def sp4n(target: Target, config: ConfigFile = None) -> None:
    """Write the reports without a tracking number of SP4N-LAPOR! as CSV, words masked, safe for a spreadsheet."""
    settings = found.read(config)
    from bot.texts.mask import masked
    from storage import walkin
    from storage.engine import Database

    async def export() -> tuple[bytes, int]:
        database = Database(settings.database.url, seal=settings.database.seal)
        try:
            async with database.reading() as session:
                return await walkin.export(session, settings.city.timezone, masked)
        finally:
            await database.close()

    content, many = asyncio.run(export())
    target.write_bytes(content)
    print(f"{many} reports written to {target}")
