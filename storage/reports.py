"""Opening a report and everything that may happen to it. Each function is one change, its event and its notices."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import evidence, ledger, notices, pauses, reads, series
from storage.calendar import Calendar
from storage.engine import adopt, calendar_of, insert
from storage.evidence import File
from storage.lifecycle import WITH_AN_OFFICE, ForbiddenMove, Kind, Status, check_move, check_seal
from storage.tables import ActorKind, Agency, Event, Example, Report


@dataclass(frozen=True)
class Actor:
    """Who does something: a citizen or an officer by id, or the service itself."""

    kind: ActorKind
    id: int | None = None


SYSTEM = Actor(ActorKind.SYSTEM)


@dataclass(frozen=True)
class Routing:
    """What the classifier thought, and where the report goes. `agency_id` None leaves it to the triage desk."""

    agency_id: str | None = None
    topic: str | None = None
    topic_name: str = ""
    """As the dated map calls it; empty where nobody has looked."""
    guess_agency_id: str | None = None
    confidence: float = 0.0
    decision: str = "triage"
    model: str = ""
    owner_id: str | None = None
    reasons: tuple[str, ...] = ()
    abusive: bool = False


@dataclass(frozen=True)
class Opening:
    """A finished draft: everything needed to open a report."""

    draft_id: str
    citizen_id: int
    text: str
    kind: Kind
    urgent: bool
    routing: Routing = Routing()
    place: str = ""
    kecamatan: str | None = None
    kelurahan: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    files: tuple[File, ...] = field(default=())
    anonymous: bool = False
    confidential: bool = False
    misconduct: bool = False


class UnknownReport(Exception):
    """No report has this id or number."""

    code = "report_unknown"


class AlreadyTaken(Exception):
    """Another officer was faster."""

    code = "already_taken"


async def next_number(session: AsyncSession, prefix: str, year: int) -> str:
    """The next report number of a year, such as DPK-26-000123: short enough to read aloud, never given twice."""
    return f"{prefix}-{year % 100:02d}-{await series.next_aside(session, f'report:{prefix}:{year}'):06d}"


async def open_report(
    session: AsyncSession, opening: Opening, *, prefix: str, calendar: Calendar, now: datetime
) -> tuple[Report, bool]:
    """Open a report; a draft that was sent before gives its first report again. Returns (report, whether it is new)."""
    routing = opening.routing
    agency = await session.get(Agency, routing.agency_id) if routing.agency_id else None
    outside = agency is not None and agency.scope == "outside"
    status = Status.TRIAGE if agency is None else Status.REFERRED if outside else Status.ASSIGNED
    report = Report(
        number=await next_number(session, prefix, now.astimezone(calendar.zone).year),
        draft_id=opening.draft_id,
        citizen_id=opening.citizen_id,
        kind=opening.kind,
        status=status,
        agency_id=agency.id if agency else None,
        topic=routing.topic,
        text=opening.text,
        urgent=opening.urgent,
        latitude=opening.latitude,
        longitude=opening.longitude,
        kecamatan=opening.kecamatan,
        kelurahan=opening.kelurahan,
        place=opening.place,
        guess_agency_id=routing.guess_agency_id,
        guess_topic=routing.topic,
        confidence=routing.confidence,
        decision=routing.decision,
        model=routing.model,
        reasons=list(routing.reasons),
        abusive=routing.abusive,
        owner_id=routing.owner_id,
        anonymous=opening.anonymous,
        confidential=opening.confidential,
        misconduct=opening.misconduct,
        created_at=now,
        status_at=now,
        due_at=None if outside else calendar.due(opening.kind, opening.urgent, now, misconduct=opening.misconduct),
    )
    if not await insert(session, [report], unless="draft_id"):
        first = await reads.by_draft(session, opening.draft_id)
        assert first is not None  # noqa: S101  # it was in the way
        return first, False
    adopt(session, report)
    await evidence.attach(session, report, opening.files, now)
    follows = "to_triage" if agency is None else "referred_at_once" if outside else "routed"
    by = Actor(ActorKind.CITIZEN, opening.citizen_id)
    happened = [
        _event(report, "opened", by=by, now=now),
        _event(report, follows, by=SYSTEM, now=now, agency=routing.agency_id),
    ]
    await ledger.happen(session, happened)
    known = {"topic": routing.topic_name, "attachments": len(opening.files), "supporters": 0}
    for event in happened:
        await notices.owe(session, report, event, now, known if routing.topic_name else None)
    return report, True


async def record(session: AsyncSession, report: Report, kind: str, *, by: Actor, now: datetime, **facts: Any) -> Event:
    """Append a line to the timeline and owe everybody concerned the news of it."""
    if kind in notices.ANSWERS and report.first_answer_at is None:
        report.first_answer_at = now
    event = _event(report, kind, by=by, now=now, **facts)
    await session.flush()
    await ledger.write_happened(session)
    await insert(session, [event])
    await notices.owe(session, report, event, now)
    return event


def _event(report: Report, kind: str, *, by: Actor, now: datetime, **facts: Any) -> Event:
    return Event(report_id=report.id or 0, at=now, kind=kind, actor=by.kind, actor_id=by.id, facts=facts)


async def lock(session: AsyncSession, report_id: int) -> Report:
    """The report as it stands now, held until this transaction ends. Raises: UnknownReport."""
    statement = select(Report).where(Report.id == report_id).with_for_update().execution_options(populate_existing=True)
    report = (await session.exec(statement)).first()
    if report is None:
        raise UnknownReport(report_id)
    return report


async def change_status(
    session: AsyncSession,
    report_id: int,
    to: Status,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    event: str | None = None,
    **facts: Any,
) -> Report:
    """Move a report along its life cycle, and owe everyone concerned the news; `facts` stay with the event.

    Raises: UnknownReport; ForbiddenMove if `to` does not follow the status; NoteRequired where a reason is owed.
    """
    report = await lock(session, report_id)
    check_move(report.status, to, note)
    was, report.status, report.status_at = report.status, to, now
    facts |= pauses.follow(report, to, now, calendar_of(session))
    if to in {Status.CLOSED, Status.REJECTED, Status.WITHDRAWN, Status.REFERRED, Status.RESOLVED}:
        report.closed_at = report.closed_at or now  # a confirmation does not make it done anew
    else:
        report.closed_at = None
    told = event or notices.NEWS[to]
    await record(session, report, told, by=by, now=now, was=was.value, to=to.value, note=note.strip(), **facts)
    return report


async def last_event(session: AsyncSession, report_id: int) -> Event:
    """What happened to a report last."""
    statement = select(Event).where(Event.report_id == report_id).order_by(col(Event.id).desc()).limit(1)
    return (await session.exec(statement)).one()


async def accept(session: AsyncSession, report_id: int, *, officer_id: int, now: datetime) -> Report:
    """An officer takes the report on. Raises: AlreadyTaken, ForbiddenMove, UnknownReport."""
    report = await lock(session, report_id)
    if report.status is Status.IN_PROGRESS and report.officer_id is not None:
        raise AlreadyTaken(report_id)
    check_move(report.status, Status.IN_PROGRESS, "-")
    report.officer_id = officer_id
    by = Actor(ActorKind.OFFICER, officer_id)
    learn(session, report, by, now, corrected=False)
    return await change_status(session, report_id, Status.IN_PROGRESS, by=by, now=now)


async def assign(
    session: AsyncSession, report_id: int, agency_id: str, *, by: Actor, now: datetime, note: str = ""
) -> Report:
    """Give a report to an office: from the desk, or from another office with a reason. The due date does not move.

    A body outside the city takes it as `referred`. Raises: UnknownReport, ForbiddenMove, NoteRequired.
    """
    report = await lock(session, report_id)
    check_seal(report.misconduct)
    agency = await session.get_one(Agency, agency_id)
    was_agency, from_desk = report.agency_id, report.status is Status.TRIAGE
    if agency.scope == "outside":
        check_move(report.status, Status.REFERRED, "-")
        report.agency_id = agency_id
        learn(session, report, by, now, corrected=True)
        return await change_status(session, report_id, Status.REFERRED, by=by, now=now, note=note or agency.channel)
    if not from_desk and report.status not in WITH_AN_OFFICE:
        raise ForbiddenMove(report.status, Status.ASSIGNED)
    report.agency_id, report.officer_id = agency_id, None
    was, report.status, report.status_at = report.status, Status.ASSIGNED, now
    pause = pauses.follow(report, Status.ASSIGNED, now, calendar_of(session))
    learn(session, report, by, now, corrected=True)
    await record(
        session,
        report,
        "chosen" if from_desk else "transferred",
        by=by,
        now=now,
        was=was.value,
        note=note.strip(),
        from_agency=was_agency,
        agency=agency_id,
        **pause,
    )
    return report


def learn(session: AsyncSession, report: Report, by: Actor, now: datetime, *, corrected: bool) -> None:
    """An officer says by what they do where this report belongs. The topic is known only if the office was guessed."""
    if report.agency_id is None or by.kind is not ActorKind.OFFICER:
        return
    as_guessed = report.agency_id == report.guess_agency_id
    session.add(
        Example(
            report_id=report.id or 0,
            agency_id=report.agency_id,
            topic=report.guess_topic if as_guessed else None,
            corrected=corrected and not as_guessed,
            officer_id=by.id,
            at=now,
        )
    )


async def return_to_desk(session: AsyncSession, report_id: int, *, by: Actor, now: datetime, note: str) -> Report:
    """ "Not ours, and we don't know whose": the desk chooses again."""
    check_seal((await lock(session, report_id)).misconduct)
    report = await change_status(session, report_id, Status.TRIAGE, by=by, now=now, note=note)
    report.agency_id = report.officer_id = None
    return report


async def dispute(session: AsyncSession, report_id: int, *, by: Actor, now: datetime) -> Report:
    """The citizen says a report that was referred to another body is the city's: the desk looks again."""
    report = await lock(session, report_id)
    check_move(report.status, Status.TRIAGE, "-")
    report.agency_id = None
    return await change_status(session, report_id, Status.TRIAGE, by=by, now=now, event="disputed")


async def answer(
    session: AsyncSession, report_id: int, *, citizen_id: int, now: datetime, note: str, files: tuple[File, ...] = ()
) -> Report:
    """The citizen answers the office's question, or adds something to a report that is open or just called done.

    Raises: UnknownReport (also when it is somebody else's), ForbiddenMove when the report has ended, EnoughEvidence.
    """
    report = await of_citizen(session, report_id, citizen_id)
    by = Actor(ActorKind.CITIZEN, citizen_id)
    await evidence.attach(session, report, files, now)
    if report.status is Status.NEEDS_INFO:
        back_to = Status.IN_PROGRESS if report.officer_id else Status.ASSIGNED
        report = await change_status(session, report_id, back_to, by=by, now=now, note=note or "-", event="answered")
    elif report.status in WITH_AN_OFFICE | {Status.TRIAGE, Status.RESOLVED}:
        await record(session, report, "added", by=by, now=now, note=note)
    else:
        raise ForbiddenMove(report.status, report.status)
    return report


async def of_citizen(session: AsyncSession, report_id: int, citizen_id: int) -> Report:
    """A citizen's own report, locked. Raises: UnknownReport, also for a report of somebody else."""
    report = await lock(session, report_id)
    if report.citizen_id != citizen_id:
        raise UnknownReport(report_id)
    return report
