"""Report numbers as people say them."""

import re
from datetime import datetime


def number_in(said: str, prefix: str, now: datetime) -> str:
    """The number somebody means: `DPK-26-000123`, `dpk 26 123`, or just `123` for one of this year; empty for none."""
    digits = re.findall(r"\d+", said)[-2:]
    if not digits:
        return ""
    year, number = (digits[0], digits[1]) if len(digits) == 2 else (f"{now.year % 100:02d}", digits[0])
    return f"{prefix}-{year[-2:].zfill(2)}-{number.zfill(6)}"


def numbers_in(text: str, prefix: str) -> list[str]:
    """Every whole report number in a text, in order, each once."""
    return list(dict.fromkeys(re.findall(rf"\b{prefix}-\d{{2}}-\d{{6,}}\b", text)))
