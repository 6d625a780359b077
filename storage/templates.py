"""Ready answers with fields, of one office or of all; offered to an officer who writes about a topic they are for."""

import re
from datetime import datetime
from string import Formatter
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Report, Template

FIELDS = frozenset({"nomor", "tempat", "batas", "dinas"})
"""What a template may name: the report's number, its place, its due date, the office."""

LONGEST, MOST = 1500, 40
OFFERED = 6


class TemplateError(Exception):
    """`code` names the sentence a person reads: template_field, template_words, template_unknown, template_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(title: str, text: str) -> tuple[str, str]:
    """Raises: TemplateError for an unknown field, a lone brace, or words that are too few or too many."""
    title, text = " ".join(title.split()), text.strip()
    if not 3 <= len(title) <= 60 or not 10 <= len(text) <= LONGEST:
        raise TemplateError("template_words")
    try:
        named = list(Formatter().parse(text))
    except ValueError as error:
        raise TemplateError("template_field") from error
    if any(name is not None and (name not in FIELDS or shape or conversion) for _, name, shape, conversion in named):
        raise TemplateError("template_field")
    return title, text


def fill(text: str, values: dict[str, Any]) -> str:
    """The text with its fields filled; a field without a value is left out."""
    return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], "")), text)


async def of_office(session: AsyncSession, agency_id: str | None) -> list[Template]:
    """The templates of one office, or (None) those of all."""
    here = col(Template.agency_id).is_(None) if agency_id is None else col(Template.agency_id) == agency_id
    return list((await session.exec(select(Template).where(here).order_by(Template.title))).all())


async def offered(session: AsyncSession, report: Report) -> list[Template]:
    """What fits a report: the own office's before everybody's, those for its topic before those for any."""
    ours = col(Template.agency_id).is_(None) | (col(Template.agency_id) == report.agency_id)
    fits = col(Template.topic).is_(None) | (col(Template.topic) == report.topic)
    statement = select(Template).where(ours, fits)
    ranked = statement.order_by(col(Template.topic).is_(None), col(Template.agency_id).is_(None), col(Template.title))
    return list((await session.exec(ranked.limit(OFFERED))).all())


async def find(session: AsyncSession, template_id: int) -> Template | None:
    return await session.get(Template, template_id)


async def put(
    session: AsyncSession,
    template_id: int | None,
    *,
    agency_id: str | None,
    topic: str | None,
    title: str,
    text: str,
    by: int | None,
    now: datetime,
) -> Template:
    """Write a template, or another in its place. Raises: TemplateError."""
    title, text = check(title, text)
    found = await session.get(Template, template_id) if template_id else None
    if found is None:
        if len(await of_office(session, agency_id)) >= MOST:
            raise TemplateError("template_many")
        found = Template(agency_id=agency_id, title=title, text=text, changed_at=now)
        session.add(found)
    found.topic, found.title, found.text, found.created_by, found.changed_at = topic, title, text, by, now
    await session.flush()
    return found
