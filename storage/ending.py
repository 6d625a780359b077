"""The end of a report is its citizen's: done, not done, how good it was. Each function is one change and its news."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import evidence, pauses, reports
from storage.evidence import File
from storage.lifecycle import ForbiddenMove, LifecycleError, Status
from storage.reports import Actor
from storage.standing import UNCONFIRMED, can_reopen, standing
from storage.tables import ActorKind, Event, Report

RATINGS = range(1, 6)
LOW = 2
"""A rating up to this one may be followed by an objection."""


class TooLate(LifecycleError):
    """It was closed too long ago to be opened again."""

    code = "too_late_to_reopen"


class RatedAlready(LifecycleError):
    """One rating for each ending."""

    code = "rated_already"


class NotDueYet(LifecycleError):
    """The office has still time, or waits for the citizen."""

    code = "not_due_yet"


async def confirm(session: AsyncSession, report_id: int, *, citizen_id: int, now: datetime, note: str = "") -> Report:
    """The citizen says that it is really done; also after it was closed over their silence. A `note` is their word on
    the work. Raises: UnknownReport, ForbiddenMove."""
    report = await reports.of_citizen(session, report_id, citizen_id)
    by = Actor(ActorKind.CITIZEN, citizen_id)
    if report.status is Status.RESOLVED:
        await reports.change_status(session, report_id, Status.CLOSED, by=by, now=now, note=note, event="confirmed")
    elif standing(report) == "unverified":
        await reports.record(session, report, "confirmed", by=by, now=now, note=note)
    else:
        raise ForbiddenMove(report.status, Status.CLOSED)
    report.verified_at, report.rating_note = now, note
    return report


async def reopen(
    session: AsyncSession, report_id: int, *, citizen_id: int, now: datetime, note: str, files: tuple[File, ...] = ()
) -> Report:
    """The citizen says that it is not done: back to work, and the due date stays where it was.

    Raises: UnknownReport; ForbiddenMove if it was not called done, or is confirmed; TooLate; NoteRequired.
    """
    report = await reports.of_citizen(session, report_id, citizen_id)
    if not can_reopen(report, now):
        raise TooLate if standing(report) in UNCONFIRMED else ForbiddenMove(report.status, report.status)
    by = Actor(ActorKind.CITIZEN, citizen_id)
    await evidence.attach(session, report, files, now)
    return await back_to_work(session, report, by=by, now=now, note=note, event="reopened")


async def back_to_work(
    session: AsyncSession, report: Report, *, by: Actor, now: datetime, note: str, event: str
) -> Report:
    """Open a report again at whoever worked on it; what was said about its end no longer holds."""
    taken = report.officer_id is not None or report.status is Status.RESOLVED
    to = Status.IN_PROGRESS if taken else Status.ASSIGNED
    await reports.change_status(session, report.id or 0, to, by=by, now=now, note=note, event=event)
    report.verified_at, report.rating, report.rating_note = None, None, ""
    return report


async def rate(session: AsyncSession, report_id: int, rating: int, *, citizen_id: int, now: datetime) -> Report:
    """1 to 5, once the citizen has confirmed the end. Raises: UnknownReport, ForbiddenMove, RatedAlready."""
    report = await reports.of_citizen(session, report_id, citizen_id)
    if standing(report) != "verified" or rating not in RATINGS:
        raise ForbiddenMove(report.status, report.status)
    if report.rating is not None:
        raise RatedAlready
    report.rating = rating
    await reports.record(session, report, "rated", by=Actor(ActorKind.CITIZEN, citizen_id), now=now, rating=rating)
    return report


async def explain_rating(session: AsyncSession, report_id: int, *, citizen_id: int, now: datetime, note: str) -> Report:
    """The word that goes with a rating; whoever did the work reads it. Raises: UnknownReport, ForbiddenMove."""
    report = await reports.of_citizen(session, report_id, citizen_id)
    if report.rating is None:
        raise ForbiddenMove(report.status, report.status)
    report.rating_note = note
    by = Actor(ActorKind.CITIZEN, citizen_id)
    await reports.record(session, report, "rated_in_words", by=by, now=now, note=note)
    return report


async def nudge(session: AsyncSession, report_id: int, *, citizen_id: int, now: datetime) -> datetime | None:
    """Remind the office, once, after the due date has passed. Returns when it was reminded before, or None.

    Raises: UnknownReport, NotDueYet.
    """
    report = await reports.of_citizen(session, report_id, citizen_id)
    if before := await nudged_at(session, report_id):
        return before
    if not pauses.is_overdue(report, now):
        raise NotDueYet
    await reports.record(session, report, "nudged", by=Actor(ActorKind.CITIZEN, citizen_id), now=now)
    return None


async def nudged_at(session: AsyncSession, report_id: int) -> datetime | None:
    """When the citizen reminded the office."""
    statement = select(Event.at).where(Event.report_id == report_id, col(Event.kind) == "nudged").limit(1)
    return (await session.exec(statement)).first()
