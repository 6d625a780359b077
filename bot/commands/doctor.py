"""`aspirasi doctor`: looks at everything the service stands on and says, line by line, ok or what to do.

With --apply it then sets what Telegram shows of the bot (bot/commands/profile.py).
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile
from bot.config import Settings

CLOCK_MAY_DIFFER = 30.0
"""Seconds between this machine's clock and Telegram's."""


COPY_MAY_BE_OLD = 36 * 3600
"""Seconds: a night and the half of the next day."""


class Unwell(Exception):
    """A check failed; the message says what to do."""


Apply = Annotated[
    bool, typer.Option("--apply", help="Also set name, descriptions, menu button and commands per role in Telegram.")
]


def doctor(config: ConfigFile = None, apply: Apply = False) -> None:
    """Check configuration, token, database, model, clock, calendar, boundaries and nightly copies."""
    settings = found.read(config)
    print("ok     configuration")
    ill = set()
    for name, check in CHECKS.items():
        try:
            print(f"ok     {name}: {check(settings)}")
        except Unwell as trouble:
            ill.add(name)
            print(f"FAULT  {name}: {trouble}")
    if apply and not ill & {"token", "database"}:
        ill |= put_on(settings)
    if ill:
        print(f"{len(ill)} of {len(CHECKS) + 1 + apply} checks failed.", file=sys.stderr)
        raise typer.Exit(1)


def put_on(settings: Settings) -> set[str]:
    """Set what people see of the bot in Telegram, and say so line by line. A fault by its name, or none."""
    import aiohttp

    from bot.commands import profile

    try:
        for line in asyncio.run(profile.apply(settings)):
            print(f"ok     {line}")
    except (profile.Refusal, aiohttp.ClientError, TimeoutError) as error:
        said = str(error) if isinstance(error, profile.Refusal) else type(error).__name__
        print(f"FAULT  profile: Telegram did not take it ({said}); try again later")
        return {"profile"}
    return set()


def token(settings: Settings) -> str:
    from bot.incoming.identity import BadToken, ask

    try:
        me = asyncio.run(ask(settings.telegram.token, settings.telegram.api))
    except BadToken:
        raise Unwell("Telegram does not know it; @BotFather shows the right one") from None
    except Exception as error:
        raise Unwell(f"Telegram cannot be reached ({type(error).__name__}); is this machine online?") from error
    return f"@{me.username}"


def clock(settings: Settings) -> str:
    import aiohttp

    async def difference() -> float:
        timeout = aiohttp.ClientTimeout(total=15)
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(settings.telegram.api) as response:
            there = parsedate_to_datetime(response.headers["Date"])
        return abs((datetime.now(UTC) - there).total_seconds())

    try:
        seconds = asyncio.run(difference())
    except Exception as error:
        raise Unwell(f"cannot be compared with Telegram's ({type(error).__name__})") from error
    if seconds > CLOCK_MAY_DIFFER:
        raise Unwell(f"{seconds:.0f} s away from Telegram's; let the machine set its clock by NTP")
    return f"within {max(1, round(seconds))} s of Telegram's"


def database(settings: Settings) -> str:
    from storage import condition, migrate

    async def look() -> tuple[str | None, list[str]]:
        there = found.database(settings)
        try:
            return await migrate.current(there), await condition.careless(there)
        finally:
            await there.close()

    try:
        at, careless = asyncio.run(look())
    except Exception as error:
        raise Unwell(
            f"cannot be opened ({type(error).__name__}); check database.url and that the server runs"
        ) from error
    if careless:  # Telegram forgets an update once it is confirmed
        raise Unwell(f"PostgreSQL runs with {', '.join(careless)} off: a crash loses what was confirmed; switch it on")
    if at is None:
        return "empty; the first start makes its tables"
    if at != migrate.newest():
        raise Unwell(f"schema {at}, this program needs {migrate.newest()}; run: aspirasi migrate")
    return f"schema {at}"


def model(settings: Settings) -> str:
    import classifier
    from classifier import folder

    if folder.current(settings.model.folder) is None:
        return "none yet; the first start trains it (or: aspirasi train)"
    try:
        return f"version {classifier.load(settings.model.folder).version}"
    except classifier.ModelRefused as refusal:
        raise Unwell(str(refusal)) from refusal


def calendar(settings: Settings, year: int | None = None) -> str:
    from storage.calendar import has_decree

    year = year or datetime.now(UTC).year
    declared = {day.year for day in settings.city.days_off}
    missing = [str(y) for y in (year, year + 1) if not has_decree(y) and y not in declared]
    if missing:
        raise Unwell(f"no joint leave known for {', '.join(missing)}; put the days into city.days_off")
    return f"{year} and {year + 1} known"


def boundaries(settings: Settings) -> str:
    from bot.borders import BadBorders
    from bot.intake import Intake
    from storage.calendar import Calendar

    city = settings.city
    try:
        intake = Intake(None, Calendar.of(city.timezone, ()), city.prefix, city.boundaries)
    except BadBorders as fault:
        raise Unwell(f"{fault}; docs/places.md says how the file is made") from fault
    if city.boundaries is None:
        return "none; only a pin far outside of the city is noticed"
    return f"{len(intake.borders.shapes)} polygons, all {len(intake.kelurahan)} kelurahan"


def copies(settings: Settings) -> str:
    from bot import archive
    from storage import envelope

    folder = settings.backup.folder
    if folder is None:
        return "none; backup.folder says where a copy is put every night"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            kept = archive.copies(folder)
    except OSError as error:
        raise Unwell(f"{folder} cannot be written to ({error.strerror})") from error
    if not kept:
        return f"none in {folder} yet; the first is made at half past one at night"
    newest, age = kept[-1], time.time() - kept[-1].stat().st_mtime
    if age > COPY_MAY_BE_OLD:
        raise Unwell(f"{newest.name} is the newest, {age / 86400:.1f} days old; the log says what became of the others")
    try:
        with newest.open("rb") as sealed:
            next(envelope.read(sealed, settings.backup.key.get_secret_value()))
    except (envelope.CannotOpen, envelope.NotABackup) as error:
        raise Unwell(f"{newest.name} does not open with backup.key; keep the key it was sealed with") from error
    return f"{len(kept)}, the newest {age / 3600:.0f} hours old"


CHECKS: dict[str, Callable[[Settings], str]] = {
    "token": token,
    "clock": clock,
    "database": database,
    "model": model,
    "calendar": calendar,
    "boundaries": boundaries,
    "copies": copies,
}
