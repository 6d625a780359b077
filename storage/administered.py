"""Everything that is administered in chat, as one plain document and back: offices and their names, who answers what,
boundary rules, days off, answers on file, templates, settings.

A document has dicts and lists as TOML has them. Writing one replaces what it names and leaves the rest: a body by its
id, a topic's lines as a whole, a template by office, topic and title.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import agencies, days, faq, templates
from storage.tables import Agency, AgencyName, DayOff, FaqEntry, Setting, Template, TopicAgency

Document = dict[str, list[dict[str, Any]]]

WORDS, DAY, LIST, FLAG = str, date, list, bool
SECTIONS: dict[str, dict[str, tuple[type, bool]]] = {
    "office": {
        "id": (WORDS, True), "name": (WORDS, True), "short": (WORDS, True), "scope": (WORDS, True),
        "channel": (WORDS, False), "starts_on": (DAY, True), "ends_on": (DAY, False), "successor": (WORDS, False),
    },
    "office_name": {
        "office": (WORDS, True), "starts_on": (DAY, True), "name": (WORDS, True), "short": (WORDS, True),
    },
    "topic": {
        "topic": (WORDS, True), "name": (WORDS, True), "office": (WORDS, True), "starts_on": (DAY, True),
        "ends_on": (DAY, False),
    },
    "day_off": {"day": (DAY, True), "name": (WORDS, True)},
    "answer": {
        "id": (WORDS, True), "questions": (LIST, False), "answer": (WORDS, False), "channel": (WORDS, False),
        "topics": (LIST, False), "checked_on": (DAY, True), "ended": (FLAG, False),
    },
    "template": {
        "office": (WORDS, False), "topic": (WORDS, False), "title": (WORDS, True), "text": (WORDS, True),
    },
    "setting": {"key": (WORDS, True), "value": (WORDS, True)},
}  # fmt: skip
"""Section -> field -> its type, and whether it must be there. In the order of writing: bodies before their names."""


LONGEST = {
    **dict.fromkeys(("id", "office", "successor", "topic", "key"), 40),
    **{"title": 60, "value": 200, "channel": 300, "short": 30, "name": 120},
}
"""Characters of a field."""

UNIQUE = {"office": ("id",), "office_name": ("office", "starts_on"), "topic": ("topic", "starts_on"), "answer": ("id",)}
"""What no two lines of a section have in common."""

CHOICES = {("office", "scope"): ("city", "outside"), ("setting", days.LOG_LEVEL): days.LEVELS}


class BadDocument(ValueError):
    """`faults`: each names a section, the line of it (from 1) and a field."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


async def read(session: AsyncSession) -> Document:
    """The whole document, in a fixed order."""

    async def rows(table: type[SQLModel], *order: Any) -> Iterable[Any]:
        return (await session.exec(select(table).order_by(*order))).all()

    found: Document = {
        "office": [
            {"id": a.id, "name": a.name, "short": a.short, "scope": a.scope, "channel": a.channel,
             "starts_on": a.starts_on, "ends_on": a.ends_on, "successor": a.successor_id}
            for a in await rows(Agency, Agency.id)
        ],
        "office_name": [
            {"office": n.agency_id, "starts_on": n.starts_on, "name": n.name, "short": n.short}
            for n in await rows(AgencyName, AgencyName.agency_id, AgencyName.starts_on)
        ],
        "topic": [
            {"topic": t.topic, "name": t.name, "office": t.agency_id, "starts_on": t.starts_on, "ends_on": t.ends_on}
            for t in await rows(TopicAgency, TopicAgency.topic, TopicAgency.starts_on)
        ],
        "day_off": [{"day": d.day, "name": d.name} for d in await rows(DayOff, DayOff.day)],
        "answer": [
            {"id": e.id, "questions": e.questions, "answer": e.answer, "channel": e.channel, "topics": e.topics,
             "checked_on": e.checked_on, "ended": e.ended_at is not None or None}
            for e in await rows(FaqEntry, FaqEntry.id)
        ],
        "template": [
            {"office": t.agency_id, "topic": t.topic, "title": t.title, "text": t.text}
            for t in await rows(Template, Template.title, Template.text, Template.id)
        ],
        "setting": [{"key": s.key, "value": s.value} for s in await rows(Setting, Setting.key)],
    }  # fmt: skip
    return {
        section: [{name: value for name, value in row.items() if value not in (None, "", [])} for row in lines]
        for section, lines in found.items()
        if lines
    }


def check(document: dict[str, Any]) -> Document:
    """The same document, sound in itself. Raises: BadDocument with every fault."""
    faults = [f"{name}: not a section" for name in document if name not in SECTIONS]
    for section, fields in SECTIONS.items():
        lines = document.get(section, [])
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            faults.append(f"{section}: write [[{section}]] above each of them")
            continue
        for at, line in enumerate(lines, 1):
            faults += [f"{section} {at}, {fault}" for fault in _faults(section, fields, line)]
        faults += _twice(section, lines)
    if faults:
        raise BadDocument(faults)
    return {section: document[section] for section in SECTIONS if section in document}


def _faults(section: str, fields: dict[str, tuple[type, bool]], line: dict[str, Any]) -> Iterable[str]:
    yield from (f"{name}: not a field" for name in line if name not in fields)
    for name, (kind, needed) in fields.items():
        value = line.get(name)
        if value is None and needed:
            yield f"{name}: missing"
        elif value is not None and (type(value) is not kind or not all_words(value)):
            yield f"{name}: should be {KINDS[kind]}"
        elif isinstance(value, str) and len(value) > LONGEST.get(name, 4000):
            yield f"{name}: longer than {LONGEST.get(name, 4000)} characters"
    yield from _choice(section, "scope", line.get("scope"))
    if section == "setting":
        yield from _choice(section, str(line.get("key")), line.get("value"))
    if section == "answer" and not line.get("ended"):
        try:
            faq.check(line.get("questions", ()), line.get("answer", ""))
        except (faq.BadAnswer, AttributeError, TypeError) as error:
            yield f"answer: {error}"
    if section == "template" and all(isinstance(line.get(name), str) for name in ("title", "text")):
        try:
            templates.check(line["title"], line["text"])
        except templates.TemplateError as error:
            yield f"text: {error}"


def _choice(section: str, name: str, value: Any) -> Iterable[str]:
    known = CHOICES.get((section, name), (value,))
    if value is not None and value not in known:
        yield f"{name}: one of {', '.join(known)}"


def _twice(section: str, lines: list[dict[str, Any]]) -> list[str]:
    """Lines that say again what an earlier one has said."""
    seen: set[tuple[Any, ...]] = set()
    faults = []
    for at, line in enumerate(lines, 1):
        key = tuple(str(line.get(name)) for name in UNIQUE.get(section, ())) or (at,)
        if key in seen:
            faults.append(f"{section} {at}: the same {' and '.join(UNIQUE[section])} as a line before")
        seen.add(key)
    return faults


KINDS = {str: "words in quotes", date: "a date (2027-01-31)", list: "a list of words", bool: "true or false"}


def all_words(value: Any) -> bool:
    """False for a list that holds anything else."""
    return not isinstance(value, list) or all(isinstance(one, str) for one in value)


async def write(
    session: AsyncSession, document: dict[str, Any], *, now: datetime, by: int | None = None
) -> dict[str, int]:
    """Make the tables as the document says; returns the lines of each section.

    Raises: BadDocument, before any change.
    """
    sound = check(document)
    await _check_bodies(session, sound)
    for section, lines in sound.items():
        await WRITERS[section](session, lines, now, by)
        await session.flush()
    return {section: len(lines) for section, lines in sound.items()}


async def _check_bodies(session: AsyncSession, document: Document) -> None:
    """Raises: BadDocument for a body that neither the tables nor the document know."""
    known = set((await session.exec(select(Agency.id))).all()) | {row["id"] for row in document.get("office", ())}
    faults = [
        f"{section} {at}, {field}: no office has the id {line[field]}"
        for section, lines in document.items()
        for at, line in enumerate(lines, 1)
        for field in ("office", "successor")
        if field in line and line[field] not in known
    ]
    if faults:
        raise BadDocument(faults)


OF_AN_OFFICE = ("id", "name", "short", "scope", "starts_on", "ends_on")


async def _offices(session: AsyncSession, lines: list[dict[str, Any]], now: datetime, by: int | None) -> None:
    for line in lines:
        values: dict[str, Any] = {name: line.get(name) for name in OF_AN_OFFICE}
        await session.merge(Agency(**values, channel=line.get("channel", "")))
    await session.flush()  # every body is there before one succeeds another
    for line in lines:
        (await session.get_one(Agency, line["id"])).successor_id = line.get("successor")


async def _names(session: AsyncSession, lines: list[dict[str, Any]], now: datetime, by: int | None) -> None:
    await session.exec(delete(AgencyName).where(col(AgencyName.agency_id).in_({line["office"] for line in lines})))
    session.add_all(
        AgencyName(agency_id=line["office"], **{name: line[name] for name in ("starts_on", "name", "short")})
        for line in lines
    )


async def _topics(session: AsyncSession, lines: list[dict[str, Any]], now: datetime, by: int | None) -> None:
    await session.exec(delete(TopicAgency).where(col(TopicAgency.topic).in_({line["topic"] for line in lines})))
    session.add_all(
        TopicAgency(
            agency_id=line["office"],
            ends_on=line.get("ends_on"),
            **{name: line[name] for name in ("topic", "name", "starts_on")},
        )
        for line in lines
    )
    agencies.topics_changed(session)


async def _days(session: AsyncSession, lines: list[dict[str, Any]], now: datetime, by: int | None) -> None:
    for line in lines:
        await days.declare(session, line["day"], line["name"], by=by, now=now)


async def _answers(session: AsyncSession, lines: list[dict[str, Any]], now: datetime, by: int | None) -> None:
    for line in lines:
        await session.merge(
            FaqEntry(
                id=line["id"],
                questions=line.get("questions", []),
                answer=line.get("answer", ""),
                channel=line.get("channel", ""),
                topics=line.get("topics", []),
                checked_on=line["checked_on"],
                updated_at=now,
                updated_by=by,
                ended_at=now if line.get("ended") else None,
            )
        )


async def _templates(session: AsyncSession, lines: list[dict[str, Any]], now: datetime, by: int | None) -> None:
    for line in lines:
        office, topic = line.get("office"), line.get("topic")
        known = await templates.of_office(session, office)
        same = next((one for one in known if (one.topic, one.title) == (topic, line["title"])), None)
        await templates.put(session, same.id if same else None, agency_id=office, topic=topic, title=line["title"],
                            text=line["text"], by=by, now=now)  # fmt: skip


async def _settings(session: AsyncSession, lines: list[dict[str, Any]], now: datetime, by: int | None) -> None:
    for line in lines:
        await days.put(session, line["key"], line["value"], by=by, now=now)


WRITERS: dict[str, Callable[..., Any]] = {
    "office": _offices,
    "office_name": _names,
    "topic": _topics,
    "day_off": _days,
    "answer": _answers,
    "template": _templates,
    "setting": _settings,
}
