"""The brief for the planning forum: what people asked of an office in a year, put together from its reports."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.intake import Intake
from bot.texts import label
from bot.texts.clean import cleaned
from storage import periods, reads, rows, statistics, wishes
from storage.counting import Sight
from storage.engine import Database
from storage.lifecycle import OPEN, Kind, Status
from storage.rows import Row
from storage.statistics import Figures
from storage.topic_groups import DELICATE

QUOTED, PROMISES, PROPOSED = 2, 20, 10
"""Quotations of a matter, open reports listed, proposals."""

ASKED = frozenset({Kind.COMPLAINT, Kind.ASPIRATION})
"""What people want done; questions and greetings are no matter for planning."""

Tell = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True)
class Matter:
    """One thing that people bring again and again."""

    key: str
    name: str
    topic: str
    words: str
    count: int
    aspirations: int
    supporters: int
    open: int
    places: list[tuple[str, int]]
    """(kecamatan, reports), the most frequent first."""
    quotes: list[str]
    """Words of people who did not ask to be anonymous; masked, without their names."""


@dataclass(frozen=True)
class Promise:
    """An open report, named by its number."""

    number: str
    topic: str
    place: str
    due: date | None
    days_late: int


@dataclass(frozen=True)
class Brief:
    """Everything that the PDF and the workbook say."""

    agency: str
    government: str
    first: date
    last: date
    made_on: date
    figures: Figures
    matters: list[Matter]
    promises: list[Promise]
    promised: int
    done: list[tuple[str, int]]
    """(topic, reports done), the most frequent first."""


class UnknownOffice(LookupError):
    """No office has this id."""


async def gather(
    database: Database,
    intake: Intake,
    government: str,
    agency_id: str,
    year: int,
    sight: Sight,
    now: datetime,
    tell: Tell,
) -> Brief:
    """Read, group, name. Raises: UnknownOffice."""
    zone = intake.calendar.zone
    period = periods.year(year, str(zone))
    async with database.reading() as session:
        agency = await reads.agency(session, agency_id)
        if agency is None:
            raise UnknownOffice(agency_id)
        topics = await statistics.topic_names(session)
        figures = await statistics.figures(session, period, now, sight=sight, agency_id=agency_id)
        found: list[Row] = []
        async for part in rows.of_period(session, period, sight=sight, agency_id=agency_id):
            found += part
            await tell(len(found), figures.total.received)
    wanted = [row for row in found if row.kind in ASKED and row.status is not Status.WITHDRAWN and not row.confidential]
    grouped = await asyncio.to_thread(intake.clusters, [(row.topic, row.text) for row in wanted])
    grouped = [replace(group, terms=telling(group.terms, [wanted[at] for at in group.members])) for group in grouped]
    async with database.transaction() as session:
        names = await wishes.recognise(session, agency_id, [(group.topic, group.terms) for group in grouped], now)
        called = [(name.key, name.name) for name in names]
    matters = []
    for group, (key, name) in zip(grouped, called, strict=True):
        topic = topics.get(group.topic) or group.topic or label("brief.no_topic")
        matters.append(
            matter([wanted[at] for at in group.members], key, name, topic, group.terms, wanted[group.middle])
        )
    waiting = sorted((row for row in found if row.status in OPEN), key=lambda row: (row.due_at or now, row.number))
    done = Counter(topics.get(row.topic, row.topic) for row in found if row.status in {Status.RESOLVED, Status.CLOSED})
    today = now.astimezone(zone).date()
    return Brief(
        agency=agency.name,
        government=government,
        first=period.start.date(),
        last=min(period.last_day, max(today, period.start.date())),
        made_on=today,
        figures=figures,
        matters=matters,
        promises=[promise(row, topics, now) for row in waiting[:PROMISES]],
        promised=len(waiting),
        done=[(topic, many) for topic, many in done.most_common(12) if topic],
    )


def telling(terms: list[str], members: list[Row]) -> list[str]:
    """The terms that somebody wrote who did not ask to be anonymous, without anybody's name."""
    said = " ".join(cleaned(row.text, row.author) for row in members if not row.anonymous).lower()
    return [term for term in terms if term.lower() in said]


def matter(members: list[Row], key: str, name: str, topic: str, terms: list[str], middle: Row) -> Matter:
    """A group of reports as the brief tells it."""
    words = ", ".join(terms[:4])
    usual = label("brief.matter", topic=topic, words=words) if words else label("brief.other", topic=topic)
    places = Counter(row.kecamatan for row in members if row.kecamatan)
    speaking = (
        [row for row in (middle, *members) if not row.anonymous] if terms and middle.topic not in DELICATE else []
    )
    quotes: list[str] = []
    for row in speaking:
        quote = cleaned(row.text, row.author)
        if quote not in quotes:
            quotes.append(quote)
        if len(quotes) == QUOTED:
            break
    return Matter(
        key=key,
        name=name or usual,
        topic=topic,
        words=", ".join(terms),
        count=len(members),
        aspirations=sum(row.kind is Kind.ASPIRATION for row in members),
        supporters=sum(row.supporters for row in members),
        open=sum(row.status in OPEN for row in members),
        places=places.most_common(),
        quotes=quotes,
    )


def promise(row: Row, topics: dict[str, str], now: datetime) -> Promise:
    late = (now - row.due_at).days if row.due_at and row.due_at < now else 0
    place = "" if row.confidential else row.kelurahan or row.kecamatan
    return Promise(row.number, topics.get(row.topic, row.topic), place, row.due_at.date() if row.due_at else None, late)


async def quiet(_done: int, _total: int) -> None:
    """Tells nobody how far it is."""
