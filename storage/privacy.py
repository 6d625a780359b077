"""What a citizen decides about their name and their report, once it is sent; and who agreed to what."""

from datetime import datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ledger, people, reports
from storage.reports import Actor
from storage.tables import ActorKind, Outbox, OutboxState, Report


async def has_agreed(session: AsyncSession, chat_id: int) -> bool:
    """Whether the citizen of this chat has agreed to the notice on personal data."""
    citizen = await people.at(session, chat_id)
    return citizen is not None and citizen.consented_at is not None


async def choose(
    session: AsyncSession, report_id: int, *, citizen_id: int, now: datetime, anonymous: bool, confidential: bool
) -> tuple[Report, bool]:
    """Change what the office and the public may see of a report; the office's messages that wait lose the name, too.

    Who accuses an official stays anonymous. Returns the report, and whether an officer has been sent the name that is
    hidden now.
    Raises: UnknownReport, also for a report of somebody else.
    """
    report = await reports.of_citizen(session, report_id, citizen_id)
    anonymous |= report.misconduct
    was_seen = False
    if anonymous and not report.anonymous:
        was_seen = await _without_name(session, report_id)
    report.anonymous, report.confidential = anonymous, confidential
    by = Actor(ActorKind.CITIZEN, citizen_id)
    choice = {"anonymous": anonymous, "confidential": confidential}
    await reports.record(session, report, "privacy_chosen", by=by, now=now, **choice)
    return report, was_seen


async def _without_name(session: AsyncSession, report_id: int) -> bool:
    """Take the name out of everything owed about a report. Returns whether some of it has left already."""
    left = False
    await ledger.write_owed(session)
    for row in (await session.exec(select(Outbox).where(Outbox.report_id == report_id))).all():
        if row.payload.get("author"):
            left |= row.state in {OutboxState.SENT, OutboxState.SENDING}
            row.payload = row.payload | {"author": ""}
    return left
