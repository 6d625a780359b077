"""The clock of a report stands still while the city waits for its citizen; each pause says from when, until and why."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from storage.calendar import OFFICE_CLOSES, Calendar
from storage.lifecycle import OPEN, Status
from storage.tables import Report

STANDS_STILL = frozenset({Status.NEEDS_INFO, Status.CLOSED})
"""Where the clock may rest: a question is open, or was never answered until the report was closed over it."""


def follow(report: Report, to: Status, now: datetime, calendar: Calendar) -> dict[str, Any]:
    """Stop or start the clock of a report that moves to `to`; returns what its timeline keeps of a pause that ends.

    Whole working days that lie between are added to the due date; for what is urgent, the very time.
    """
    if to is Status.NEEDS_INFO:
        report.paused_at = report.paused_at or now
        return {}
    since = report.paused_at
    if since is None or to in STANDS_STILL:
        return {}
    report.paused_at = None
    was = report.due_at
    if was is not None:
        report.due_at = later(was, since, now, calendar, urgent=report.urgent)
    return {
        "pause": {
            "from": since.isoformat(),
            "until": now.isoformat(),
            "why": "asked",
            "due_was": was.isoformat() if was else None,
        }
    }


def later(due: datetime, since: datetime, until: datetime, calendar: Calendar, *, urgent: bool) -> datetime:
    """A due date after a pause from `since` to `until`.

    Working days after the day of the question, up to and with the day of the answer, are given back to the office: a
    question asked and answered on the same day, or over a weekend, moves nothing.
    """
    if urgent:
        return due + (until - since)
    days = calendar.between(since.astimezone(calendar.zone).date(), until.astimezone(calendar.zone).date())
    if days == 0:
        return due
    return datetime.combine(calendar.add(due.astimezone(calendar.zone).date(), days), OFFICE_CLOSES, calendar.zone)


def is_overdue(report: Report, now: datetime) -> bool:
    """Whether the office is late; never while it waits for the citizen."""
    return report.status in OPEN and report.paused_at is None and report.due_at is not None and report.due_at < now


def overdue(now: datetime) -> ColumnElement[bool]:
    """The same as a condition on `report`."""
    return and_(col(Report.status).in_(OPEN), col(Report.paused_at).is_(None), col(Report.due_at) < now)
