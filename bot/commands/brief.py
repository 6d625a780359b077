"""`aspirasi brief`: what people asked of an office in a year, as PDF and workbook for the planning forum."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile
from bot.config import Settings


def brief(
    office: Annotated[str, typer.Option(help="Id of the office, such as dishub.")],
    year: Annotated[int, typer.Option(help="Year in which the reports came in.", min=2000, max=2100)],
    out: Annotated[Path, typer.Option(help="Folder for the files; made if it is not there.")],
    config: ConfigFile = None,
) -> None:
    """Write the brief of an office for the planning forum (Forum Perangkat Daerah)."""
    settings = found.read(config)
    from bot.outgoing.brief import UnknownOffice

    try:
        made = asyncio.run(files_of(settings, office, year))
    except UnknownOffice:
        print(f"No office is called {office!r}; the ids stand in classifier/data/agencies.toml.", file=sys.stderr)
        raise typer.Exit(2) from None
    out.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (out / name).write_bytes(content)
        print(f"{out / name}: {len(content)} bytes")


async def files_of(settings: Settings, office: str, year: int) -> dict[str, bytes]:
    """The two files, by name. Raises: UnknownOffice."""
    from bot.commands.service import last_good_model
    from bot.intake import Intake
    from bot.outgoing import brief_pdf
    from bot.outgoing.brief import gather, quiet
    from storage.counting import sight_of
    from storage.engine import Database

    city = settings.city
    model, _ = last_good_model(settings)
    intake = Intake(model, settings.calendar, city.prefix, city.boundaries)
    database = Database(settings.database.url)
    try:
        now = datetime.now(UTC)
        whole = await gather(database, intake, city.government, office, year, sight_of(office), now, quiet)
    finally:
        await database.close()
    boundaries = str(city.boundaries) if city.boundaries else None
    return {
        f"forum-{office}-{year}.pdf": brief_pdf.pdf(whole, intake.tiles, boundaries),
        f"forum-{office}-{year}.xlsx": brief_pdf.workbook(whole),
    }
