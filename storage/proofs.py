"""Photos that officers take: shown to the citizen, kept beside the event they belong to, and not used twice."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import pictures
from storage.evidence import File
from storage.lifecycle import LifecycleError
from storage.tables import Attachment, Event, Report

MOST = 5
"""Photos that go with one answer."""


class ProofRefused(LifecycleError):
    """`code` names the sentence: proof_missing, proof_used, proof_old, proof_not_a_photo, proof_too_many,
    proof_alike, proof_awaited."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def check(session: AsyncSession, photo: File) -> None:
    """A proof is a new photo: not the citizen's own, nor one that proved something before. Raises: ProofRefused."""
    seen = select(Attachment.id).where(
        Attachment.file_unique_id == photo.unique_id,
        or_(col(Attachment.purpose) == "proof", col(Attachment.purpose) == "evidence"),
    )
    if (await session.exec(seen.limit(1))).first() is not None:
        raise ProofRefused("proof_used")


async def check_looks(session: AsyncSession, report: Report, photo: File, now: datetime) -> None:
    """A proof shows something new, as far as somebody was asked to look. Raises: ProofRefused."""
    if await pictures.awaited(session, photo.unique_id, now):
        raise ProofRefused("proof_awaited")
    if await pictures.seen_before(session, report, photo.unique_id, now):
        raise ProofRefused("proof_alike")


async def attach(
    session: AsyncSession, report: Report, event: Event, photos: Sequence[File], purpose: str, now: datetime
) -> None:
    """Keep an officer's photos with the event that they go with; `purpose` is progress or proof."""
    for photo in photos:
        session.add(
            Attachment(
                report_id=report.id or 0,
                event_id=event.id,
                kind=photo.kind,
                file_id=photo.file_id,
                file_unique_id=photo.unique_id,
                purpose=purpose,
                fingerprint=await pictures.fingerprint_of(session, photo.unique_id),
                at=now,
            )
        )
