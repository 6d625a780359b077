"""Files that the service writes by itself: a sealed copy every night, a month of open data every month."""

import asyncio
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.outgoing import opendata
from bot.schedule.chores import Chore
from storage import backup, envelope, periods, rows, statistics
from storage.counting import Sight
from storage.engine import Database
from storage.moments import Daily, Monthly

NIGHT = Daily(time(1, 30))
THIRD = Monthly(3, time(3, 0))
"""A few days after a month has ended, so that what was answered on its last days is in."""

COPY = re.compile(r"aspirasi-\d{8}\.backup")
"""Names of nightly copies; copies made by hand are called differently, and stay."""


def chores(settings: Settings, clock: Callable[[], datetime]) -> list[Chore]:
    """Those that the configuration asks for."""
    found = []
    if settings.backup.folder is not None:

        async def copy(due: datetime) -> int:
            return await asyncio.to_thread(nightly_copy, settings, due, clock())

        found.append(Chore("backup", NIGHT, copy))
    if settings.open_data.folder is not None:

        async def publish(due: datetime) -> int:
            return await asyncio.to_thread(monthly_files, settings, due, clock())

        found.append(Chore("open_data", THIRD, publish))
    return found


def nightly_copy(settings: Settings, due: datetime, now: datetime) -> int:
    """Make the copy of a night, open it once as a proof, let the oldest go; returns its rows. In a thread of its own.

    Raises: OSError, envelope.CannotOpen, storage.backup.ToolFailed.
    """
    folder, key = settings.backup.folder or Path(), settings.backup.key.get_secret_value()
    target = folder / f"aspirasi-{due:%Y%m%d}.backup"

    async def make() -> dict[str, int]:
        database = Database(settings.database.url, seal=settings.database.seal)
        try:
            return await backup.make(database, target, key, now)
        finally:
            await database.close()

    counts = asyncio.run(make())
    with target.open("rb") as sealed:
        for _ in envelope.read(sealed, key):
            pass
    for old in copies(folder)[: -settings.backup.keep]:
        old.unlink()
    return sum(counts.values())


def copies(folder: Path) -> list[Path]:
    """The nightly copies in a folder, the oldest first. Raises: OSError."""
    return sorted(path for path in folder.iterdir() if COPY.fullmatch(path.name))


def monthly_files(settings: Settings, due: datetime, now: datetime) -> int:
    """Write the files of the month before `due`; returns the number of reports. In a thread of its own."""
    folder = settings.open_data.folder or Path()
    month = due.date().replace(day=1) - timedelta(days=1)
    today = now.astimezone(ZoneInfo(settings.city.timezone)).date()
    made, count = asyncio.run(
        month_of(settings, month.year, month.month, with_text=settings.open_data.with_text, today=today)
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        unfinished = folder / f".{name}.unfinished"
        unfinished.write_bytes(content)
        unfinished.replace(folder / name)  # a portal that reads meanwhile sees the old file or the new one
    return count


async def month_of(
    settings: Settings, year: int, number: int, *, with_text: bool, today: date
) -> tuple[dict[str, bytes], int]:
    """(name -> content, reports) of a month of open data."""
    city = settings.city
    period = periods.month(year, number, city.timezone)
    database = Database(settings.database.url, seal=settings.database.seal)
    try:
        async with database.reading() as session:
            topics = await statistics.topic_names(session)
            parts = [part async for part in rows.of_period(session, period, sight=Sight.PUBLIC)]
    finally:
        await database.close()
    records = opendata.records([row for part in parts for row in part], city.timezone, topics, with_text=with_text)
    meta = opendata.metadata(period.start.date(), city.government, len(records), today)
    return opendata.files(records, meta, with_text=with_text), len(records)
