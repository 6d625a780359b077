"""Names of clusters: a cluster found again keeps its key and the name that the office gave it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import ClusterName

SAME = 0.34
"""Share of words in common from which on two clusters of a topic are the same."""

LONGEST = 80
"""Characters of a name."""


class BadName(ValueError):
    """`code` names the sentence a person reads."""

    code = "cluster_name_length"


async def known(session: AsyncSession, agency_id: str) -> list[ClusterName]:
    """The clusters of an office, as they were last seen."""
    statement = select(ClusterName).where(ClusterName.agency_id == agency_id).order_by(col(ClusterName.key))
    return list((await session.exec(statement)).all())


async def recognise(
    session: AsyncSession, agency_id: str, found: Sequence[tuple[str, list[str]]], now: datetime
) -> list[ClusterName]:
    """The row of each (topic, terms), in order: one seen before, the likest first, or a new one."""
    free = {row.key: row for row in await known(session, agency_id)}
    pairs = sorted(
        (
            (likeness(row, topic, terms), -at, row.key)
            for row in free.values()
            for at, (topic, terms) in enumerate(found)
        ),
        reverse=True,
    )
    taken: dict[int, ClusterName] = {}
    for likely, minus_at, key in pairs:
        if likely >= SAME and -minus_at not in taken and key in free:
            taken[-minus_at] = free.pop(key)
    for at, (topic, terms) in enumerate(found):
        row = taken.get(at)
        if row is None:
            taken[at] = row = ClusterName(
                key=key_of(agency_id, topic, terms), agency_id=agency_id, topic=topic, seen_at=now
            )
            if (there := await session.get(ClusterName, row.key)) is not None:
                taken[at] = row = there
        row.terms, row.seen_at = list(terms), now
        session.add(row)
        await session.flush()
    return [taken[at] for at in range(len(found))]


def likeness(row: ClusterName, topic: str, terms: Sequence[str]) -> float:
    """0 to 1: shared words among all words; 0 for another topic, 1 for the rest of the same one."""
    if row.topic != topic or bool(row.terms) != bool(terms):
        return 0.0
    mine, theirs = set(row.terms), set(terms)
    return len(mine & theirs) / len(mine | theirs) if mine else 1.0


def key_of(agency_id: str, topic: str, terms: Sequence[str]) -> str:
    return hashlib.sha256("|".join((agency_id, topic, *terms)).encode()).hexdigest()[:12]


async def rename(
    session: AsyncSession, key: str, name: str, officer_id: int | None, now: datetime
) -> ClusterName | None:
    """Give a cluster another name; None where there is none of this key. Raises: BadName."""
    name = " ".join(name.split())
    if not 3 <= len(name) <= LONGEST:
        raise BadName(name)
    row = await session.get(ClusterName, key)
    if row is not None:
        row.name, row.named_by, row.named_at = name, officer_id, now
    return row
