"""What all pictures share: size, colours, letters, an empty field. matplotlib is imported when it draws."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE, DPI = 1080, 100
"""Pixels: as wide as a phone shows."""

INK, FAINT, GREY, BLUE, ORANGE = "#222222", "#5a5a5a", "#b8b8b8", "#0072b2", "#d55e00"
"""Okabe and Ito's colours, which people who see fewer colours tell apart."""

GREEN, PALE = "#009e73", "#e8f1f7"

TITLE, TEXT, SMALL = 23, 19, 16
"""Points at 100 dots an inch: the smallest is 22 of 1080 pixels high."""

Box = tuple[float, float, float, float]
"""Left, bottom, width and height, as shares of the picture."""

_ONE_AT_A_TIME = threading.Lock()  # matplotlib's settings and font cache belong to the process


@contextmanager
def page(width: int = SIDE, height: int = SIDE) -> Iterator["Figure"]:
    """An empty white picture to draw on, in pixels; `png` turns it into bytes inside of the same block."""
    with _ONE_AT_A_TIME:
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        with rc_context(
            {"font.family": "DejaVu Sans", "text.color": INK, "axes.edgecolor": GREY, "text.parse_math": False}
        ):
            figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
            FigureCanvasAgg(figure)
            yield figure


def png(figure: "Figure") -> bytes:
    out = BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def field(figure: "Figure", box: Box) -> "Axes":
    """A place to draw: no frame, no ticks; the numbers stand at the bars."""
    axes = figure.add_axes(box)
    axes.axis("off")
    return axes


def nothing(axes: "Axes", text: str) -> None:
    axes.text(0, 0.9, text, fontsize=TEXT, va="top", transform=axes.transAxes, color=FAINT)


def fit(axes: "Axes", *names: str, size: float = TEXT, room: float | None = None, weight: str = "normal") -> str:
    """The names with an arrow between them, the longer ones cut until all are no wider than `room` pixels."""
    room = axes.get_window_extent().width if room is None else room
    text = ""
    for length in range(60, 3, -1):
        text = " → ".join(name if len(name) <= length else name[: length - 1].rstrip(" ,.(") + "…" for name in names)
        trial = axes.text(0, 0, text, fontsize=size, fontweight=weight)
        width = trial.get_window_extent().width
        trial.remove()
        if width <= room:
            break
    return text
