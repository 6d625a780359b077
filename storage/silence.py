"""What follows when a citizen says nothing for long: reminders, then a closing that can be undone. A table, walked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import reports
from storage.calendar import Calendar
from storage.engine import calendar_of
from storage.lifecycle import Status
from storage.reports import SYSTEM
from storage.tables import Event, Report

CLOSES_AFTER = 10
"""Working days of silence (practice of SP4N-LAPOR!, facts/rules.md)."""

WARNED_BEFORE = 3
"""Working days between the last warning and the closing, also when the service stood still meanwhile."""

SLICE = 200
"""Reports that one run moves by one step; the next run goes on."""


@dataclass(frozen=True)
class Step:
    """After so many working days of silence in a status this happens, once; `warning` must have come before."""

    status: Status
    after: int
    event: str
    warning: str = ""


STEPS = (
    Step(Status.NEEDS_INFO, CLOSES_AFTER, "closed_unanswered", warning="asked_last"),
    Step(Status.NEEDS_INFO, CLOSES_AFTER - WARNED_BEFORE, "asked_last"),
    Step(Status.NEEDS_INFO, 3, "asked_again"),
    Step(Status.RESOLVED, CLOSES_AFTER, "closed_silent", warning="warned"),
    Step(Status.RESOLVED, CLOSES_AFTER - WARNED_BEFORE, "warned"),
)
"""For each status the furthest step first: whoever is due for two hears the later one only."""


async def go_on(session: AsyncSession, now: datetime) -> int:
    """Do every step that is due now, for at most a slice of reports each. Returns how many reports were moved."""
    return sum([await _do(session, step, now) for step in STEPS])


async def _do(session: AsyncSession, step: Step, now: datetime) -> int:
    calendar = calendar_of(session)
    due = _is_due(step, calendar, now)
    found = await session.exec(select(Report.id).where(*due).order_by(col(Report.id)).limit(SLICE))
    done = 0
    for report_id in found.all():
        report = await reports.lock(session, report_id or 0)
        # looked at again under the lock: another process may have been here, or the citizen has spoken
        if (await session.exec(select(Report.id).where(Report.id == report_id, *due))).first() is None:
            continue
        done += 1
        if step.warning:
            await reports.change_status(session, report.id or 0, Status.CLOSED, by=SYSTEM, now=now, event=step.event)
        else:
            until = last_day(report.status_at, calendar, now).isoformat()
            await reports.record(session, report, step.event, by=SYSTEM, now=now, until=until)
    return done


def last_day(since: datetime, calendar: Calendar, now: datetime) -> date:
    """The last day on which an answer still comes in time, as told in a warning now."""
    planned = calendar.add(since.astimezone(calendar.zone).date(), CLOSES_AFTER)
    return max(planned, calendar.add(now.astimezone(calendar.zone).date(), WARNED_BEFORE))


def _is_due(step: Step, calendar: Calendar, now: datetime) -> list[ColumnElement[bool]]:
    today = now.astimezone(calendar.zone).date()
    if not step.warning:
        later = [other.event for other in STEPS if other.status is step.status and other.after >= step.after]
        return [*_silent(step, _end_of(calendar.back(today, step.after), calendar)), ~_happened(later)]
    yesterday = today - timedelta(days=1)  # the whole last day is the citizen's
    warned_by = _end_of(calendar.back(yesterday, WARNED_BEFORE), calendar)
    silent = _silent(step, _end_of(calendar.back(yesterday, step.after), calendar))
    return [*silent, _happened([step.warning], before=warned_by)]


def _silent(step: Step, since: datetime) -> list[ColumnElement[bool]]:
    return [col(Report.status) == step.status, col(Report.status_at) < since]


def _happened(events: list[str], before: datetime | None = None) -> ColumnElement[bool]:
    """Since the report came into its status."""
    known = [
        col(Event.report_id) == col(Report.id),
        col(Event.kind).in_(events),
        col(Event.at) >= col(Report.status_at),
    ]
    return exists().where(*known, *([col(Event.at) < before] if before else []))


def _end_of(day: date, calendar: Calendar) -> datetime:
    return calendar.midnight(day + timedelta(days=1))
