"""What a running service answers with, and how it takes over what became newer: the model, and the answers on file."""

import asyncio
import logging
from pathlib import Path

from bot.intake import Intake
from bot.watching.signs import Signs
from classifier import folder
from storage import faq
from storage.engine import Database

log = logging.getLogger(__name__)


class Shelf:
    """The folder of models beside a running service: whoever makes another version current, it is taken over."""

    def __init__(self, intake: Intake, root: Path, database: Database, signs: Signs | None = None) -> None:
        self.intake = intake
        self.root = root
        self.database = database
        self.signs = signs or Signs()
        self._turn = asyncio.Lock()  # of two looks at once, the one that began first must not be the last to speak
        self.seen = folder.current(root)
        if self.seen is not None and intake.classifier is not None and intake.classifier.version != self.seen:
            self.signs.show("model")

    async def read_answers(self) -> None:
        """Answer questions by what the file and the city say today."""
        async with self._turn:
            async with self.database.reading() as session:
                changed = await faq.changed(session)
            await asyncio.to_thread(self.intake.answers.learn, changed, self.intake.classifier)

    async def refresh(self) -> bool:
        """Take over the version and the answers that became current since the last look, beside the event loop.

        False where a version is refused: then the service keeps what it has, and says so in the log once.
        """
        sound = await self._read_version()
        await self.read_answers()
        return sound

    async def _read_version(self) -> bool:
        name = folder.current(self.root)
        if name is None or name == self.seen:
            return True
        self.seen = name
        import classifier

        try:
            self.intake.classifier = await asyncio.to_thread(classifier.load, self.root)
        except classifier.ModelRefused as refusal:
            self.signs.show("model")
            log.error("version %s is refused, the service keeps its model: %s", name, refusal)
            return False
        self.signs.clear("model")
        log.info("the service answers with version %s now", name)
        return True
