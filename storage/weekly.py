"""The figures of a week, for digests: counts and medians over plain rows. Pure, and never a citizen's words."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean, median
from typing import Any

from storage.lifecycle import OPEN, Status

WEEK = timedelta(days=7)
BEFORE = 8
"""Weeks that the present one is compared with."""

NEAREST, RISING, PLACES = 5, 3, 11
"""How many reports, topics and kecamatan are told at most."""

SMALL = 5
"""Counts below this are not told in public: they could point at a person."""

DONE = frozenset({Status.RESOLVED, Status.CLOSED})


@dataclass(frozen=True)
class Seen:
    """A report as figures see it: no words of anybody.

    `public` is False for what no public figure counts; `open_to_staff` for what only the Inspektorat counts.
    """

    id: int
    number: str
    agency_id: str | None
    topic: str | None
    kecamatan: str | None
    kelurahan: str | None
    status: Status
    created_at: datetime
    due_at: datetime | None
    paused_at: datetime | None
    first_answer_at: datetime | None
    closed_at: datetime | None
    verified_at: datetime | None
    rating: int | None
    public: bool
    open_to_staff: bool

    def open_at(self, end: datetime) -> bool:
        return self.created_at < end and (self.status in OPEN or (self.closed_at is not None and self.closed_at >= end))

    def late_at(self, end: datetime) -> bool:
        return self.open_at(end) and self.paused_at is None and self.due_at is not None and self.due_at < end

    def done_in(self, start: datetime, end: datetime) -> bool:
        return self.status in DONE and within(self.closed_at, start, end)


def within(moment: datetime | None, start: datetime, end: datetime) -> bool:
    return moment is not None and start <= moment < end


def figures(reports: Sequence[Seen], end: datetime) -> dict[str, Any]:
    """Counts of the week up to `end`, and the median days until the first answer; None where nobody answered."""
    start = end - WEEK
    rated = [seen.rating for seen in reports if seen.rating is not None and within(seen.closed_at, start, end)]
    return {
        "received": sum(within(seen.created_at, start, end) for seen in reports),
        "resolved": sum(seen.done_in(start, end) for seen in reports),
        "verified": sum(within(seen.verified_at, start, end) for seen in reports),
        "open": sum(seen.open_at(end) for seen in reports),
        "overdue": sum(seen.late_at(end) for seen in reports),
        "untouched": sum(seen.status is Status.ASSIGNED and seen.created_at < end for seen in reports),
        "answer_days": answer_days(reports, start, end),
        "rating": round(mean(rated), 2) if rated else None,
        "rated": len(rated),
    }


def answer_days(reports: Iterable[Seen], start: datetime, end: datetime) -> float | None:
    """Median days from filing to the first answer of substance, of the answers given from `start` up to `end`."""
    waits = [
        (seen.first_answer_at - seen.created_at) / timedelta(days=1)
        for seen in reports
        if seen.first_answer_at is not None and within(seen.first_answer_at, start, end)
    ]
    return round(median(waits), 2) if waits else None


def course(reports: Sequence[Seen], end: datetime) -> list[tuple[int, int]]:
    """(received, resolved) of the weeks before and of this one, the oldest first."""
    starts = [end - WEEK * ago for ago in range(BEFORE + 1, 0, -1)]
    return [
        (
            sum(within(seen.created_at, start, start + WEEK) for seen in reports),
            sum(seen.done_in(start, start + WEEK) for seen in reports),
        )
        for start in starts
    ]


def rising(reports: Sequence[Seen], end: datetime, *, least: int = 2) -> list[tuple[str, int, float]]:
    """(topic, this week, mean of a week before) of topics above their own mean, the fastest first.

    A service that is younger than the weeks before is compared with what it has; in its first week nothing rises.
    """
    recent = [seen for seen in reports if within(seen.created_at, end - WEEK * (BEFORE + 1), end) and seen.topic]
    old = [seen for seen in recent if seen.created_at < end - WEEK]
    if not old:
        return []
    weeks = -((min(seen.created_at for seen in old) - (end - WEEK)) // WEEK)
    now = Counter(seen.topic for seen in recent if seen.created_at >= end - WEEK)
    before = Counter(seen.topic for seen in old)
    grown = [(topic or "", count, round(before[topic] / weeks, 2)) for topic, count in now.items()]
    return sorted(
        (row for row in grown if row[1] > row[2] and row[1] >= least), key=lambda row: (row[2] - row[1], row[0])
    )[:RISING]


def nearest(reports: Iterable[Seen], end: datetime) -> list[Seen]:
    """The reports closest to breaking their promise: the next to be due first, then the longest overdue."""
    waits = [seen for seen in reports if seen.open_at(end) and seen.paused_at is None and seen.due_at is not None]
    return sorted(waits, key=lambda seen: (seen.late_at(end), seen.due_at, seen.id))[:NEAREST]


def league(reports: Sequence[Seen], end: datetime) -> list[dict[str, Any]]:
    """Every office that has or finished something, with the share of its open reports that is late; the worst first."""
    of: dict[str, list[Seen]] = {}
    for seen in reports:
        if seen.agency_id is not None:
            of.setdefault(seen.agency_id, []).append(seen)
    rows = [{"agency": agency} | figures(mine, end) for agency, mine in of.items()]
    rows = [row for row in rows if row["open"] or row["resolved"]]
    return sorted(rows, key=lambda row: (-row["overdue"], -row["open"], row["agency"]))


def counted(reports: Iterable[Seen], by: Callable[[Seen], str | None], *, least: int = 1) -> list[tuple[str, int]]:
    """How many reports of each topic or kecamatan, the most first; smaller counts than `least` are left out."""
    names = Counter(name for seen in reports if (name := by(seen)))
    return sorted(((name, count) for name, count in names.items() if count >= least), key=lambda row: (-row[1], row[0]))


def hidden(count: int) -> int | None:
    """A count as the public may see it: None where it is small but not zero."""
    return None if 0 < count < SMALL else count


def named(rows: Iterable[tuple[str, Any, Any]], names: Mapping[str, str]) -> list[tuple[str, Any, Any]]:
    """Rows with their first word, a topic's key, replaced by the words people read."""
    return [(names.get(topic, topic), now, before) for topic, now, before in rows]
