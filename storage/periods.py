"""Stretches of time that figures are told for, from the first midnight to the last in the city's own time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST = timedelta(days=366)
"""Figures of a longer stretch are not told: a year is what people plan in, and what one query can look at in time."""

QUICK = ("week", "month", "quarter", "year")
"""Stretches with a name."""


class BadPeriod(ValueError):
    """`code` names the sentence a person reads: period_unclear, period_backwards, period_too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`; both aware."""

    start: datetime
    end: datetime

    @property
    def last_day(self) -> date:
        """The last day that belongs to it."""
        return (self.end - timedelta(seconds=1)).astimezone(self.start.tzinfo).date()


def named(name: str, now: datetime, zone: str) -> Period:
    """The last seven days, or the month, quarter or year that `now` is in, up to the end of today."""
    today = now.astimezone(ZoneInfo(zone)).date()
    first = {
        "week": today - timedelta(days=6),
        "month": today.replace(day=1),
        "quarter": today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1),
        "year": today.replace(month=1, day=1),
    }[name]
    return days(first, today, zone)


def days(first: date, last: date, zone: str) -> Period:
    """All of the days from `first` to `last`. Raises: BadPeriod."""
    if last < first:
        raise BadPeriod("period_backwards")
    if last - first >= LONGEST:
        raise BadPeriod("period_too_long")
    place = ZoneInfo(zone)
    return Period(datetime.combine(first, time(), place), datetime.combine(last + timedelta(days=1), time(), place))


def year(number: int, zone: str) -> Period:
    """A calendar year."""
    return days(date(number, 1, 1), date(number, 12, 31), zone)


def month(year_number: int, number: int, zone: str) -> Period:
    """A calendar month."""
    first = date(year_number, number, 1)
    following = date(year_number + number // 12, number % 12 + 1, 1)
    return days(first, following - timedelta(days=1), zone)
