"""What the digests are made of: who reads them, and the rows that their figures are counted from."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy import select as rows
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import rows_of
from storage.lifecycle import OPEN
from storage.tables import Agency, Citizen, Example, Officer, Report, Role, Subscription, TopicAgency
from storage.weekly import BEFORE, WEEK, Seen


async def seen(session: AsyncSession, end: datetime) -> list[Seen]:
    """Every report that a digest of the week up to `end` may count: recent, still open, or finished lately."""
    since = end - WEEK * (BEFORE + 1)
    statement = rows(
        col(Report.id), col(Report.number), col(Report.agency_id), col(Report.topic), col(Report.kecamatan),
        col(Report.kelurahan), col(Report.status), col(Report.created_at), col(Report.due_at), col(Report.paused_at),
        col(Report.first_answer_at), col(Report.closed_at), col(Report.verified_at), col(Report.rating),
        ~col(Report.confidential) & ~col(Report.misconduct), ~col(Report.misconduct),
    ).where(
        col(Report.created_at) < end,
        or_(col(Report.created_at) >= since, col(Report.status).in_(OPEN), col(Report.closed_at) >= since),
        col(Report.merged_into_id).is_(None),
    )  # fmt: skip
    return [Seen(*row) for row in await rows_of(session, statement)]


async def first_guess(session: AsyncSession, end: datetime) -> dict[str, tuple[int, int]]:
    """For each office (all, guessed right at first), of the reports that an officer settled that week."""
    newest = select(func.max(Example.id)).where(Example.at < end).group_by(col(Example.report_id))
    statement = select(Report.guess_agency_id, Example.agency_id).where(
        Example.report_id == Report.id, col(Example.id).in_(newest), Example.at >= end - WEEK
    )
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for guess, agency in (await session.exec(statement)).all():
        judged, right = found[agency]
        found[agency] = (judged + 1, right + (guess == agency))
    return dict(found)


async def topic_names(session: AsyncSession) -> dict[str, str]:
    return dict((await session.exec(select(TopicAgency.topic, TopicAgency.name).order_by(col(TopicAgency.id)))).all())


async def agency_names(session: AsyncSession) -> dict[str, tuple[str, str]]:
    """(name, short name) of every body."""
    return {row.id: (row.name, row.short) for row in (await session.exec(select(Agency))).all()}


async def officers(
    session: AsyncSession, roles: Collection[Role], before: datetime, after_id: int, limit: int
) -> list[Officer]:
    """The next reachable officers of some roles, by id; only those who were there at `before`."""
    statement = select(Officer).where(
        col(Officer.role).in_(roles),
        col(Officer.active),
        col(Officer.reachable),
        Officer.created_at < before,
        col(Officer.id) > after_id,
    )
    return list((await session.exec(statement.order_by(col(Officer.id)).limit(limit))).all())


async def offices_with_officers(session: AsyncSession) -> set[str]:
    statement = select(Officer.agency_id).where(col(Officer.active), col(Officer.reachable)).distinct()
    return {agency for agency in (await session.exec(statement)).all() if agency}


async def subscribers(
    session: AsyncSession, before: datetime, after_id: int, limit: int
) -> list[tuple[Citizen, list[Subscription]]]:
    """The next reachable citizens with subscriptions that were there at `before`, by id."""
    wanted = (
        select(Citizen)
        .where(
            col(Citizen.id) > after_id,
            col(Citizen.reachable),
            col(Citizen.chat_id).is_not(None),
            col(Citizen.blocked_at).is_(None),
            col(Citizen.id).in_(select(Subscription.citizen_id).where(Subscription.created_at < before)),
        )
        .order_by(col(Citizen.id))
        .limit(limit)
    )
    people = list((await session.exec(wanted)).all())
    of: dict[int, list[Subscription]] = defaultdict(list)
    statement = select(Subscription).where(
        col(Subscription.citizen_id).in_([person.id for person in people]), Subscription.created_at < before
    )
    for row in (await session.exec(statement.order_by(col(Subscription.id)))).all():
        of[row.citizen_id].append(row)
    return [(person, of[person.id or 0]) for person in people]


async def count_subscribers(session: AsyncSession, before: datetime) -> int:
    statement = select(func.count(func.distinct(Subscription.citizen_id))).where(Subscription.created_at < before)
    return (await session.exec(statement)).one()
