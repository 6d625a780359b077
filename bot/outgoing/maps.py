"""A map of a city's reports: its kelurahan where their boundaries are known, else its kecamatan as tiles."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.outgoing.canvas import BLUE, FAINT, GREY, INK, SMALL, fit
from bot.texts import label, thousands

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Ring = list[tuple[float, float]]
"""Longitude and latitude of the corners."""

LISTED = 5
"""Kelurahan named beside the map."""


def known(facts: dict[str, Any]) -> bool:
    """Whether there are boundaries to draw."""
    return bool(facts.get("boundaries") and _shapes(facts["boundaries"]))


def draw(axes: "Axes", facts: dict[str, Any]) -> None:
    """The map on the left, the kelurahan with most reports on the right."""
    figures = facts["figures"]
    if known(facts):
        _real(axes, _shapes(facts["boundaries"]), {(kel, kec): many for kel, kec, many in figures["kelurahan"]})
    else:
        _tiles(axes, facts["tiles"], figures["kecamatan"])
    _list(axes, figures["kelurahan"][:LISTED])


def shade(many: int, most: int) -> tuple[float, float, float]:
    """White for none, the blue of all pictures for the most."""
    share = 0.12 + 0.88 * many / most if many and most else 0.0
    red, green, blue = (int(BLUE[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 1 - share * (1 - red), 1 - share * (1 - green), 1 - share * (1 - blue)


def _tiles(axes: "Axes", tiles: dict[str, list[int]], counted: dict[str, int]) -> None:
    if not tiles:
        return
    from matplotlib.patches import Rectangle

    rows, columns = max(row for row, _ in tiles.values()) + 1, max(column for _, column in tiles.values()) + 1
    most = max(counted.values(), default=0)
    axes.set_xlim(0, columns * 1.5)
    axes.set_ylim(rows, 0)
    room = axes.get_window_extent().width / (columns * 1.5) * 0.9
    for name, (row, column) in tiles.items():
        many = counted.get(name, 0)
        dark = bool(most) and many > most * 0.65
        axes.add_patch(Rectangle((column + 0.03, row + 0.03), 0.94, 0.94, facecolor=shade(many, most), edgecolor=GREY))
        axes.text(column + 0.5, row + 0.42, thousands(many), fontsize=26, fontweight="bold", ha="center", va="center",
                  color="white" if dark else INK)  # fmt: skip
        two_lines = "\n".join(fit(axes, part, size=14, room=room) for part in _broken(name))
        axes.text(column + 0.5, row + 0.74, two_lines, fontsize=14, ha="center", va="center",
                  color="white" if dark else INK, linespacing=0.95)  # fmt: skip


def _broken(name: str) -> list[str]:
    """A name in at most two lines."""
    first, _, rest = name.partition(" ")
    return [first, rest] if rest else [first]


def _real(axes: "Axes", shapes: list[tuple[str, str, list[Ring]]], counted: dict[tuple[str, str], int]) -> None:
    from matplotlib.patches import Polygon

    corners = [corner for _, _, rings in shapes for ring in rings for corner in ring]
    west, east = min(x for x, _ in corners), max(x for x, _ in corners)
    south, north = min(y for _, y in corners), max(y for _, y in corners)
    height = max(north - south, 1e-9)
    wide = axes.get_window_extent().width / axes.get_window_extent().height * height
    axes.set_xlim(west, max(west + wide, east + (east - west) * 0.5))
    axes.set_ylim(south, north)
    most = max(counted.values(), default=0)
    for kelurahan, kecamatan, rings in shapes:
        many = counted.get((kelurahan, kecamatan), 0)
        for ring in rings:
            axes.add_patch(Polygon(ring, closed=True, facecolor=shade(many, most), edgecolor=GREY, linewidth=1))


def _list(axes: "Axes", rows: list[tuple[str, str, int]]) -> None:
    left = 0.7
    place = axes.transAxes
    axes.text(left, 1, label("stat.kelurahan"), fontsize=SMALL, fontweight="bold", va="top", transform=place)
    if not rows:
        axes.text(left, 0.92, label("stat.no_place"), fontsize=SMALL, va="top", color=FAINT, transform=place)
    room = axes.get_window_extent().width * (1 - left)
    for at, (kelurahan, kecamatan, many) in enumerate(rows):
        top = 0.9 - at * 0.17
        name = fit(axes, f"{at + 1}. {kelurahan}", size=SMALL, room=room)
        axes.text(left, top, name, fontsize=SMALL, va="top", transform=place)
        below = fit(axes, label("stat.in_kecamatan", kecamatan=kecamatan, count=many), size=14, room=room)
        axes.text(left, top - 0.065, below, fontsize=14, va="top", color=FAINT, transform=place)


@lru_cache(maxsize=2)
def _shapes(path: str) -> list[tuple[str, str, list[Ring]]]:
    """(kelurahan, kecamatan, outer rings) of a GeoJSON file; empty where it cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:
            features = json.load(file)["features"]
        return [shape for feature in features if (shape := _shape(feature))]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _shape(feature: dict[str, Any]) -> tuple[str, str, list[Ring]] | None:
    names, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
    kelurahan, kecamatan = names.get("kelurahan"), names.get("kecamatan")
    if not kelurahan or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        return None
    found = geometry["coordinates"]
    parts = [found] if geometry["type"] == "Polygon" else found
    rings = [[(float(x), float(y)) for x, y, *_ in part[0]] for part in parts]
    return str(kelurahan), str(kecamatan or ""), rings
