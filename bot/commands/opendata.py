"""`aspirasi opendata`: a month of public reports for an open-data portal, as files in a folder."""

import asyncio
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile


def opendata(
    month: Annotated[str, typer.Option(help="The month, such as 2026-11.")],
    out: Annotated[Path, typer.Option(help="Folder for the files; made if it is not there.")],
    with_text: Annotated[
        bool, typer.Option("--with-text", help="With masked words, where the author is not anonymous.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Write a month of public reports as CSV and JSON, with a data dictionary and metadata."""
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month):
        print(f"{month!r} is no month; write it like 2026-11.", file=sys.stderr)
        raise typer.Exit(2)
    settings = found.read(config)
    year, number = (int(part) for part in month.split("-"))
    from bot.archive import month_of

    today = datetime.now(ZoneInfo(settings.city.timezone)).date()
    made, _ = asyncio.run(month_of(settings, year, number, with_text=with_text, today=today))
    out.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (out / name).write_bytes(content)
        print(f"{out / name}: {len(content)} bytes")
