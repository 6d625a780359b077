"""What photos look like: a fingerprint of 64 bits each, so that the same view sent as another file is still the same.

Handlers never touch the network, so they only ask for a look (`want`); bot/outgoing/pictures.py takes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import upsert
from storage.evidence import File
from storage.tables import Attachment, Picture, Report

NEAR = 5
"""Bits of 64 that two fingerprints of one view differ in at most; drawn streets under a lamp differ in 6 or more."""

BACK = timedelta(days=180)
"""So far back other proofs of the same office are compared."""

TRIES = 3
PATIENCE = timedelta(seconds=30)
"""An officer waits so long for a look that does not come; then the photo counts as it is."""

KEPT = timedelta(days=1)


async def want(session: AsyncSession, report_id: int, photos: Sequence[File], now: datetime) -> None:
    """Ask for a look at these photos, and at those of the report that nobody has looked at."""
    await session.exec(delete(Picture).where(col(Picture.asked_at) < now - KEPT))
    shown = select(Attachment).where(
        Attachment.report_id == report_id, Attachment.kind == "photo", col(Attachment.fingerprint).is_(None)
    )
    rows = [(file.file_unique_id, file.file_id) for file in (await session.exec(shown)).all()]
    rows += [(photo.unique_id, photo.file_id) for photo in photos]
    for unique_id, file_id in rows:
        row = upsert(session, Picture).values(file_unique_id=unique_id, file_id=file_id, asked_at=now, tries=0)
        await session.exec(row.on_conflict_do_nothing(index_elements=["file_unique_id"]))


async def next_wanted(session: AsyncSession) -> Picture | None:
    """The photo that has waited longest for a look."""
    waiting = select(Picture).where(col(Picture.fingerprint).is_(None), Picture.tries < TRIES)
    return (await session.exec(waiting.order_by(col(Picture.tries), col(Picture.asked_at)).limit(1))).first()


async def keep(session: AsyncSession, unique_id: str, fingerprint: str | None) -> None:
    """Keep what a photo looks like (16 hexadecimal digits); None: the look failed, and may be taken again."""
    picture = await session.get(Picture, unique_id)
    if picture is None:
        return
    picture.tries += 1
    picture.fingerprint = fingerprint
    if fingerprint is not None:
        same = update(Attachment).where(col(Attachment.file_unique_id) == unique_id)
        await session.exec(same.values(fingerprint=fingerprint))


async def fingerprint_of(session: AsyncSession, unique_id: str) -> str | None:
    picture = await session.get(Picture, unique_id)
    return picture.fingerprint if picture else None


async def awaited(session: AsyncSession, unique_id: str, now: datetime) -> bool:
    """Whether a look at this photo is still to come."""
    picture = await session.get(Picture, unique_id)
    if picture is None or picture.fingerprint is not None:
        return False
    return picture.tries < TRIES and now - picture.asked_at < PATIENCE


async def seen_before(session: AsyncSession, report: Report, unique_id: str, now: datetime) -> bool:
    """Whether a photo looks like one of this report, or like one that proved something for the same office."""
    mine = await fingerprint_of(session, unique_id)
    if mine is None:
        return False
    others = (
        select(Attachment.fingerprint)
        .join(Report, col(Report.id) == col(Attachment.report_id))
        .where(
            col(Attachment.fingerprint).is_not(None),
            (col(Attachment.report_id) == report.id)
            | (
                (col(Attachment.purpose) == "proof")
                & (col(Report.agency_id) == report.agency_id)
                & (col(Attachment.at) > now - BACK)
            ),
        )
    )
    return any(_apart(mine, other or "") <= NEAR for other in (await session.exec(others)).all())


def _apart(one: str, other: str) -> int:
    """In how many bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
