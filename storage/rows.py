"""Reports as rows of a file, slice by slice. The author's name comes along only to be struck from the text."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import select as rows
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.counting import Sight, answered_at, fetched, seen
from storage.lifecycle import Kind, Status
from storage.periods import Period
from storage.tables import Agency, Citizen, Report, Supporter

SLICE = 1000

PLAIN = (
    Report.id, Report.number, Report.created_at, Report.kind, Report.status, Report.agency_id, Agency.name,
    Report.topic, Report.kecamatan, Report.kelurahan, Report.text, Report.place, Citizen.name, Report.anonymous,
    Report.confidential, Report.urgent, Report.due_at,
)  # fmt: skip
"""The first columns of a row, in its order."""


@dataclass(frozen=True)
class Row:
    """A report without its identity. `text`, `place` and `author` are empty for a confidential one."""

    id: int
    number: str
    came_at: datetime
    kind: Kind
    status: Status
    agency_id: str
    agency: str
    topic: str
    kecamatan: str
    kelurahan: str
    text: str
    place: str
    author: str
    """Never written anywhere; see bot/texts/clean.py."""
    anonymous: bool
    confidential: bool
    urgent: bool
    due_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    verified_at: datetime | None
    rating: int | None
    supporters: int


def _where(period: Period, sight: Sight, agency_id: str | None) -> list[ColumnElement[bool]]:
    where = [col(Report.created_at) >= period.start, col(Report.created_at) < period.end, *seen(sight)]
    return where if agency_id is None else [*where, col(Report.agency_id) == agency_id]


async def count(session: AsyncSession, period: Period, *, sight: Sight, agency_id: str | None = None) -> int:
    """How many rows there will be."""
    statement = select(func.count()).select_from(Report).where(*_where(period, sight, agency_id))
    return (await session.exec(statement)).one()


async def of_period(
    session: AsyncSession, period: Period, *, sight: Sight, agency_id: str | None = None
) -> AsyncIterator[list[Row]]:
    """What came in during a period, the oldest first, in slices."""
    after: tuple[datetime, int] | None = None
    while found := await _slice(session, _where(period, sight, agency_id), after):
        yield found
        after = found[-1].came_at, found[-1].id


async def _slice(
    session: AsyncSession, where: list[ColumnElement[bool]], after: tuple[datetime, int] | None
) -> list[Row]:
    if after is not None:
        came, last = after
        where = [*where, (col(Report.created_at) > came) | ((col(Report.created_at) == came) & (col(Report.id) > last))]
    supporters = (
        rows(func.count()).select_from(Supporter).where(col(Supporter.report_id) == Report.id).scalar_subquery()
    )
    statement = (
        rows(
            *(col(column) for column in PLAIN),
            answered_at(),
            *(col(column) for column in (Report.closed_at, Report.verified_at, Report.rating)),
            supporters,
        )
        .join(Citizen, col(Citizen.id) == Report.citizen_id)
        .outerjoin(Agency, col(Agency.id) == Report.agency_id)
        .where(*where)
        .order_by(col(Report.created_at), col(Report.id))
        .limit(SLICE)
    )
    return [_row(values) for values in await fetched(session, statement)]


def _row(values: tuple[object, ...]) -> Row:
    plain = ["" if value is None and at in (5, 6, 7, 8, 9, 10, 11, 12) else value for at, value in enumerate(values)]
    if plain[14]:  # what nobody reads cannot leak
        plain[10] = plain[11] = plain[12] = ""
    return Row(*plain)  # type: ignore[arg-type]
