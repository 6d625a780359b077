"""How fast a person may write, how many reports they may send, and who may send none at all for now.

One row a person, read and written once for each update, so that any number of processes count together.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ledger, people
from storage.engine import ask
from storage.tables import Citizen, Pace, Report
from storage.types import BigId, Moment

SAME_WITHIN = timedelta(minutes=2)
"""The same words again within this time are one message: a phone without a signal sends twice."""

TELL_AGAIN = timedelta(minutes=1)
TELL_BLOCKED_AGAIN = timedelta(days=1)
SHORTEST_REPEAT = 10
"""Characters of a message that can be a repetition; "ya" twice are two answers."""


class TooManyReports(Exception):
    """The person has sent as many reports within an hour as one may send; what they wrote is kept."""

    code = "too_many_reports"


@dataclass(frozen=True)
class Verdict:
    """What to do with an update. `tell`: the person is owed a word about it."""

    too_fast: bool = False
    repeated: bool = False
    tell: bool = False


async def judge(session: AsyncSession, chat_id: int, at: datetime, words: str | None, per_minute: int) -> Verdict:
    """Count one update of a person. `at`: when it was written; `words`: its text, None for a command, press or file.

    A person may write `per_minute` messages at once, then as many in each minute.
    """
    row = await _of(session, chat_id) or Pace(chat_id=chat_id, left=float(per_minute), at=at, last_words="")
    passed = max(0.0, (at - row.at).total_seconds())
    row.left = min(float(per_minute), row.left + passed * per_minute / 60)
    digest = _digest(words)
    repeated = bool(digest) and digest == row.last_words and abs(at - row.at) <= SAME_WITHIN
    row.last_words, row.at = digest, max(at, row.at)
    too_fast, tell = row.left < 1, False
    if too_fast:
        tell = row.told_at is None or at - row.told_at >= TELL_AGAIN
        row.told_at = at if tell else row.told_at
    else:
        row.left -= 1
    await _keep(session, row)
    return Verdict(too_fast=too_fast, repeated=repeated, tell=tell)


async def _of(session: AsyncSession, chat_id: int) -> Pace | None:
    book = ledger.of(session)
    return await ledger.recall(session, Pace, chat_id, book.paces if book else None)


async def _keep(session: AsyncSession, row: Pace) -> None:
    book = ledger.of(session)
    if book is not None:
        book.count(row)
    else:
        session.add(row)


async def blocked(session: AsyncSession, chat_id: int) -> str | None:
    """Why this person may file no reports; None where they may."""
    citizen = await people.at(session, chat_id)
    return citizen.blocked_reason if citizen is not None and citizen.blocked_at is not None else None


async def tell_blocked(session: AsyncSession, chat_id: int, at: datetime) -> bool:
    """Whether a blocked person is to be told why, now: once a day."""
    row = await _of(session, chat_id)
    if row is None or (row.told_blocked_at is not None and at - row.told_blocked_at < TELL_BLOCKED_AGAIN):
        return False
    row.told_blocked_at = at
    await _keep(session, row)
    return True


async def block(session: AsyncSession, citizen_id: int, reason: str, now: datetime) -> None:
    """Let a person file no reports until they are let in again; `reason` is what they read. Open reports go on."""
    values = {"blocked_at": now, "blocked_reason": reason.strip()[:300]}
    await session.exec(update(Citizen).where(col(Citizen.id) == citizen_id).values(**values))


async def unblock(session: AsyncSession, citizen_id: int) -> None:
    values = {"blocked_at": None, "blocked_reason": ""}
    await session.exec(update(Citizen).where(col(Citizen.id) == citizen_id).values(**values))


async def check_reports(session: AsyncSession, citizen: Citizen, now: datetime, per_hour: int) -> None:
    """Raises: TooManyReports if the person has sent `per_hour` reports within the last hour."""
    if citizen.created_at == now:
        return  # became known with this update
    given = {"citizen": citizen.id, "since": now - timedelta(hours=1)}
    if await ask(session, _recent(), given) >= per_hour:
        raise TooManyReports


@cache
def _recent() -> Any:
    theirs = col(Report.citizen_id) == bindparam("citizen", type_=BigId)
    since = col(Report.created_at) > bindparam("since", type_=Moment)
    return select(func.count()).select_from(Report).where(theirs, since)


def _digest(words: str | None) -> str:
    said = " ".join((words or "").split()).casefold()
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest() if len(said) >= SHORTEST_REPEAT else ""
