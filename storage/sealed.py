"""Reports that accuse an official (berkadar pengawasan): for the Inspektorat alone, and nobody learns who wrote."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from storage import outbox, reports, staff
from storage.engine import calendar_of
from storage.reports import Actor
from storage.tables import Lane, Report


async def tell_if_unread(session: AsyncSession, report: Report, now: datetime) -> None:
    """Where the Inspektorat has nobody here, the administrators learn that something waits, and nothing more."""
    if await staff.inspectors(session, report.agency_id):
        return
    for officer in await staff.administrators(session):
        await outbox.put(
            session,
            now=now,
            lane=Lane.NOTICE,
            chat_id=officer.chat_id,
            notice="sealed_unread",
            payload={"number": report.number},
            dedupe_key=f"sealed:{report.id}:{officer.chat_id}",
        )


async def unseal(session: AsyncSession, report_id: int, *, by: Actor, now: datetime) -> Report:
    """The Inspektorat says that no official is accused: an ordinary complaint from now on, still anonymous.

    It is due when an ordinary complaint of today would be, if that is sooner. Raises: UnknownReport.
    """
    report = await reports.lock(session, report_id)
    if report.misconduct:
        report.misconduct = False
        due = calendar_of(session).due(report.kind, report.urgent, now)
        report.due_at = min(report.due_at or due, due)
        await reports.record(session, report, "unsealed", by=by, now=now)
    return report
