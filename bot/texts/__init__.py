"""Every sentence a person reads: `say("key", name=...)`. The sentences stand in id.toml."""

import html
import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905
DAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()  # noqa: SIM905


class Html(str):
    """Text that is HTML already; everything else is escaped before it enters a sentence."""

    __slots__ = ()


@cache
def catalogue() -> dict[str, str]:
    """All sentences, by dotted key."""
    flat: dict[str, str] = {}

    def walk(table: dict[str, Any], prefix: str) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}{key}.")
            else:
                flat[prefix + key] = value.strip("\n")

    walk(tomllib.loads(files(__name__).joinpath("id.toml").read_text(encoding="utf-8")), "")
    return flat


def say(key: str, **facts: object) -> Html:
    """The sentence `key` with its blanks filled; facts are escaped unless they are Html. Raises: KeyError."""
    return Html(catalogue()[key].format_map({name: _safe(value) for name, value in facts.items()}))


def label(key: str, **facts: object) -> str:
    """Like `say`, for buttons and toasts, which are plain text and not HTML."""
    return catalogue()[key].format_map(facts)


def own_words(kind: str, key: str) -> str:
    """The key of a sentence as a kind of report says it ([own.<kind>] in id.toml); `key` where it says it like all."""
    own = f"own.{kind}.{key}"
    return own if own in catalogue() else key


def blanks(key: str) -> set[str]:
    """The names of a sentence's blanks."""
    return {name for _, name, _, _ in Formatter().parse(catalogue()[key]) if name}


def lines(*parts: str) -> Html:
    """Paragraphs one under the other, without the empty ones."""
    return Html("\n".join(part for part in parts if part))


def paragraphs(*parts: str) -> Html:
    return Html("\n\n".join(part for part in parts if part))


def shorten(text: str, length: int) -> str:
    """At most `length` characters, cut at a word where one ends near."""
    text = text.strip()
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > length * 0.7 else cut).rstrip(" ,.;") + "…"


def percent(share: float, places: int = 0) -> str:
    """`86%`, or `86,3%` with a place: a share in 0..1 as people write it here."""
    return f"{100 * share:.{places}f}%".replace(".", ",")


def decimal(number: float, places: int = 1) -> str:
    """`4,2`."""
    return f"{number:.{places}f}".replace(".", ",")


def short_day(moment: datetime | str | None, zone: str) -> str:
    """`Sen, 24 Nov`, for lists; empty for None."""
    if moment is None:
        return ""
    local = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(ZoneInfo(zone))
    return f"{DAYS[local.weekday()][:3]}, {local.day} {MONTHS[local.month - 1][:3]}"


def thousands(number: int) -> str:
    """`12.345`."""
    return f"{number:,}".replace(",", ".")


def duration(hours: float) -> str:
    """A length of time in words: hours up to two days, then days."""
    if hours < 1:
        return label("time.within_the_hour")
    if hours < 48:
        return label("time.hours", count=round(hours))
    return label("time.days", count=round(hours / 24))


def dates(first: date, last: date) -> str:
    """`1–24 November 2026`, `28 Oktober–3 November 2026`; both days belong to it."""
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    if first.year != last.year:
        return f"{first.day} {MONTHS[first.month - 1]} {first.year} – {end}"
    if first.month != last.month:
        return f"{first.day} {MONTHS[first.month - 1]} – {end}"
    return f"{first.day}–{end}"


def day(moment: datetime | str | None, zone: str) -> str:
    """`Senin, 24 November 2026`; empty for None."""
    if moment is None:
        return ""
    local = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(ZoneInfo(zone))
    return f"{DAYS[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} {local.year}"


def date_in_words(on: date) -> str:
    """`Senin, 24 November 2026`, of a date that stands in no time zone."""
    return f"{DAYS[on.weekday()]}, {on.day} {MONTHS[on.month - 1]} {on.year}"


def moment(at: datetime | str | None, zone: str) -> str:
    """`Senin, 24 November 2026 pukul 16.00`."""
    if at is None:
        return ""
    local = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(ZoneInfo(zone))
    return f"{day(local, zone)} pukul {local:%H.%M}"


def _safe(value: object) -> str:
    return value if isinstance(value, Html) else html.escape(str(value), quote=False)
