"""`aspirasi audit verify`: prove that the log of who did what is whole."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile

if TYPE_CHECKING:
    from storage.audit import Proof

FAULTS = {
    "changed": "row {row} of the log, or its seal, was changed",
    "missing": "row {row} of the log was taken away",
    "unsealed": "row {row} of the log is old and has no seal: it was put in later, or its seal was taken away",
    "shortened": "the digest that was written down is not in the chain: its newest rows were taken away",
}

Known = Annotated[
    str, typer.Option("--known", help="A digest that an earlier run printed; it must still be in the chain.")
]


def register(app: typer.Typer) -> None:
    """Put `audit verify` into the program."""
    log = typer.Typer(help="The sealed log of who saw, changed and exported what.", no_args_is_help=True)
    log.callback()(lambda: None)  # else one command alone would be the whole program
    log.command()(verify)
    app.add_typer(log, name="audit")


def verify(config: ConfigFile = None, known: Known = "") -> None:
    """Walk the whole chain of seals. Exit code 1 and the first row that does not fit, if there is one."""
    settings = found.read(config)
    from storage import audit

    async def walk() -> "Proof":
        database = found.database(settings)
        try:
            async with database.reading() as session:
                return await audit.verify(session, datetime.now(UTC), known=known)
        finally:
            await database.close()

    proof = asyncio.run(walk())
    if proof.broken is None:
        print(f"The log is whole: {proof.sealed} rows sealed, {proof.unsealed} too new to be.")
        print(f"Newest digest, to be kept elsewhere: {proof.head}")
        return
    print(f"THE LOG IS NOT WHOLE: {FAULTS[proof.fault].format(row=proof.broken)}.", file=sys.stderr)
    print(f"{proof.sealed} rows before it are as they were sealed.", file=sys.stderr)
    raise typer.Exit(1)
