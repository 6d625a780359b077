"""What an officer looks for, out of the words they typed: `lampu sukmajaya 1-10 nov`. Pure."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.texts import MONTHS
from storage.search import Wanted

_MONTH = "|".join(sorted({form for name in MONTHS for form in (name.lower(), name[:3].lower())}, key=len, reverse=True))
_RANGE = re.compile(
    rf"\b(\d{{1,2}})(?:\s+({_MONTH}))?(?:\s*(?:-|–|s/?d|sampai)\s*(\d{{1,2}})\s+({_MONTH})|\s+({_MONTH}))?"
    r"(?:\s+(\d{4}))?\b"
)
_DAYS = re.compile(r"\b(\d{1,3}) hari(?: terakhir)?\b")
_NAMED = {"hari ini": 0, "kemarin": 1}


def wanted_of(said: str, agency_id: str | None, now: datetime, zone: ZoneInfo) -> Wanted:
    """The days are taken out of the words; the rest is looked for. A day without a year is the last such day."""
    said = " ".join(said.lower().split())
    today = now.astimezone(zone).date()
    for phrase, ago in _NAMED.items():
        if re.search(rf"\b{phrase}\b", said):
            day = today - timedelta(days=ago)
            return _on(said.replace(phrase, " "), agency_id, day, day, zone)
    if days := _DAYS.search(said):
        first = today - timedelta(days=int(days[1]))
        return _on(said.replace(days[0], " "), agency_id, first, today, zone)
    for found in _RANGE.finditer(said):
        if span := _span(found, today):
            return _on(said.replace(found[0], " "), agency_id, *span, zone)
    return Wanted(said, agency_id)


def _on(words: str, agency_id: str | None, first: date, last: date, zone: ZoneInfo) -> Wanted:
    begin, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return Wanted(words.strip(), agency_id, begin, end)


def _span(found: re.Match[str], today: date) -> tuple[date, date] | None:
    """First and last day of `10 nov`, `1-10 nov` or `28 okt - 3 nov 2026`; None for a number that is no date."""
    first, own_month, last, last_month, only_month, year = found.groups()
    end_month = last_month or only_month or own_month
    if end_month is None:
        return None
    try:
        end = _day(int(last or first), end_month, int(year) if year else today.year)
        if not year and end > today:
            end = _day(int(last or first), end_month, today.year - 1)
        begin = _day(int(first), own_month or end_month, end.year)
        if begin > end:
            begin = _day(int(first), own_month or end_month, end.year - 1)
    except ValueError:  # 31 nov
        return None
    return begin, end


def _day(day: int, month: str, year: int) -> date:
    return date(year, next(i for i, name in enumerate(MONTHS, 1) if name.lower().startswith(month)), day)
