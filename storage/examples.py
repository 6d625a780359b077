"""What officers taught, as rows to train on: the last word on each report, oldest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Example, Report


@dataclass(frozen=True)
class Taught:
    """A citizen's text and the office an officer gave it; `topic` None where only the office is known."""

    text: str
    agency: str
    topic: str | None
    kind: str
    urgent: bool
    corrected: bool
    at: datetime
    by: int | None


async def all_taught(session: AsyncSession) -> list[Taught]:
    """The newest example of each report. A text that was erased since teaches nothing any more."""
    newest = select(func.max(Example.id)).group_by(col(Example.report_id))
    statement = (
        select(Example, Report)
        .where(Example.report_id == Report.id, col(Example.id).in_(newest), Report.text != "")
        .order_by(col(Example.id))
    )
    return [
        Taught(
            report.text,
            one.agency_id,
            one.topic,
            report.kind.value,
            report.urgent,
            one.corrected,
            one.at,
            one.officer_id,
        )
        for one, report in (await session.exec(statement)).all()
    ]
