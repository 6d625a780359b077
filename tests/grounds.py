"""A made-up map of the city: every kelurahan a square, eight in a row, and two neighbours. Nothing of it is real."""

import json
from pathlib import Path
from typing import Any

from classifier.tables import read_table

WEST, SOUTH, SIDE = 106.75, -6.45, 0.01
"""Degrees: kelurahan lie side by side, eight in a row; a square is about 1.1 km wide."""


def square(west: float, south: float, side: float = SIDE) -> dict[str, Any]:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def features() -> list[dict[str, Any]]:
    kelurahan = [kel["code"] for kec in read_table("places.toml")["kecamatan"] for kel in kec["kelurahan"]]
    return [
        *(
            {"type": "Feature", "properties": {"code": code}, "geometry": square(*corner(at))}
            for at, code in enumerate(kelurahan)
        ),
        {"type": "Feature", "properties": {"city": "Kabupaten Bogor"}, "geometry": square(WEST, SOUTH - 0.1, 0.1)},
        {"type": "Feature", "properties": {"city": "Jakarta Timur"}, "geometry": square(WEST, SOUTH + 0.09, 0.1)},
    ]


def corner(at: int) -> tuple[float, float]:
    """West and south of the square of the kelurahan in this place of the table."""
    return WEST + at % 8 * SIDE, SOUTH + at // 8 * SIDE


def middle_of(code: str) -> tuple[float, float]:
    """Latitude and longitude of the middle of a kelurahan's square."""
    at = next(i for i, feature in enumerate(features()) if feature["properties"].get("code") == code)
    west, south = corner(at)
    return south + SIDE / 2, west + SIDE / 2


def written(folder: Path, found: Any = None) -> Path:
    """The map as a file, or whatever else is given."""
    path = folder / "boundaries.geojson"
    path.write_text(json.dumps(found or {"type": "FeatureCollection", "features": features()}), encoding="utf-8")
    return path
