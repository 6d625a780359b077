"""Photos, recordings and documents of a report: the messenger keeps them, we keep what finds them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Attachment, Event, Report

MOST = 30
"""Pieces one report holds in all, whoever sent them."""


class EnoughEvidence(Exception):
    """A report holds no more pieces."""

    code = "enough_files"


@dataclass(frozen=True)
class File:
    """A photo or document the messenger keeps: `file_id` to send it, `unique_id` to recognise it."""

    kind: str
    file_id: str
    unique_id: str


async def attach(
    session: AsyncSession,
    report: Report,
    files: Sequence[File],
    now: datetime,
    purpose: str = "evidence",
    event: Event | None = None,
) -> None:
    """Keep files with a report, and with the event they belong to; one that is there already is not kept twice.

    Raises: EnoughEvidence.
    """
    if not files:
        return
    known = select(Attachment.file_unique_id).where(Attachment.report_id == report.id, Attachment.purpose == purpose)
    seen = set((await session.exec(known)).all())
    new = [file for file in files if file.unique_id not in seen]
    held = select(func.count()).select_from(Attachment).where(Attachment.report_id == report.id)
    if (await session.exec(held)).one() + len(new) > MOST:
        raise EnoughEvidence(report.id)
    for file in new:
        session.add(
            Attachment(
                report_id=report.id or 0,
                event_id=event.id if event else None,
                kind=file.kind,
                file_id=file.file_id,
                file_unique_id=file.unique_id,
                purpose=purpose,
                at=now,
            )
        )
    await session.flush()
