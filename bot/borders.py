"""Where a pin lies: in which kelurahan, or outside of the city and in whose land, by a GeoJSON file of the city's own.

docs/places.md says how such a file is made. Without one, a rough box still notices a pin on another island.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EDGE = 200
"""Metres from the city's nearest polygon that still count as inside: gaps between polygons, a pin's own error."""

NEXT_DOOR = 5_000
"""Metres within which a neighbour's polygon still lends a pin its name."""

METRES_A_DEGREE = 111_320


class BadBorders(Exception):
    """The file cannot be used; the message says why in one sentence."""


@dataclass(frozen=True)
class Found:
    """Where a pin lies. `kelurahan`: its code, where known; `neighbour`: whose land it is, outside of the city."""

    inside: bool
    kelurahan: str = ""
    neighbour: str = ""


@dataclass(frozen=True)
class Box:
    """A rectangle in degrees around the city."""

    south: float
    north: float
    west: float
    east: float
    margin: float

    def holds(self, latitude: float, longitude: float) -> bool:
        north_south = self.south - self.margin <= latitude <= self.north + self.margin
        return north_south and self.west - self.margin <= longitude <= self.east + self.margin


class Borders:
    """The polygons of a file, or only the box. Safe to share."""

    def __init__(self, box: Box, owners: list[tuple[str, str]], shapes: list[Any]) -> None:
        """`owners`: for each shape the code of its kelurahan and, for a neighbour, its name instead."""
        self.box = box
        self.owners = owners
        self.shapes = shapes
        if shapes:
            from shapely import STRtree

            self.tree = STRtree(shapes)

    @classmethod
    def rough(cls, box: Box) -> "Borders":
        return cls(box, [], [])

    @classmethod
    def read(cls, path: Path, box: Box, kelurahan: Mapping[str, tuple[str, str]]) -> "Borders":
        """Read a file. `kelurahan`: code -> (name, kecamatan) of all that it must hold. Raises: BadBorders."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BadBorders(f"{path}: no such file") from None
        except (OSError, ValueError) as error:
            raise BadBorders(f"{path} is not JSON ({error})") from error
        features = found.get("features") if isinstance(found, dict) else None
        if not isinstance(features, list) or not features:
            raise BadBorders(f"{path} is no GeoJSON FeatureCollection with features")
        by_name = {(name.lower(), kecamatan.lower()): code for code, (name, kecamatan) in kelurahan.items()}
        owners, shapes = [], []
        for at, feature in enumerate(features, 1):
            try:
                owners.append(owner_of(feature["properties"] or {}, kelurahan, by_name))
                shapes.append(shape_of(feature["geometry"]))
            except (KeyError, TypeError, ValueError) as error:
                raise BadBorders(f"{path}, feature {at}: {error}") from error
        if missing := [name for code, (name, _) in kelurahan.items() if code not in {owner for owner, _ in owners}]:
            some = ", ".join(missing[:5])
            raise BadBorders(f"{path} lacks {len(missing)} of {len(kelurahan)} kelurahan, such as {some}")
        return cls(box, owners, shapes)

    def locate(self, latitude: float, longitude: float) -> Found:
        """Where a pin lies; degrees."""
        if not self.shapes:
            return Found(self.box.holds(latitude, longitude))
        from shapely import Point

        point = Point(longitude, latitude)
        at = sorted(int(i) for i in self.tree.query(point, predicate="intersects"))
        if at:  # on a common edge the city comes first
            code, neighbour = min((self.owners[i] for i in at), key=lambda owner: not owner[0])
            return Found(bool(code), code, neighbour)
        nearest = int(self.tree.nearest(point))
        code, neighbour = self.owners[nearest]
        metres = self.shapes[nearest].distance(point) * METRES_A_DEGREE
        if code:
            return Found(metres <= EDGE, code if metres <= EDGE else "")
        return Found(False, neighbour=neighbour if metres <= NEXT_DOOR else "")


def owner_of(
    properties: Mapping[str, Any],
    kelurahan: Mapping[str, tuple[str, str]],
    by_name: Mapping[tuple[str, str], str],
) -> tuple[str, str]:
    """(code, "") of a kelurahan of the city, or ("", name) of a neighbour. Raises: ValueError in words."""
    if properties.get("city"):
        return "", str(properties["city"])
    if given := str(properties.get("code") or ""):
        code = dotted(given)
        if code not in kelurahan:
            raise ValueError(f"the code {given[:40]} is of no kelurahan of this city")
        return code, ""
    name, kecamatan = str(properties.get("kelurahan") or ""), str(properties.get("kecamatan") or "")
    if (name.lower(), kecamatan.lower()) not in by_name:
        raise ValueError('its properties need "code", or "kelurahan" and "kecamatan" of this city, or "city"')
    return by_name[name.lower(), kecamatan.lower()], ""


def dotted(code: str) -> str:
    """`3276011006` as `32.76.01.1006`."""
    digits = "".join(filter(str.isdigit, code))
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"


def shape_of(geometry: Any) -> Any:
    """A sound polygon. Raises: ValueError in words."""
    from shapely import make_valid
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise ValueError("its geometry must be a Polygon or MultiPolygon")
    try:
        found = make_valid(shape(geometry))
        west, south, east, north = found.bounds
    except (ShapelyError, ValueError, TypeError, IndexError) as error:
        raise ValueError(f"its polygon cannot be read ({type(error).__name__})") from error
    if not (94 <= west <= east <= 142 and -12 <= south <= north <= 7):
        raise ValueError("its coordinates are not [longitude, latitude] in degrees within Indonesia")
    return found
