"""Notices that become files. The payload says what is wanted; the rows are read, and the file made, when it is sent."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from telegram import InputFile

from bot.intake import Intake
from bot.outgoing import brief, brief_pdf, sheets
from bot.texts import Html, dates, label, say, thousands
from storage import outbox, periods, rows, statistics
from storage.claims import Owed
from storage.counting import Sight
from storage.engine import Database

Facts = dict[str, Any]
Ask = Callable[[str, Facts], Awaitable[Any]]
"""A method of the Bot API and its parameters, asked at once."""

LONG = 2000
"""Rows from which on a message tells how far it is."""

TELLS_EVERY, HOLDS_EVERY = 3.0, 15.0
"""Seconds."""


@dataclass(frozen=True)
class File:
    """What is sent: its words become the caption."""

    name: str
    content: bytes
    words: Html


class Progress:
    """One message that says how far it is and goes when the file comes; nothing for a short one."""

    def __init__(self, ask: Ask, chat_id: int | None) -> None:
        self.ask = ask
        self.chat_id = chat_id
        self._message: int | None = None
        self._told = 0.0

    async def tell(self, done: int, total: int) -> None:
        if total < LONG or time.monotonic() - self._told < TELLS_EVERY:
            return
        self._told = time.monotonic()
        text = label("export.progress", done=thousands(done), total=thousands(total))
        if self._message is None:
            answer = await self.ask("SendMessage", {"chat_id": self.chat_id, "text": text})
            self._message = answer.get("message_id")
        else:
            await self.ask("EditMessageText", {"chat_id": self.chat_id, "message_id": self._message, "text": text})

    async def end(self) -> None:
        if self._message is not None:
            await self.ask("DeleteMessage", {"chat_id": self.chat_id, "message_id": self._message})


class Documents:
    """Makes files for one city, with a look into the database that takes no lock."""

    def __init__(
        self,
        database: Database,
        zone: str,
        clock: Callable[[], datetime],
        *,
        intake: Intake | None = None,
        government: str = "",
        boundaries: str | None = None,
    ) -> None:
        self.database = database
        self.intake = intake
        self.government = government
        self.boundaries = boundaries
        self.zone = zone
        self.clock = clock

    async def request(self, row: Owed, ask: Ask) -> tuple[str, Facts]:
        """(method, parameters) of the Bot API."""
        progress = Progress(ask, row.chat_id)
        async with self._held(row.id):
            file = await DOCUMENTS[row.notice or ""](self, row.payload, progress)
            await progress.end()
        return "sendDocument", {
            "chat_id": row.chat_id,
            "document": InputFile(file.content, filename=file.name),
            "caption": file.words,
            "parse_mode": "HTML",
        }

    @asynccontextmanager
    async def _held(self, row_id: int) -> AsyncIterator[None]:
        """Keep the claim on the row meanwhile, or another process would make the same file."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(HOLDS_EVERY)
                async with self.database.transaction() as session:
                    await outbox.renew(session, row_id, self.clock())

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()


async def export(made_by: Documents, facts: Facts, progress: Progress) -> File:
    """The reports of a period as XLSX or CSV."""
    first, last = date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"])
    period = periods.days(first, last, made_by.zone)
    sight, agency_id = Sight[facts["sight"]], facts["agency_id"] or None
    lines: list[list[Any]] = []
    async with made_by.database.reading() as session:
        topics = await statistics.topic_names(session)
        total = await rows.count(session, period, sight=sight, agency_id=agency_id)
        async for part in rows.of_period(session, period, sight=sight, agency_id=agency_id):
            lines += await asyncio.to_thread(sheets.lines, part, made_by.zone, topics)
            await progress.tell(len(lines), total)
    head, kind = sheets.titles(), facts["format"]
    content = await asyncio.to_thread(
        lambda: sheets.as_csv(head, lines) if kind == "csv" else sheets.as_xlsx({label("export.sheet"): (head, lines)})
    )
    name = f"laporan-{facts['agency_id'] or 'kota'}-{first:%Y%m%d}-{last:%Y%m%d}.{kind}"
    words = say("export.finished", count=thousands(len(lines)), dates=dates(first, last), name=facts["agency"])
    return File(name, content, words)


async def forum_brief(made_by: Documents, facts: Facts, progress: Progress) -> File:
    """The brief for the planning forum as PDF or workbook. Raises: UnknownOffice."""
    if made_by.intake is None:
        raise RuntimeError("a brief needs the classifier")
    sight, year, kind = Sight[facts["sight"]], facts["year"], facts["format"]
    now, agency_id = made_by.clock(), facts["agency_id"]
    whole = await brief.gather(
        made_by.database, made_by.intake, made_by.government, agency_id, year, sight, now, progress.tell
    )
    if kind == "pdf":
        content = await asyncio.to_thread(brief_pdf.pdf, whole, made_by.intake.tiles, made_by.boundaries)
    else:
        content = await asyncio.to_thread(brief_pdf.workbook, whole)
    words = say(
        "forum.finished",
        agency=whole.agency,
        year=year,
        count=thousands(sum(matter.count for matter in whole.matters)),
        matters=len(whole.matters),
    )
    return File(f"forum-{agency_id}-{year}.{kind}", content, words)


DOCUMENTS: dict[str, Callable[[Documents, Facts, Progress], Awaitable[File]]] = {
    "export": export,
    "forum_brief": forum_brief,
}
"""Notice -> who makes its file."""
