"""`aspirasi settings export` and `aspirasi settings import`: what is administered in chat, as a TOML file and back."""

import asyncio
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile

Target = Annotated[Path, typer.Argument(help="TOML file to write.")]
Source = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file as `settings export` writes it.")]

HEAD = """\
# What is administered in chat: offices and their names by date, who answers a topic, days off, answers on file,
# templates, settings (among them the boundary rules that were changed). `aspirasi settings import` reads it.
"""


def register(app: typer.Typer) -> None:
    """Put `settings export` and `settings import` into the program."""
    both = typer.Typer(help="What is administered in chat, as a TOML file.", no_args_is_help=True)
    both.command("export")(export)
    both.command("import")(import_)
    app.add_typer(both, name="settings")


def export(target: Target, config: ConfigFile = None) -> None:
    """Write offices, topics, days off, answers, templates and settings. Holds nothing about citizens or officers."""
    settings = found.read(config)
    from storage import administered

    async def go() -> dict[str, list[dict[str, Any]]]:
        database = found.database(settings)
        try:
            async with database.reading() as session:
                return await administered.read(session)
        finally:
            await database.close()

    document = asyncio.run(go())
    target.write_text(HEAD + toml(document), encoding="utf-8")
    print(f"{target}: {counted({section: len(lines) for section, lines in document.items()})}")


def import_(source: Source, config: ConfigFile = None) -> None:
    """Make offices, topics, days off, answers, templates and settings as the file says; what it does not name stays.

    All of it or, where the file has faults, nothing. Running processes follow within minutes.
    """
    settings = found.read(config)
    from storage import administered, staff

    async def go() -> dict[str, int]:
        now = datetime.now(UTC)
        database = found.database(settings)
        try:
            async with database.transaction() as session:
                written = await administered.write(session, tomllib.loads(source.read_text(encoding="utf-8")), now=now)
                staff.record(session, now=now, chat_id=0, officer=None, action="administer", report_id=None,
                             allowed=True, facts={"imported": written})  # fmt: skip
                return written
        finally:
            await database.close()

    try:
        print(f"{source}: {counted(asyncio.run(go()))}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        print(f"{source} is not TOML: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    except administered.BadDocument as error:
        print(f"{source} has faults, nothing was changed:", *error.faults, sep="\n  ", file=sys.stderr)
        raise typer.Exit(2) from None


def counted(lines: Mapping[str, int]) -> str:
    return ", ".join(f"{many} {section}" for section, many in lines.items()) or "nothing"


def toml(document: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Arrays of tables, each of words, dates, flags and lists of words."""
    return "".join(
        f"\n[[{section}]]\n" + "".join(f"{name} = {_value(value)}\n" for name, value in line.items())
        for section, lines in document.items()
        for line in lines
    )


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    # JSON's words are TOML's, but for one character
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
