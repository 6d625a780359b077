"""Who is reminded of a report, and when: a table by the working days that have passed. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto

from storage.calendar import Calendar
from storage.lifecycle import OPEN, Status
from storage.tables import Report


class Reader(Enum):
    OFFICE = auto()  # every officer of the office, its head too; the desk where no office has it
    HEAD = auto()  # of the office; the desk where it has none
    DESK = auto()  # Diskominfo
    LEADER = auto()


class Since(Enum):
    """What the days are counted from."""

    ARRIVED = auto()  # at this office, or at the desk
    OPENED = auto()
    DUE = auto()


@dataclass(frozen=True)
class Step:
    """`days` full working days after `since` it is time (-1: the last working day before)."""

    name: str
    reader: Reader
    since: Since
    days: int


STEPS = (
    Step("untouched", Reader.OFFICE, Since.ARRIVED, 1),
    Step("interim", Reader.OFFICE, Since.OPENED, 4),  # SP4N: the first answer of substance on the fifth
    Step("tomorrow", Reader.OFFICE, Since.DUE, -1),
    Step("overdue", Reader.OFFICE, Since.DUE, 0),
    Step("to_head", Reader.HEAD, Since.DUE, 1),
    Step("to_desk", Reader.DESK, Since.DUE, 3),
    Step("to_leader", Reader.LEADER, Since.DUE, 7),
)
"""Each step is taken once; the later ones stand for the earlier ones where several come at the same time."""


@dataclass(frozen=True)
class UrgentStep:
    """Danger does not wait for the morning: `after` arrival it is time, at any hour."""

    name: str
    reader: Reader
    after: timedelta


URGENT_STEPS = (
    UrgentStep("urgent", Reader.OFFICE, timedelta(hours=1)),
    UrgentStep("urgent_head", Reader.HEAD, timedelta(hours=3)),
    UrgentStep("urgent_desk", Reader.DESK, timedelta(hours=6)),
)
"""For an urgent report that nobody has taken on."""


def waits(report: Report) -> bool:
    """Whether the clock of a report runs: somebody of the city owes the citizen something now."""
    return report.status in OPEN and report.status is not Status.NEEDS_INFO and report.paused_at is None


def anchor(report: Report, step: Step) -> datetime | None:
    """The moment that a step is counted from; None where the step says nothing about this report now."""
    match step.since:
        case Since.ARRIVED:
            return report.status_at if report.status in {Status.ASSIGNED, Status.TRIAGE} else None
        case Since.OPENED:
            return report.created_at if report.first_answer_at is None else None
        case Since.DUE:
            return report.due_at


def is_time(step: Step, since: datetime, today: date, calendar: Calendar) -> bool:
    """Whether a step is due on the morning of `today`."""
    day = since.astimezone(calendar.zone).date()
    if step.days < 0:
        return today <= day <= calendar.add(today, -step.days)
    return today > calendar.add(day, step.days)


def steps_of(
    report: Report, today: date, calendar: Calendar, taken: Collection[tuple[str, datetime]]
) -> list[tuple[Step, datetime]]:
    """The steps to take this morning, with what each is counted from; `taken` are those taken before."""
    if not waits(report):
        return []
    found = []
    for step in STEPS:
        since = anchor(report, step)
        if since is not None and (step.name, since) not in taken and is_time(step, since, today, calendar):
            found.append((step, since))
    return found
