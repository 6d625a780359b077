"""`aspirasi run` and `aspirasi migrate`."""

import asyncio
import gc
import logging
import os
import signal
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import settings as found
from bot.commands.settings import ConfigFile
from bot.config import Settings
from bot.incoming import late
from bot.watching.memory import give_back

if TYPE_CHECKING:
    from bot.app import App
    from classifier import Classifier

TIDY = 15.0
"""Seconds after which free memory is given back."""


class Level(StrEnum):
    """How much the log says."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


LogLevel = Annotated[Level, typer.Option("--log-level", help="How much the log says.")]


class Part(StrEnum):
    """What a process may be limited to."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    SCHEDULE = "schedule"


LogJson = Annotated[bool, typer.Option("--log-json", help="One JSON object a line, for a collector of logs.")]
Only = Annotated[list[Part] | None, typer.Option("--only", help="Do just this part; may be given several times.")]


def run(
    config: ConfigFile = None, log_level: LogLevel = Level.INFO, only: Only = None, log_json: LogJson = False
) -> None:
    """Run the service: receive, answer, deliver, remind. Ends cleanly on SIGTERM or Ctrl-C.

    Several processes may share one PostgreSQL, each with all parts or with some.
    """
    settings = found.read(config)
    found.logs(log_level, *found.secrets_of(settings), as_json=log_json)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's matrices are small here: more threads wait, spinning
    model, healed = last_good_model(settings)
    gc.disable()  # a start makes next to no garbage, and looking for it all the time costs a seventh of it
    late.import_aiogram()
    from bot.app import App
    from bot.borders import BadBorders
    from bot.incoming.identity import BadToken
    from storage.migrate import SchemaOutdated
    from storage.seal import SealedElsewhere

    async def serve() -> None:
        app = App(settings, model, parts=[part.value for part in only or Part])
        if healed:
            app.signs.show("model")
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(found.unhandled)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, app.stop)
        settling = asyncio.create_task(settle(app))
        try:
            await app.run()
        finally:
            settling.cancel()

    try:
        asyncio.run(serve())
    except SchemaOutdated:
        print("The database is of another version of this program. Run: aspirasi migrate", file=sys.stderr)
        raise typer.Exit(3) from None
    except SealedElsewhere:
        print("The names in this database are sealed; set ASPIRASI_IDENTITY_KEYS to its keys.", file=sys.stderr)
        raise typer.Exit(3) from None
    except BadBorders as fault:
        print(f"The file of boundaries cannot be used: {fault}.", file=sys.stderr)
        raise typer.Exit(2) from None
    except BadToken:
        print("Telegram does not know this bot token. @BotFather shows the right one.", file=sys.stderr)
        raise typer.Exit(2) from None
    finally:
        gc.enable()


async def settle(app: "App") -> None:
    """Once it is ready, set aside what the start made: it lives as long as the process, no look for garbage finds any.

    Updates are handled a tenth quicker for it. From then on, free memory is given back now and then.
    """
    await app.ready.wait()
    gc.collect()
    gc.freeze()
    gc.enable()
    while True:
        give_back()
        await asyncio.sleep(TIDY)


def last_good_model(settings: Settings) -> tuple["Classifier", bool]:
    """The current model; where it is refused (then True), the newest sound one; where there is none, a new one."""
    import classifier
    from bot.commands.model import with_progress
    from classifier import folder

    root = settings.model.folder
    try:
        return classifier.load(root), False
    except classifier.ModelRefused as refusal:
        damaged = folder.current(root) is not None
        if damaged:
            logging.getLogger(__name__).error("the current model is refused: %s", refusal)
    model: Classifier = with_progress(
        "Training the classifier (first start)", lambda told: classifier.ensure(root, told)
    )
    return model, damaged


def migrate(config: ConfigFile = None) -> None:
    """Bring the database to the newest schema."""
    settings = found.read(config)
    from storage import migrate as migration

    async def upgrade() -> tuple[str | None, str | None]:
        database = found.database(settings)
        try:
            before = await migration.current(database)
            await migration.upgrade(database)
            return before, await migration.current(database)
        finally:
            await database.close()

    try:
        before, after = asyncio.run(upgrade())
    except migration.SchemaNewer as newer:
        print(f"The database (schema {newer}) is newer than this program; install the newer program.", file=sys.stderr)
        raise typer.Exit(3) from None
    print(f"Schema {before or 'empty'} -> {after}" if before != after else f"Schema {after}: nothing to do")
