"""The picture of /statistik: one tall page of figures, bars and a map, to be read on a phone.

In `facts`: `figures` of storage/statistics.py as JSON, `agency` (empty for the city), `first` and `last` day, and for
the map `tiles` (kecamatan -> [row, column]) and `boundaries` (a GeoJSON file, or none).
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.outgoing import maps
from bot.outgoing.canvas import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    SIDE,
    SMALL,
    TEXT,
    TITLE,
    Box,
    field,
    fit,
    nothing,
    page,
    png,
)  # fmt: skip
from bot.texts import MONTHS, dates, decimal, duration, label, percent, thousands

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TALL = 2210
"""Pixels."""

MOST = 6
"""Topics in the picture."""

LONG_AGO = 3
"""Index of the first age of open reports that is drawn as a warning."""


def statistics(facts: dict[str, Any]) -> bytes | None:
    """A PNG; None where nothing came in and nothing is open. Takes a second or two: not for the event loop."""
    figures = facts["figures"]
    if not figures["total"]["received"] and not any(figures["open"]):
        return None
    return _drawn(json.dumps(facts, sort_keys=True))


@lru_cache(maxsize=4)
def _drawn(as_json: str) -> bytes:
    facts = json.loads(as_json)
    figures = facts["figures"]
    with page(SIDE, TALL) as figure:
        first = date.fromisoformat(facts["first"])
        _head(figure, facts)
        _numbers(figure, figures)
        trend(_panel(figure, (50, 700, 980, 220), label("stat.trend")), figures["days"], first)
        _ages(_panel(figure, (50, 1050, 440, 330), label("stat.open")), figures["open"])
        _topics(_panel(figure, (560, 1050, 470, 330), label("stat.topics")), figures["topics"][:MOST])
        title = label("stat.map_real" if maps.known(facts) else "stat.map_tiles")
        axes = _panel(figure, (50, 1490, 980, 650), title, label("stat.map_how"))
        maps.draw(axes, facts)
        return png(figure)


def box(left: float, top: float, width: float, height: float) -> Box:
    """From pixels counted from the upper left corner."""
    return left / SIDE, 1 - (top + height) / TALL, width / SIDE, height / TALL


def _head(figure: "Figure", facts: dict[str, Any]) -> None:
    axes = field(figure, box(50, 30, 980, 130))
    name = facts["agency"] or label("stat.city")
    axes.text(0, 0.95, fit(axes, name, size=30, weight="bold"), fontsize=30, fontweight="bold", va="top",
              transform=axes.transAxes)  # fmt: skip
    first, last = date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"])
    axes.text(0, 0.36, dates(first, last), fontsize=TEXT, va="top", color=FAINT, transform=axes.transAxes)


def _numbers(figure: "Figure", figures: dict[str, Any]) -> None:
    total = figures["total"]
    due = total["in_time"] + total["late"]
    tiles = [
        (thousands(total["received"]), label("stat.received"), INK),
        (percent(total["in_time"] / due) if due else "–", label("stat.in_time"), BLUE),
        (duration(figures["median_hours"]) if figures["median_hours"] is not None else "–", label("stat.median"), BLUE),
        (thousands(total["done"]), label("stat.done"), INK),
        (thousands(total["verified"]), label("stat.verified"), GREEN),
        (decimal(total["stars"] / total["rated"], 1) if total["rated"] else "–", label("stat.rating"), GREEN),
    ]
    for at, (number, words, colour) in enumerate(tiles):
        axes = field(figure, box(50 + at % 3 * 335, 170 + at // 3 * 215, 310, 195))
        axes.set_facecolor(PALE)
        axes.patch.set_visible(True)
        axes.axis("on")
        axes.set_xticks([])
        axes.set_yticks([])
        for side in axes.spines.values():
            side.set_visible(False)
        axes.text(0.5, 0.62, number, fontsize=42, fontweight="bold", ha="center", va="center", color=colour)
        axes.text(0.5, 0.2, words, fontsize=SMALL, ha="center", va="center", color=INK)


def trend(axes: "Axes", days: Sequence[int], first: date) -> None:
    bars, step = in_steps(days, first)
    if not any(many for _, many in bars):
        nothing(axes, label("stat.nothing_came"))
        return
    most = max(many for _, many in bars)
    axes.set_xlim(-0.5, len(bars) - 0.5)
    axes.set_ylim(0, most * 1.25)
    axes.axhline(0, color=GREY, linewidth=2)
    every = -(-len(bars) // 6)
    for at, (begins, many) in enumerate(bars):
        axes.bar(at, many, width=0.8, color=BLUE)
        if many and len(bars) <= 16:
            axes.text(at, many + most * 0.03, str(many), fontsize=SMALL, ha="center", va="bottom")
        if at % every == 0:
            name = MONTHS[begins.month - 1][:3] if step == "month" else f"{begins.day} {MONTHS[begins.month - 1][:3]}"
            axes.text(at, -most * 0.05, name, fontsize=SMALL, ha="center", va="top", color=FAINT)
    if len(bars) > 16:
        top = max(range(len(bars)), key=lambda at: bars[at][1])
        axes.text(top, most * 1.03, str(most), fontsize=SMALL, ha="center", va="bottom")
    axes.text(1, 1.22, label(f"stat.each_{step}"), fontsize=SMALL, ha="right", va="bottom", color=FAINT,
              transform=axes.transAxes)  # fmt: skip


def in_steps(days: Sequence[int], first: date) -> tuple[list[tuple[date, int]], str]:
    """Days added up so that at most 31 bars remain: (first day, reports) of each day, week or month, and which."""
    step = "day" if len(days) <= 31 else "week" if len(days) <= 120 else "month"
    bars: list[tuple[date, int]] = []
    for at, many in enumerate(days):
        day = first + timedelta(days=at)
        opens = step == "day" or (at % 7 == 0 if step == "week" else day.day == 1)
        if opens or not bars:
            bars.append((day, 0))
        bars[-1] = (bars[-1][0], bars[-1][1] + many)
    return bars, step


def _ages(axes: "Axes", ages: Sequence[int]) -> None:
    most = max(ages)
    if not most:
        nothing(axes, label("stat.none_open"))
        return
    names = [label(f"stat.age_{at}") for at in range(len(ages))]
    axes.set_xlim(0, most * (2.1 + 0.08 * len(str(most))))
    axes.set_ylim(len(ages) - 0.5, -0.5)
    start = most * 0.95
    for at, (name, many) in enumerate(zip(names, ages, strict=True)):
        late = at >= LONG_AGO
        axes.text(0, at, name, fontsize=SMALL, va="center")
        axes.barh(at, many, left=start, height=0.55, color=ORANGE if late else BLUE)
        axes.text(start + many + most * 0.04, at, str(many), fontsize=TEXT, va="center")


def _topics(axes: "Axes", rows: Sequence[tuple[str, int]]) -> None:
    if not rows:
        nothing(axes, label("stat.nothing_came"))
        return
    most = max(many for _, many in rows)
    axes.set_xlim(0, most * (1.1 + 0.06 * len(str(most))))
    axes.set_ylim(MOST - 0.4, -0.75)
    for at, (topic, many) in enumerate(rows):
        axes.text(0, at - 0.16, fit(axes, topic, size=SMALL), fontsize=SMALL, va="bottom")
        axes.barh(at, many, height=0.26, color=BLUE)
        axes.text(many + most * 0.03, at, str(many), fontsize=SMALL, va="center")


def _panel(figure: "Figure", pixels: Box, title: str, how: str = "") -> "Axes":
    left, top, _, _ = pixels
    figure.text(left / SIDE, 1 - (top - 58) / TALL, title, fontsize=TITLE, fontweight="bold", va="center")
    if how:
        figure.text(left / SIDE, 1 - (top - 18) / TALL, how, fontsize=SMALL, va="center", color=FAINT)
    return field(figure, box(*pixels))
