"""Agencies and the dated map of topics: which body answers what on a given day."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, String, bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import upsert
from storage.tables import Agency, TopicAgency

ANSWERING = "answering"
"""Where a session's `info` keeps what `answering_topic` found."""


async def seed(session: AsyncSession, rows: Iterable[dict[str, Any]]) -> None:
    """Put in rows of `id, name, short, scope, channel, starts_on`; what is there already keeps its changes."""
    statement = upsert(session, Agency).on_conflict_do_nothing(index_elements=["id"])
    await session.exec(statement, params=list(rows))


async def seed_topics(session: AsyncSession, rows: Iterable[tuple[str, str, str]], since: date) -> None:
    """Put in (topic, name, agency id) triples; a topic that has a line already keeps it."""
    known = set((await session.exec(select(col(TopicAgency.topic)))).all())
    for topic, name, agency_id in rows:
        if topic not in known:
            session.add(TopicAgency(topic=topic, name=name, agency_id=agency_id, starts_on=since))


async def answering_topic(session: AsyncSession, topic: str, day: date) -> tuple[Agency, str] | None:
    """The body that answers a topic on a day, by the map in the database, and what the topic is called.

    Asked once in a transaction, until `topics_changed`: of the updates that share one, several are of the same topic.
    """
    known: dict[tuple[str, date], tuple[Agency, str] | None] = session.info.setdefault(ANSWERING, {})
    if (topic, day) not in known:
        found = (await session.exec(_answering(), params={"topic": topic, "day": day})).first()
        known[topic, day] = (found[0], found[1]) if found else None
    return known[topic, day]


def topics_changed(session: AsyncSession) -> None:
    """The map of topics is another from here on; for whoever changes it."""
    session.info.pop(ANSWERING, None)


@cache
def _answering() -> Any:
    day = bindparam("day", type_=Date)
    return (
        select(Agency, TopicAgency.name)
        .join(TopicAgency, col(TopicAgency.agency_id) == col(Agency.id))
        .where(
            TopicAgency.topic == bindparam("topic", type_=String),
            TopicAgency.starts_on <= day,
            (col(TopicAgency.ends_on).is_(None)) | (col(TopicAgency.ends_on) >= day),
        )
        .order_by(col(TopicAgency.starts_on).desc())
        .limit(1)
    )


async def standing(session: AsyncSession, body: Agency | str, day: date) -> Agency | None:
    """The body itself, or whoever followed it by that day; None where it ended without a successor, or for an id that
    is none."""
    agency = await session.get(Agency, body) if isinstance(body, str) else body
    session.info.setdefault("agencies", []).append(agency)  # a session forgets what nobody holds
    seen = {agency.id} if agency is not None else set()
    while agency is not None and agency.ends_on is not None and agency.ends_on < day:
        if agency.successor_id is None or agency.successor_id in seen:
            return None
        seen.add(agency.successor_id)
        agency = await session.get(Agency, agency.successor_id)
    return agency


async def answering(session: AsyncSession, scope: str, day: date) -> list[Agency]:
    """The bodies of a scope (`city` or `outside`) that answer on a day, by their short names."""
    statement = select(Agency).where(
        Agency.scope == scope, Agency.starts_on <= day, (col(Agency.ends_on).is_(None)) | (col(Agency.ends_on) >= day)
    )
    return list((await session.exec(statement.order_by(Agency.short))).all())
