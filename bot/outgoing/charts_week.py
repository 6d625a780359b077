"""The pictures of the Monday digests: what came in and was done week by week, and where it presses."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.outgoing.canvas import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    ORANGE,
    SMALL,
    TEXT,
    TITLE,
    Box,
    field,
    fit,
    nothing,
    page,
    png,
)
from bot.texts import decimal, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Facts = dict[str, Any]
Bar = tuple[str, int, int]
"""A name, a count, and the part of it that is marked."""

TOP: Box = (0.05, 0.6, 0.9, 0.27)
BOTTOM: Box = (0.05, 0.03, 0.9, 0.44)
MOST = 7
"""Bars in one picture."""


def office(facts: Facts) -> bytes | None:
    """An office's weeks, and what rises there. None where nothing ever came."""
    if not any(any(week) for week in facts["course"]):
        return None
    return _rising(json.dumps([facts["course"], facts["rising"]]))


def leaders(facts: Facts) -> bytes | None:
    """The city's weeks, and the open reports of the offices with the late ones marked."""
    if not facts["league"]:
        return None
    league = [(row["agency"], row["open"], row["overdue"]) for row in facts["league"][:MOST]]
    places = [(name, count, 0) for name, count in facts["places"][:MOST]]
    return _bars(json.dumps([facts["course"], league, places]))


def city(facts: Facts) -> bytes | None:
    """The city's weeks, and where the week's reports came from: the same picture for every reader."""
    places = [(name, count, 0) for name, count in facts["places"][:MOST]]
    return _bars(json.dumps([facts["course"], [], places]))


@lru_cache(maxsize=4)  # every officer of an office gets the same
def _rising(as_json: str) -> bytes:
    weeks, rising = json.loads(as_json)
    with page() as figure:
        _course(figure, weeks)
        axes = _panel(figure, BOTTOM, label("chart.topics"), label("chart.rising_how"))
        if rising:
            most = max(now for _, now, _ in rising)
            axes.set_xlim(0, most * 1.35)
            axes.set_ylim(2.6, -0.6)
            for at, (topic, now, before) in enumerate(rising):
                axes.text(0, at - 0.17, fit(axes, topic), fontsize=TEXT, va="bottom")
                axes.barh(at, now, height=0.24, color=ORANGE)
                axes.barh(at + 0.24, before, height=0.17, color=GREY)
                words = label("chart.now_and_usual", now=now, usual=decimal(before))
                axes.text(now + most * 0.02, at, words, fontsize=SMALL, va="center")
        else:
            nothing(axes, label("chart.topics_none"))
        return png(figure)


@lru_cache(maxsize=4)
def _bars(as_json: str) -> bytes:
    weeks, league, places = json.loads(as_json)
    with page() as figure:
        _course(figure, weeks)
        left, bottom, width, height = BOTTOM
        if league:
            half = (width - 0.06) / 2
            _ranking(figure, (left, bottom, half, height), "chart.offices", "chart.offices_how", league)
            _ranking(figure, (left + half + 0.06, bottom, half, height), "chart.places", "chart.open_how", places)
        else:
            _ranking(figure, BOTTOM, "chart.places", "chart.places_how", places)
        return png(figure)


def _course(figure: "Figure", weeks: Sequence[tuple[int, int]]) -> None:
    """Pairs of bars: what came in, and what was done."""
    axes = _panel(figure, TOP, label("chart.weeks"), "")
    top = TOP[1] + TOP[3]
    figure.text(TOP[0], top + 0.02, label("chart.received"), fontsize=SMALL, va="bottom", color=BLUE)
    figure.text(TOP[0] + 0.2, top + 0.02, label("chart.resolved"), fontsize=SMALL, va="bottom", color=GREEN)
    last, most = len(weeks) - 1, max((max(week) for week in weeks), default=0)
    axes.set_xlim(-0.55, last + 0.55)
    axes.set_ylim(0, max(most, 1) * 1.18)
    for at, (received, resolved) in enumerate(weeks):
        for side, count, color in ((-0.2, received, BLUE), (0.2, resolved, GREEN)):
            axes.bar(at + side, count, width=0.38, color=color, alpha=1.0 if at == last else 0.55)
            if count:
                axes.text(at + side, count + most * 0.02, str(count), fontsize=13, ha="center")
    axes.axhline(0, color=GREY, linewidth=2)
    below = -0.04 * max(most, 1)
    axes.text(-0.4, below, label("chart.weeks_ago", count=last), fontsize=SMALL, va="top")
    axes.text(last + 0.5, below, label("chart.this_week"), fontsize=SMALL, va="top", ha="right")


def _ranking(figure: "Figure", box: Box, title: str, how: str, rows: Sequence[Bar]) -> None:
    """Bars from the longest to the shortest, the marked part of each in orange."""
    axes = _panel(figure, box, label(title), label(how))
    if not rows:
        nothing(axes, label("chart.places_none"))
        return
    most = max(count for _, count, _ in rows) or 1
    axes.set_xlim(0, most * (1.1 + 0.06 * len(str(most))))
    axes.set_ylim(MOST - 0.5, -0.6)
    for at, (name, count, marked) in enumerate(rows):
        axes.text(0, at - 0.12, fit(axes, name, size=SMALL), fontsize=SMALL, va="bottom")
        axes.barh(at + 0.08, count, height=0.3, color=BLUE)
        axes.barh(at + 0.08, marked, height=0.3, color=ORANGE)
        axes.text(count + most * 0.02, at + 0.08, str(count), fontsize=SMALL, va="center")


def _panel(figure: "Figure", box: Box, title: str, how: str) -> "Axes":
    axes = field(figure, box)
    top = box[1] + box[3]
    figure.text(box[0], top + 0.055, title, fontsize=TITLE, fontweight="bold", va="bottom")
    figure.text(box[0], top + 0.02, how, fontsize=SMALL, va="bottom", color=FAINT)
    return axes
