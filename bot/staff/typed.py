"""A date as people type it."""

import re
from datetime import date, timedelta

from bot.texts import MONTHS, label

NAMES = {name.lower()[:3]: number for number, name in enumerate(MONTHS, 1)}


class BadDate(Exception):
    """Not a date anybody could mean."""

    code = "date_unclear"


def typed(text: str, today: date) -> date:
    """`hari ini`, `besok`, 1-1-2027, 1/1/2027, 2027-01-01 or 1 Januari 2027. Raises: BadDate."""
    words = text.strip().lower()
    if words in {label("date.today").lower(), label("date.tomorrow").lower()}:
        return today + timedelta(days=words == label("date.tomorrow").lower())
    try:
        if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", words):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := re.fullmatch(r"(\d{1,2}) ([a-z]{3})[a-z]* (\d{4})", words):
            return date(int(found[3]), NAMES[found[2]], int(found[1]))
    except (ValueError, KeyError) as error:
        raise BadDate from error
    raise BadDate
