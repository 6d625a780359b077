"""What a citizen says on a report they have: words, files, a pin; and what waits until they say what they meant."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from storage import conversations, reports
from storage.evidence import File
from storage.tables import Report


@dataclass(frozen=True)
class Said:
    """A message on a report. `note` is what an officer reads, also where the citizen wrote no words (`wordless`)."""

    note: str
    files: tuple[File, ...] = ()
    pin: tuple[float, float] | None = None
    wordless: bool = False

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Said":
        pin = data.get("pin")
        files = tuple(File(**file) for file in data["files"])
        return cls(data["note"], files, (pin[0], pin[1]) if pin else None, data["wordless"])


async def say_more(session: AsyncSession, report_id: int, *, citizen_id: int, now: datetime, said: Said) -> Report:
    """An answer to the office's question, or an addition; a pin becomes the report's.

    Raises: UnknownReport, ForbiddenMove when the report has ended.
    """
    report = await reports.answer(session, report_id, citizen_id=citizen_id, now=now, note=said.note, files=said.files)
    if said.pin:
        report.latitude, report.longitude = said.pin
    return report


async def hold(session: AsyncSession, chat_id: int, said: Said, now: datetime) -> None:
    """Keep a message until its writer has said what it is for. It lies beside their dialogue and disturbs no draft."""
    await conversations.put(session, _key(chat_id), now, data={"said": asdict(said)})


async def take_held(session: AsyncSession, chat_id: int, now: datetime) -> Said | None:
    """The message that was kept, which is kept no longer; None where there is none."""
    row = await conversations.find(session, _key(chat_id))
    if row is None:
        return None
    said = Said.of(row.data["said"])
    await conversations.put(session, _key(chat_id), now, state="", data={})
    return said


def _key(chat_id: int) -> str:
    return f"{chat_id}:{chat_id}:reply"
