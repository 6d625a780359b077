"""A citizen's objection to how their report ended: first to the head of the office, then to Diskominfo, finally."""

from datetime import datetime
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ending, evidence, reads, reports
from storage.ending import LOW
from storage.evidence import File
from storage.lifecycle import LifecycleError, NoteRequired, Status
from storage.reports import Actor
from storage.standing import REOPENS_WITHIN
from storage.tables import ActorKind, Report


class Stage(StrEnum):
    """Where an objection stands; kept in `report.appeal`."""

    NONE = ""
    HEAD = "head"  # waits for the head of the office
    HEARD = "heard"  # the head has answered, or had the work done again
    DESK = "desk"  # waits for Diskominfo
    DONE = "done"  # Diskominfo has decided


class Step(StrEnum):
    OBJECT = "object"  # by the citizen
    DECIDE = "decide"  # by whoever it waits for


NEXT: dict[tuple[Stage, Step], tuple[Stage, str]] = {
    (Stage.NONE, Step.OBJECT): (Stage.HEAD, "appealed"),
    (Stage.HEAD, Step.DECIDE): (Stage.HEARD, "appeal_answered"),
    (Stage.HEARD, Step.OBJECT): (Stage.DESK, "appealed_again"),
    (Stage.DESK, Step.DECIDE): (Stage.DONE, "appeal_decided"),
}
"""What follows a step, and the event it is recorded as. What is not here cannot be done."""

PENDING = frozenset({Stage.HEAD, Stage.DESK})


class NoObjection(LifecycleError):
    """There is nothing to decide here any more, or no objection can be made."""

    code = "no_objection"


def may_object(report: Report, now: datetime) -> bool:
    """After a low rating, within the time in which a report could be opened again; once to each instance."""
    stage = Stage(report.appeal)
    if report.misconduct and stage is not Stage.NONE:  # sealed: nobody outside the Inspektorat reads it
        return False
    low = report.status is Status.CLOSED and report.rating is not None and report.rating <= LOW
    in_time = stage is not Stage.NONE or now - report.status_at <= REOPENS_WITHIN
    return low and in_time and (stage, Step.OBJECT) in NEXT


async def object_(
    session: AsyncSession, report_id: int, *, citizen_id: int, now: datetime, note: str, files: tuple[File, ...] = ()
) -> Report:
    """The citizen objects, with a reason. Raises: UnknownReport, NoObjection, NoteRequired."""
    report = await reports.of_citizen(session, report_id, citizen_id)
    if not may_object(report, now):
        raise NoObjection
    if not note.strip():
        raise NoteRequired
    stage, event = NEXT[Stage(report.appeal), Step.OBJECT]
    report.appeal = stage.value
    said = await reads.last_note(session, report_id)
    by = Actor(ActorKind.CITIZEN, citizen_id)
    await evidence.attach(session, report, files, now)
    await reports.record(session, report, event, by=by, now=now, note=note.strip(), said=said)
    return report


async def decide(session: AsyncSession, report_id: int, *, by: Actor, now: datetime, note: str, again: bool) -> Report:
    """Whoever it waits for answers the citizen, or has the work done `again`; either way with words.

    Raises: UnknownReport, NoObjection when it was decided before, NoteRequired.
    """
    report = await reports.lock(session, report_id)
    if (Stage(report.appeal), Step.DECIDE) not in NEXT:
        raise NoObjection
    if not note.strip():
        raise NoteRequired
    stage, event = NEXT[Stage(report.appeal), Step.DECIDE]
    report.appeal = stage.value
    if again:
        return await ending.back_to_work(session, report, by=by, now=now, note=note, event="appeal_granted")
    await reports.record(session, report, event, by=by, now=now, note=note.strip())
    return report
