"""A stretch of days as people write it: "1-15 nov 2026", "1 oktober - 3 november", "01/10/2026 - 31/12/2026"."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.texts import MONTHS
from storage.periods import BadPeriod

_BETWEEN = re.compile(r"\s*(?:-|–|—|\bsampai\b|\bs\.?/?d\b\.?|\bhingga\b)\s*")
_NUMBERS = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?")
_WORDS = re.compile(r"(\d{1,2})(?:\s+([a-z]+))?(?:\s+(\d{4}))?")
_OTHER = {"agt": 8, "ags": 8, "agu": 8, "nop": 11, "pebruari": 2}


def dates_in(text: str, now: datetime, zone: str) -> tuple[date, date]:
    """First and last day. What the first lacks it has from the last; a missing year is this year.

    Raises: BadPeriod with `period_unclear`.
    """
    ends = [part for part in _BETWEEN.split(re.sub(r"\b(20\d\d)-(\d\d)-(\d\d)\b", r"\3/\2/\1", text.lower())) if part]
    if not 1 <= len(ends) <= 2:
        raise BadPeriod("period_unclear")
    last = _read(ends[-1])
    first = _read(ends[0])
    this_year = now.astimezone(ZoneInfo(zone)).year
    year = last[2] or first[2] or this_year
    month = last[1] or first[1]
    return _day(first[0], first[1] or month, first[2] or year), _day(last[0], month, year)


def _read(text: str) -> tuple[int, int | None, int | None]:
    """Day, month and year as far as they stand there."""
    if found := _NUMBERS.fullmatch(text.strip()):
        return int(found[1]), int(found[2]), int(found[3]) if found[3] else None
    if found := _WORDS.fullmatch(text.strip()):
        return int(found[1]), _month(found[2]) if found[2] else None, int(found[3]) if found[3] else None
    raise BadPeriod("period_unclear")


def _month(word: str) -> int:
    if word in _OTHER:
        return _OTHER[word]
    found = [at for at, name in enumerate(MONTHS, 1) if len(word) >= 3 and name.lower().startswith(word)]
    if len(found) != 1:
        raise BadPeriod("period_unclear")
    return found[0]


def _day(day: int, month: int | None, year: int) -> date:
    if month is None:
        raise BadPeriod("period_unclear")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadPeriod("period_unclear") from error
