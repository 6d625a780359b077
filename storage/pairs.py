"""Two matters in one report, and one matter in two reports."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import evidence, nearby, reads, reports
from storage.engine import calendar_of, upsert
from storage.evidence import File
from storage.lifecycle import OPEN, ForbiddenMove, LifecycleError, Status
from storage.nearby import Spot
from storage.reports import Actor
from storage.tables import Agency, Report, Supporter

ALIKE = 5
"""Reports offered as the one that goes on."""


class NotTogether(LifecycleError):
    """`code` says why two reports cannot become one: merge_itself, merge_ended, merge_sealed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def split(
    session: AsyncSession, report_id: int, agency_id: str, *, prefix: str, by: Actor, now: datetime
) -> Report:
    """A second report for another office, of the same citizen, words, place and files; returns it.

    It keeps the due date of the first: the citizen wrote only once. Splitting for the same office again gives the same.
    Raises: UnknownReport, ForbiddenMove when the first has ended or lies with that office already.
    """
    first = await reports.lock(session, report_id)
    agency = await session.get_one(Agency, agency_id)
    draft_id = f"split:{report_id}:{agency_id}"[:40]
    if (found := await reads.by_draft(session, draft_id)) is not None:
        return found
    if first.status not in OPEN or first.agency_id == agency_id or agency.scope != "city":
        raise ForbiddenMove(first.status, first.status)
    second = Report(
        **{name: getattr(first, name) for name in KEPT},
        number=await reports.next_number(session, prefix, now.astimezone(calendar_of(session).zone).year),
        draft_id=draft_id,
        status=Status.ASSIGNED,
        agency_id=agency_id,
        decision="staff",
        split_from_id=report_id,
        created_at=now,
        status_at=now,
    )
    session.add(second)
    await session.flush()
    shown = [file for file in await reads.files(session, report_id) if file.purpose == "evidence"]
    await evidence.attach(session, second, [File(f.kind, f.file_id, f.file_unique_id) for f in shown], now)
    await reports.record(session, first, "split", by=by, now=now, note=f"{second.number} ({agency.name})")
    await reports.record(session, second, "split_off", by=by, now=now, of=first.number, agency=agency_id)
    return second


KEPT = (
    "citizen_id", "kind", "text", "urgent", "latitude", "longitude", "kecamatan", "kelurahan", "place", "abusive",
    "anonymous", "confidential", "misconduct", "source", "entered_by", "due_at",
)  # fmt: skip
"""What a report that was split off has from the first."""


def may_merge(report: Report, into: Report) -> None:
    """Raises: NotTogether."""
    if report.id == into.id:
        raise NotTogether("merge_itself")
    if report.status not in OPEN or into.status not in OPEN:
        raise NotTogether("merge_ended")
    if any(one.misconduct or one.confidential for one in (report, into)):
        raise NotTogether("merge_sealed")


async def merge(session: AsyncSession, report_id: int, into_id: int, *, by: Actor, now: datetime) -> Report:
    """Close a report because another one goes on for it, and return that one.

    Its author and its supporters become supporters of the other. A merger is no move along the life cycle: it may come
    from every open status, and only from here. Raises: UnknownReport, NotTogether.
    """
    held = {i: await reports.lock(session, i) for i in sorted({report_id, into_id})}  # in one order: no deadlock
    report, into = held[report_id], held[into_id]
    may_merge(report, into)
    report.status, report.status_at, report.closed_at = Status.CLOSED, now, now
    report.merged_into_id, report.officer_id = into_id, None
    behind = select(Supporter.citizen_id).where(Supporter.report_id == report_id)
    people = {report.citizen_id, *(await session.exec(behind)).all()} - {into.citizen_id}
    for citizen_id in sorted(people):
        follows = upsert(session, Supporter).values(report_id=into_id, citizen_id=citizen_id, at=now)
        await session.exec(follows.on_conflict_do_nothing(index_elements=["report_id", "citizen_id"]))
    await session.exec(
        update(Report).where(col(Report.merged_into_id) == report_id).values(merged_into_id=into_id)
    )  # whoever was merged into it before goes along
    await reports.record(session, report, "merged", by=by, now=now, note=into.number)
    await reports.record(session, into, "took_over", by=by, now=now, note=report.number)
    return into


async def alike(session: AsyncSession, report: Report) -> list[Report]:
    """Open reports of the same office around this one that are about the same topic, the newest first."""
    if report.topic is None:
        return []
    known = report.latitude is not None and report.longitude is not None
    pin = (report.latitude or 0.0, report.longitude or 0.0) if known else None
    around = await nearby.open_nearby(session, Spot(pin, report.kecamatan, report.kelurahan), report.topic)
    return [one for one in around if one.id != report.id and one.agency_id == report.agency_id][:ALIKE]
