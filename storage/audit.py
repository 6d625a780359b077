"""The log of attempts, sealed by a chain of digests: what was written down is neither changed nor taken away unseen.

Each seal's digest is the SHA-256 of the digest before it and of one row of `attempt`. Taking away the newest rows
together with their seals leaves a sound, shorter chain: only a digest written down elsewhere shows that.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import series
from storage.tables import Attempt, Officer, Seal

RIPE = timedelta(minutes=1)
"""No transaction that writes an attempt is open for longer: what is older is complete, in the order of its ids."""

LATE = 10_000
"""How far behind the newest sealed id a row may still turn up: ids are given before a transaction ends."""

BATCH = 2_000

SEALED = ("id", "at", "chat_id", "officer_id", "action", "report_id", "allowed", "reason", "facts")
"""The columns a digest covers. A later column is not covered: adding it here would break every chain there is."""

BEGINNING = "0" * 64


@dataclass(frozen=True)
class Proof:
    """What a walk along the chain found. `broken` is the first attempt that does not fit, None for a sound chain."""

    sealed: int
    unsealed: int
    head: str
    """The newest digest: written down elsewhere it proves later that nothing before it was taken away."""
    broken: int | None = None
    fault: str = ""
    """changed (the row, the seal or their order), missing (the row), unsealed (an old row without a seal) or
    shortened (the digest that was written down is not in the chain)."""


def digest(before: str, attempt: Attempt) -> str:
    """The digest of an attempt that follows the digest `before`, as 64 hexadecimal characters."""
    row = {column: getattr(attempt, column) for column in SEALED}
    row["at"] = attempt.at.astimezone(UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{before}\n{canonical}".encode()).hexdigest()


async def seal(session: AsyncSession, now: datetime) -> int:
    """Seal what is older than a minute, at most a batch. Returns how many. Of many processes one does it at a time."""
    await series.next_in(session, "audit")  # the row is locked until this transaction ends
    last = (await session.exec(select(Seal).order_by(col(Seal.id).desc()).limit(1))).first()
    newest = (await session.exec(select(func.max(Seal.attempt_id)))).one() or 0
    statement = (
        select(Attempt)
        .where(
            col(Attempt.id) > newest - LATE,
            Attempt.at < now - RIPE,
            ~exists().where(col(Seal.attempt_id) == col(Attempt.id)),
        )
        .order_by(col(Attempt.id))
        .limit(BATCH)
    )
    head = last.digest if last else BEGINNING
    found = (await session.exec(statement)).all()
    for place, attempt in enumerate(found, (last.id or 0) + 1 if last else 1):
        head = digest(head, attempt)
        session.add(Seal(id=place, attempt_id=attempt.id or 0, digest=head))
    await session.flush()
    return len(found)


async def verify(session: AsyncSession, now: datetime, *, known: str = "") -> Proof:
    """Walk the whole chain. `known` is a digest written down earlier, which must still be in it."""
    head, sealed, at, met = BEGINNING, 0, 0, not known
    while page := await _links(session, at):
        for link, attempt in page:
            at = link.id or 0
            if attempt is None:
                return Proof(sealed, 0, head, link.attempt_id, "missing")
            head = digest(head, attempt)
            if head != link.digest:
                return Proof(sealed, 0, head, link.attempt_id, "changed")
            sealed += 1
            met = met or head == known
        session.expunge_all()
    bare = ~exists().where(col(Seal.attempt_id) == col(Attempt.id))
    unsealed = (await session.exec(select(func.count()).select_from(Attempt).where(bare))).one()
    forgotten = select(func.min(Attempt.id)).where(bare, Attempt.at < now - timedelta(days=1))
    lost = (await session.exec(forgotten)).one()
    if lost is not None:
        return Proof(sealed, unsealed, head, lost, "unsealed")
    return Proof(sealed, unsealed, head, None if met else 0, "" if met else "shortened")


async def _links(session: AsyncSession, after: int) -> list[tuple[Seal, Attempt | None]]:
    """The next seals by their place in the chain, each with its row where that is still there."""
    statement = (
        select(Seal, Attempt)
        .join(Attempt, col(Attempt.id) == col(Seal.attempt_id), isouter=True)
        .where(col(Seal.id) > after)
        .order_by(col(Seal.id))
        .limit(BATCH)
    )
    return [(link, attempt) for link, attempt in (await session.exec(statement)).all()]


async def of_report(
    session: AsyncSession, report_id: int, last: int
) -> tuple[list[tuple[Attempt, Officer | None]], int]:
    """The last attempts on a report, oldest first, each with the officer where it was one; and how many there are."""
    here = col(Attempt.report_id) == report_id
    statement = (
        select(Attempt, Officer)
        .join(Officer, col(Officer.id) == col(Attempt.officer_id), isouter=True)
        .where(here)
        .order_by(col(Attempt.id).desc())
        .limit(last)
    )
    found: list[tuple[Attempt, Officer | None]] = [
        (attempt, officer) for attempt, officer in (await session.exec(statement)).all()
    ]
    total = (await session.exec(select(func.count()).select_from(Attempt).where(here))).one()
    return found[::-1], total
