"""An officer's daily work on a report: released, handed to a colleague, noted, told of, put first, given more time."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import proofs, reports
from storage.calendar import EXTENSION
from storage.engine import calendar_of
from storage.evidence import File
from storage.lifecycle import WITH_AN_OFFICE, ForbiddenMove, LifecycleError, NoteRequired, Status
from storage.reports import Actor
from storage.tables import Agency, Officer, Report, Role

COLLEAGUES = frozenset({Role.OFFICER, Role.HEAD})

HANDOVERS = 3
"""The hand-over between offices with which the desk decides; two are a misunderstanding, three are a quarrel."""


class NotAColleague(LifecycleError):
    """The person to whom a report was to be handed does not work in its office, or no longer does."""

    code = "not_a_colleague"


class NoMoreTime(LifecycleError):
    """The due date stays: `code` says whether it was moved before, has passed, or may not be moved at all."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def colleagues(session: AsyncSession, report: Report) -> list[Officer]:
    """Who may take a report over within its office: its active officers but the one who has it, by name."""
    statement = select(Officer).where(
        Officer.agency_id == report.agency_id, col(Officer.active), col(Officer.role).in_(COLLEAGUES)
    )
    found = [officer for officer in (await session.exec(statement)).all() if officer.id != report.officer_id]
    return sorted(found, key=lambda officer: (officer.name, officer.id or 0))  # names may be sealed where they lie


async def release(session: AsyncSession, report_id: int, *, by: Actor, now: datetime) -> Report:
    """Whoever has the report lets it go; it waits for somebody of its office again.

    Raises: UnknownReport; ForbiddenMove when nobody has it, or it has ended.
    """
    report = await reports.lock(session, report_id)
    if report.officer_id is None or report.status not in WITH_AN_OFFICE:
        raise ForbiddenMove(report.status, Status.ASSIGNED)
    had, report.officer_id = report.officer_id, None
    if report.status is Status.IN_PROGRESS:
        report.status, report.status_at = Status.ASSIGNED, now
    await reports.record(session, report, "released", by=by, now=now, officer=had)
    return report


async def hand(session: AsyncSession, report_id: int, officer_id: int, *, by: Actor, now: datetime) -> Report:
    """Give a report to a colleague, who is told; where nobody had it yet, it counts as accepted.

    Raises: UnknownReport, NotAColleague, ForbiddenMove when it does not lie with an office.
    """
    report = await reports.lock(session, report_id)
    if report.status not in WITH_AN_OFFICE:
        raise ForbiddenMove(report.status, Status.IN_PROGRESS)
    if officer_id not in {officer.id for officer in await colleagues(session, report)}:
        raise NotAColleague
    report.officer_id = officer_id
    if report.status is Status.ASSIGNED:
        reports.learn(session, report, by, now, corrected=False)
        report = await reports.change_status(session, report_id, Status.IN_PROGRESS, by=by, now=now)
    await reports.record(session, report, "handed", by=by, now=now, officer=officer_id)
    return report


async def note(session: AsyncSession, report_id: int, words: str, *, by: Actor, now: datetime) -> Report:
    """Write something down for colleagues. The citizen never sees it. Raises: UnknownReport, NoteRequired."""
    report = await reports.lock(session, report_id)
    if not words.strip():
        raise NoteRequired
    await reports.record(session, report, "noted", by=by, now=now, note=words.strip())
    return report


async def progress(
    session: AsyncSession, report_id: int, words: str, *, by: Actor, now: datetime, photos: Sequence[File] = ()
) -> Report:
    """Tell the citizen how far it is, without moving the report.

    Raises: UnknownReport, NoteRequired, ForbiddenMove when no office works on it.
    """
    report = await reports.lock(session, report_id)
    if report.status not in WITH_AN_OFFICE:
        raise ForbiddenMove(report.status, report.status)
    if not words.strip():
        raise NoteRequired
    told = await reports.record(
        session, report, "progressed", by=by, now=now, note=words.strip(), photos=[photo.file_id for photo in photos]
    )
    await proofs.attach(session, report, told, photos, "progress", now)
    return report


async def resolve(
    session: AsyncSession,
    report_id: int,
    words: str,
    *,
    by: Actor,
    now: datetime,
    photos: Sequence[File] = (),
    proof_owed: bool = False,
) -> Report:
    """The office says it is done, and shows it. `proof_owed`: this topic is only done with a photo.

    Raises: UnknownReport, ForbiddenMove, NoteRequired; ProofRefused for a photo that is missing or was seen before.
    """
    report = await reports.lock(session, report_id)
    if proof_owed and not photos:
        raise proofs.ProofRefused("proof_missing")
    for photo in photos:
        await proofs.check(session, photo)
        await proofs.check_looks(session, report, photo, now)
    shown = [photo.file_id for photo in photos]
    report = await reports.change_status(session, report_id, Status.RESOLVED, by=by, now=now, note=words, photos=shown)
    await proofs.attach(session, report, await reports.last_event(session, report_id), photos, "proof", now)
    return report


async def prioritise(session: AsyncSession, report_id: int, first: bool, *, by: Actor, now: datetime) -> Report:
    """Put a report before the others of its office, or back in line."""
    report = await reports.lock(session, report_id)
    if report.priority != first:
        report.priority = first
        await reports.record(session, report, "raised" if first else "lowered", by=by, now=now)
    return report


def may_extend(report: Report, now: datetime) -> datetime:
    """The due date that may be moved. Raises: NoMoreTime; ForbiddenMove when no office works on it."""
    if report.status not in WITH_AN_OFFICE or report.due_at is None:
        raise ForbiddenMove(report.status, report.status)
    if report.urgent or report.misconduct:
        raise NoMoreTime("extension_not_here")
    if report.extended_at is not None:
        raise NoMoreTime("extension_used")
    if report.due_at <= now:
        raise NoMoreTime("extension_too_late")
    return report.due_at


async def extend(session: AsyncSession, report_id: int, words: str, *, days: int, by: Actor, now: datetime) -> Report:
    """Move the due date on by working days, once, before it passes, with a reason that the citizen reads.

    Raises: UnknownReport, NoteRequired, NoMoreTime, ForbiddenMove.
    """
    report = await reports.lock(session, report_id)
    was = may_extend(report, now)
    if not 1 <= days <= EXTENSION.working_days:
        raise NoMoreTime("extension_too_long")
    if not words.strip():
        raise NoteRequired
    report.due_at, report.extended_at = calendar_of(session).later(was, days), now
    await reports.record(
        session, report, "extended", by=by, now=now, note=words.strip(), days=days, was_due=was.isoformat()
    )
    return report


async def hand_on(
    session: AsyncSession, report_id: int, agency_id: str, *, by: Actor, now: datetime, note: str, decides: bool
) -> Report:
    """Hand a report to another office; the third hand-over goes to the desk instead, with the office that was named.

    `decides`: the desk does it, whose word counts. Raises: UnknownReport, ForbiddenMove.
    """
    report = await reports.lock(session, report_id)
    agency = await session.get_one(Agency, agency_id)
    if report.agency_id == agency_id:
        raise ForbiddenMove(report.status, report.status)
    if report.status in WITH_AN_OFFICE and agency.scope == "city" and not decides:
        report.handovers += 1
        if report.handovers >= HANDOVERS:
            words = f"{agency.name}: {note}"
            return await reports.return_to_desk(session, report_id, by=by, now=now, note=words)
    return await reports.assign(session, report_id, agency_id, by=by, now=now, note=note)
