"""Working days of an Indonesian city: Monday to Friday without public holidays and joint leave (cuti bersama)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from storage.lifecycle import Kind

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Deadline:
    """How long an answer may take, where the figure comes from, and from which day on it is counted with."""

    working_days: int
    source: str
    verified: str  # yes | practice | own promise
    since: date = date(2026, 1, 1)


DEADLINES: dict[Kind, tuple[Deadline, ...]] = {
    Kind.COMPLAINT: (
        Deadline(
            14, "code lists and service standards of Kediri and Wajo (2024), tidak berkadar pengawasan", "practice"
        ),
    ),
    Kind.INFORMATION: (Deadline(5, "code list of a national agency; Republika 2018", "practice"),),
    Kind.ASPIRATION: (Deadline(14, "no national figure found: the city's own promise", "own promise"),),
    Kind.OTHER: (Deadline(14, "no national figure found: the city's own promise", "own promise"),),
}
"""Completion deadlines by the day they hold from, the oldest first: a new figure is added, an old one never changed.

PermenPANRB 62/2018 is not cited, it was replaced; nor is 5/2025, whose text was not read.
"""


def deadline(kind: Kind, day: date) -> Deadline:
    """The one that holds for a report of that day."""
    first, *later = DEADLINES[kind]
    return ([first] + [one for one in later if one.since <= day])[-1]


INTERIM = Deadline(5, "SP4N-LAPOR!, drafting the follow-up: App Store text and 2017 page of lapor.go.id", "practice")
"""When the office owes the citizen a first word of substance."""

EXTENSION = Deadline(7, "UU 14/2008 as service standards quote it (Malinau); for complaints the city's own", "practice")
"""How far an office may move a due date, once, with a reason that the citizen reads."""

MISCONDUCT = Deadline(60, "code list of a national agency; service standards of Kediri and Wajo (2024)", "practice")
"""Berkadar pengawasan. UU 25/2009 may mean calendar days, so the earlier of 60 working and 60 calendar days counts."""

URGENT = timedelta(hours=24)
"""Danger does not wait for a working day (own promise)."""

OFFICE_CLOSES = time(16, 0)


@dataclass(frozen=True)
class Quiet:
    """The city's night, from `since` to `until` in local time: what can wait does not ring then. Equal: never."""

    zone: ZoneInfo
    since: time = time(21, 0)
    until: time = time(7, 0)

    def covers(self, moment: datetime) -> bool:
        now = moment.astimezone(self.zone).time()
        if self.since <= self.until:
            return self.since <= now < self.until
        return now >= self.since or now < self.until


@lru_cache(maxsize=32)
def _days_off(year: int) -> frozenset[date]:
    joint = holidays.country_holidays("ID", years=year, categories=("government",))
    if not joint:
        log.warning(
            "no joint leave is known for %s: deadlines of that year may be too early; add its days in /kelola", year
        )
    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government")))


def has_decree(year: int) -> bool:
    """Whether the joint leave of this year is known; without it working days are only a guess."""
    return bool(holidays.country_holidays("ID", years=year, categories=("government",)))


@dataclass(frozen=True)
class Calendar:
    """The city's working days. `extra` are days off that were declared late and stand in the configuration."""

    zone: ZoneInfo
    extra: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def of(cls, zone: str, extra: Iterable[date] = ()) -> "Calendar":
        return cls(ZoneInfo(zone), frozenset(extra))

    def works(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.extra and day not in _days_off(day.year)

    def add(self, day: date, working_days: int) -> date:
        """The day `working_days` working days after `day` (which itself does not count)."""
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.works(day)
        return day

    def back(self, day: date, working_days: int) -> date:
        """The last day from which on `working_days` working days have passed by `day`; the inverse of `add`."""
        while working_days > 0:
            working_days -= self.works(day)
            day -= timedelta(days=1)
        return day

    def between(self, start: date, end: date) -> int:
        """Whole working days that lie after `start` and not after `end`; 0 where `end` is not later."""
        return sum(self.works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def midnight(self, day: date) -> datetime:
        """The moment a day begins in this city."""
        return datetime.combine(day, time(), self.zone)

    def later(self, due: datetime, working_days: int) -> datetime:
        """A due date moved on by working days, to closing time."""
        return self._closing(self.add(due.astimezone(self.zone).date(), working_days))

    def interim(self, since: datetime) -> datetime:
        """When a report of that moment owes its citizen a first word."""
        return self._closing(self.add(since.astimezone(self.zone).date(), INTERIM.working_days))

    def without_a_word(self, now: datetime) -> datetime:
        """Reports opened before this moment should have had their first word by now."""
        today = now.astimezone(self.zone).date()
        closed = today if now >= self._closing(today) else today - timedelta(days=1)
        return self.midnight(self.back(closed, INTERIM.working_days) + timedelta(days=1))

    def _closing(self, day: date) -> datetime:
        return datetime.combine(day, OFFICE_CLOSES, self.zone)

    def due(self, kind: Kind, urgent: bool, since: datetime, *, misconduct: bool = False) -> datetime:
        """When an answer is due: closing time of the last working day, or 24 hours from now for danger."""
        if urgent:
            return since + URGENT
        day = since.astimezone(self.zone).date()
        last = self.add(day, (MISCONDUCT if misconduct else deadline(kind, day)).working_days)
        if misconduct:
            last = min(last, day + timedelta(days=MISCONDUCT.working_days))
            while not self.works(last):
                last -= timedelta(days=1)
        return self._closing(last)
