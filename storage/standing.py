"""How an ended report ended: what the citizen confirmed is told apart from what only an office called done."""

from datetime import datetime, timedelta

from storage.lifecycle import Status
from storage.tables import Report

REOPENS_WITHIN = timedelta(days=30)
"""After a report was closed over the citizen's silence; later it is a new report."""

UNCONFIRMED = frozenset({"unverified", "unanswered"})
"""Closed because the citizen said nothing: to the office's word that it is done, or to its question."""


def standing(report: Report) -> str:
    """The status, or for a closed report how it was closed: verified, unverified, unanswered, merged."""
    if report.status is not Status.CLOSED:
        return report.status.value
    if report.merged_into_id is not None:
        return "merged"
    if report.verified_at is not None:
        return "verified"
    return "unanswered" if report.paused_at is not None else "unverified"


def can_reopen(report: Report, now: datetime) -> bool:
    """Whether the citizen may still say that it is not done."""
    if report.status is Status.RESOLVED:
        return True
    return standing(report) in UNCONFIRMED and now - report.status_at <= REOPENS_WITHIN
