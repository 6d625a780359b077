"""Changing the bodies that answer: created, renamed, merged or ended from a day on; who answers a topic, and when."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import agencies, outbox, reports, staff
from storage.lifecycle import OPEN
from storage.reports import SYSTEM
from storage.tables import Agency, AgencyName, Lane, OfficeGroup, Officer, Report, TopicAgency

PAGE = 12
"""Offices, or topics, on one page of a list."""

SLICE = 200
"""Reports that follow an ended office in one transaction; the next run takes the next ones."""


class OfficeError(Exception):
    """`code` names the sentence a person reads: office_unknown, office_exists, office_ended, office_itself,
    office_words, topic_unknown, rule_unknown."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def page(session: AsyncSession, number: int, today: date) -> tuple[list[Agency], int]:
    """A page (from 0) of the city's offices that stand today or later, and how many there are."""
    stands = (Agency.scope == "city", col(Agency.ends_on).is_(None) | (col(Agency.ends_on) >= today))
    total = (await session.exec(select(func.count()).select_from(Agency).where(*stands))).one()
    statement = select(Agency).where(*stands).order_by(Agency.short)
    return list((await session.exec(statement.offset(number * PAGE).limit(PAGE))).all()), total


async def find(session: AsyncSession, agency_id: str) -> Agency:
    """Raises: OfficeError."""
    agency = await session.get(Agency, agency_id)
    if agency is None:
        raise OfficeError("office_unknown")
    return agency


async def create(session: AsyncSession, name: str, short: str, starts_on: date) -> Agency:
    """A new office of the city. Its id comes from its short name and stays for ever. Raises: OfficeError."""
    name, short = _checked(name, short)
    plain = unicodedata.normalize("NFKD", short).encode("ascii", "ignore").decode().lower()
    agency_id = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:28]
    if not agency_id or await session.get(Agency, agency_id) is not None:
        raise OfficeError("office_exists")
    agency = Agency(id=agency_id, name=name, short=short, scope="city", starts_on=starts_on)
    session.add(agency)
    await session.flush()
    return agency


async def rename(session: AsyncSession, agency_id: str, name: str, short: str, day: date, today: date) -> Agency:
    """Another name from a day on; what happened before keeps the old one. Raises: OfficeError."""
    agency, (name, short) = await find(session, agency_id), _checked(name, short)
    known = select(func.count()).select_from(AgencyName).where(AgencyName.agency_id == agency_id)
    if not (await session.exec(known)).one():
        session.add(AgencyName(agency_id=agency_id, starts_on=agency.starts_on, name=agency.name, short=agency.short))
        await session.flush()
    await session.merge(AgencyName(agency_id=agency_id, starts_on=day, name=name, short=short))
    await session.flush()
    await use_names(session, today)
    return agency


async def name_on(session: AsyncSession, agency_id: str, day: date) -> str:
    """What a body was called on a day; empty for one nobody knows."""
    statement = select(AgencyName.name).where(AgencyName.agency_id == agency_id, AgencyName.starts_on <= day)
    found = (await session.exec(statement.order_by(col(AgencyName.starts_on).desc()).limit(1))).first()
    if found is not None:
        return found
    agency = await session.get(Agency, agency_id)
    return agency.name if agency else ""


async def end(session: AsyncSession, agency_id: str, last_day: date, successor_id: str | None) -> Agency:
    """The office answers until `last_day`; then its successor does, or, where there is none, the desk chooses.

    Raises: OfficeError.
    """
    agency = await find(session, agency_id)
    if successor_id is not None:
        heir = await agencies.standing(session, successor_id, last_day + timedelta(days=1))
        if heir is None:
            raise OfficeError("office_ended")
        if heir.id == agency_id or successor_id == agency_id:
            raise OfficeError("office_itself")
    agency.ends_on, agency.successor_id = last_day, successor_id
    await session.flush()
    return agency


async def use_names(session: AsyncSession, today: date) -> int:
    """Give every body the name it has from today. Returns how many changed."""
    newest = (
        select(AgencyName.agency_id, func.max(AgencyName.starts_on).label("day"))
        .where(AgencyName.starts_on <= today)
        .group_by(AgencyName.agency_id)
        .subquery()
    )
    statement = select(Agency, AgencyName).where(
        Agency.id == newest.c.agency_id,
        AgencyName.agency_id == newest.c.agency_id,
        AgencyName.starts_on == newest.c.day,
        (Agency.name != AgencyName.name) | (Agency.short != AgencyName.short),
    )
    found = (await session.exec(statement)).all()
    for agency, called in found:
        agency.name, agency.short = called.name, called.short
    return len(found)


async def follow(session: AsyncSession, today: date, now: datetime) -> int:
    """What still lies with an office that has ended goes on: open reports, people and groups move to the successor;
    reports without one go to the desk. At most a slice of reports for each call; returns how many moved."""
    moved = 0
    for agency in (await session.exec(select(Agency).where(Agency.ends_on < today, Agency.scope == "city"))).all():  # type: ignore[operator]
        heir = await agencies.standing(session, agency.id, today)
        if heir is not None and heir.scope == "city":
            for table in (Officer, OfficeGroup):
                await session.exec(update(table).where(col(table.agency_id) == agency.id).values(agency_id=heir.id))
        moved += await _move_reports(session, agency, heir, now)
    return moved


async def _move_reports(session: AsyncSession, agency: Agency, heir: Agency | None, now: datetime) -> int:
    statement = (
        select(Report.id)
        .where(Report.agency_id == agency.id, col(Report.status).in_(OPEN))
        .order_by(col(Report.id))
        .limit(SLICE)
    )
    ids = (await session.exec(statement)).all()
    for report_id in ids:
        report = await reports.lock(session, report_id or 0)
        if heir is None:
            await reports.return_to_desk(session, report.id or 0, by=SYSTEM, now=now, note=agency.name)
            continue
        report.agency_id = heir.id
        await reports.record(
            session, report, "office_merged", by=SYSTEM, now=now, from_agency=agency.id, agency=heir.id
        )
    if ids and heir is not None:
        for officer in await staff.of_agency(session, heir.id):
            await outbox.put(
                session,
                now=now,
                lane=Lane.NOTICE,
                chat_id=officer.chat_id,
                notice="office_took_over",
                payload={"total": len(ids), "was": agency.name, "agency": heir.name},
            )
    return len(ids)


async def topics_like(session: AsyncSession, word: str, today: date) -> list[tuple[str, str]]:
    """Topics whose name holds a word: (topic, name), at most a page."""
    statement = (
        select(TopicAgency.topic, TopicAgency.name)
        .where(func.lower(TopicAgency.name).contains(word.strip().lower(), autoescape=True))
        .distinct()
        .order_by(TopicAgency.name)
        .limit(PAGE)
    )
    return [(topic, name) for topic, name in (await session.exec(statement)).all()]


async def topic_name(session: AsyncSession, topic: str) -> str:
    """Raises: OfficeError."""
    found = (await session.exec(select(TopicAgency.name).where(TopicAgency.topic == topic).limit(1))).first()
    if found is None:
        raise OfficeError("topic_unknown")
    return found


async def answer_topic(session: AsyncSession, topic: str, agency_id: str, day: date) -> None:
    """From a day on this office answers the topic; what was planned for later days is dropped. Raises: OfficeError."""
    name = await topic_name(session, topic)
    await find(session, agency_id)
    for line in (await session.exec(select(TopicAgency).where(TopicAgency.topic == topic))).all():
        if line.starts_on >= day:
            await session.delete(line)
        elif line.ends_on is None or line.ends_on >= day:
            line.ends_on = day - timedelta(days=1)
    await session.flush()
    session.add(TopicAgency(topic=topic, name=name, agency_id=agency_id, starts_on=day))
    await session.flush()
    agencies.topics_changed(session)


def _checked(name: str, short: str) -> tuple[str, str]:
    """Raises: OfficeError."""
    name, short = " ".join(name.split()), " ".join(short.split())
    if not 3 <= len(name) <= 120 or not 2 <= len(short) <= 30:
        raise OfficeError("office_words")
    return name, short
