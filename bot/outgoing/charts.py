"""The one picture of the weekly report on the classifier. matplotlib is imported when it is drawn, not before."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.outgoing.canvas import BLUE, FAINT, GREY, ORANGE, SMALL, TEXT, TITLE, field, fit, nothing, page, png
from bot.texts import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def learning(learned: dict[str, Any]) -> bytes | None:
    """A PNG of a week (storage/learning.py, as JSON): confusions left, coverage and growing topics right.

    None where there is nothing to show. Takes a second or two: not for the event loop.
    """
    if not (learned["confusions"] or learned["topics"] or any(received for received, _ in learned["coverage"])):
        return None
    return _drawn(json.dumps(learned))


@lru_cache(maxsize=2)  # each administrator gets the same
def _drawn(learned: str) -> bytes:
    week = json.loads(learned)
    with page() as figure:
        _confusions(figure, week["confusions"])
        _coverage(figure, week["coverage"])
        _topics(figure, week["topics"])
        return png(figure)


def _confusions(figure: "Figure", rows: Sequence[tuple[str, str, int]]) -> None:
    axes = _panel(figure, (0.035, 0.035, 0.44, 0.835), label("chart.confused"), label("chart.confused_how"))
    if not rows:
        nothing(axes, label("chart.confused_none"))
        return
    most = max(times for _, _, times in rows)
    axes.set_xlim(0, most * (1.06 + 0.05 * len(str(most))))  # the number stands behind the bar
    axes.set_ylim(max(len(rows), 5) - 0.25, -0.6)
    for at, (guess, right, times) in enumerate(rows):
        axes.text(0, at - 0.2, fit(axes, guess or label("chart.no_guess"), right), fontsize=TEXT, va="bottom")
        axes.barh(at, times, height=0.3, color=BLUE)
        axes.text(times + most * 0.02, at, str(times), fontsize=TEXT, va="center")


def _coverage(figure: "Figure", weeks: Sequence[tuple[int, int]]) -> None:
    axes = _panel(figure, (0.535, 0.6, 0.43, 0.27), label("chart.coverage"), label("chart.coverage_how"))
    if not any(received for received, _ in weeks):
        nothing(axes, label("chart.coverage_none"))
        return
    last = len(weeks) - 1
    axes.set_xlim(-0.6, last + 0.6)
    axes.set_ylim(0, 1.2)
    for at, (received, alone) in enumerate(weeks):
        if received:
            axes.bar(at, alone / received, width=0.78, color=BLUE if at == last else GREY)
            axes.text(at, alone / received + 0.03, f"{100 * alone / received:.0f}", fontsize=SMALL, ha="center")
    axes.axhline(0, color=GREY, linewidth=2)
    axes.text(-0.5, -0.06, label("chart.weeks_ago", count=last), fontsize=SMALL, va="top")
    axes.text(last + 0.5, -0.06, label("chart.this_week"), fontsize=SMALL, va="top", ha="right", color=BLUE)


def _topics(figure: "Figure", rows: Sequence[tuple[str, int, float]]) -> None:
    left, right = 0.535, 0.965
    axes = _panel(figure, (left, 0.035, right - left, 0.415), label("chart.topics"), "")
    if not rows:
        nothing(axes, label("chart.topics_none"))
        return
    most = max(now for _, now, _ in rows)
    axes.set_xlim(0, most * (1.06 + 0.05 * len(str(most))))  # the number stands behind the bar
    axes.set_ylim(max(len(rows), 5) - 0.5, -0.6)
    figure.text(left, 0.47, label("chart.this_week"), fontsize=SMALL, va="bottom", color=ORANGE)
    usual = label("chart.mean_before")
    figure.text(right, 0.47, usual, fontsize=SMALL, va="bottom", ha="right", color=FAINT)
    for at, (topic, now, before) in enumerate(rows):
        axes.text(0, at - 0.16, fit(axes, topic), fontsize=TEXT, va="bottom")
        axes.barh(at, now, height=0.22, color=ORANGE)
        axes.barh(at + 0.23, before, height=0.16, color=GREY)
        axes.text(now + most * 0.02, at, str(now), fontsize=TEXT, va="center")


def _panel(figure: "Figure", box: tuple[float, float, float, float], title: str, how: str) -> "Axes":
    """An empty field with its title above."""
    axes = field(figure, box)
    top = box[1] + box[3]
    figure.text(box[0], top + 0.055, title, fontsize=TITLE, fontweight="bold", va="bottom")
    figure.text(box[0], top + 0.02, how, fontsize=SMALL, va="bottom", color=FAINT)
    return axes
