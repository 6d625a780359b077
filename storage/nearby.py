"""Open reports around a place that other citizens may see: the candidates for "already reported?"."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, bindparam, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.lifecycle import OPEN
from storage.tables import Report
from storage.tables.naming import literally

AROUND = 500
"""Metres to each side in which a report on the same topic is looked for."""

MOST = 200
"""Candidates, the newest: as many as can be compared while somebody waits."""

METRES_A_DEGREE = 111_320


@dataclass(frozen=True)
class Spot:
    """Where a report is, as far as its citizen said. `pin`: latitude and longitude in degrees."""

    pin: tuple[float, float] | None
    kecamatan: str | None
    kelurahan: str | None


async def open_nearby(
    session: AsyncSession, spot: Spot, topic: str, others: Collection[str] = (), beside: float = 0.0
) -> list[Report]:
    """Open reports on `topic` within AROUND of a pin, and on `others` within `beside` metres of it. Where one of the
    two has no pin, those on `topic` in the same kelurahan (in the same kecamatan where no kelurahan is known).

    The newest first, without confidential ones and those that accuse.
    """
    found: dict[int, Report] = {}
    for index, place in _places(spot, beside):
        newest = (await session.exec(_candidates(index, frozenset(others)), params=place | {"topic": topic})).all()
        found |= {report.id or 0: report for report in newest}
    return [found[i] for i in sorted(found, reverse=True)[:MOST]]


def _places(spot: Spot, beside: float) -> list[tuple[str, dict[str, Any]]]:
    """Where to look: its name in `_candidates`, and what it asks for."""
    places: list[tuple[str, dict[str, Any]]] = []
    if spot.pin is not None:
        places.append(("pin", _box("", spot.pin, AROUND) | _box("near_", spot.pin, beside)))
    if spot.kecamatan is not None:
        index = "kecamatan" if spot.kelurahan is None else "kelurahan"
        names = {"kecamatan": spot.kecamatan} | ({"kelurahan": spot.kelurahan} if spot.kelurahan else {})
        places.append((index if spot.pin is None else f"{index}, no pin", names))
    return places


def _box(name: str, pin: tuple[float, float], metres: float) -> dict[str, float]:
    """The sides of a square around a pin, in degrees."""
    latitude, longitude = pin
    north = metres / METRES_A_DEGREE
    east = north / max(0.01, cos(radians(latitude)))
    sides = {"south": latitude - north, "north": latitude + north, "west": longitude - east, "east": longitude + east}
    return {f"{name}{side}": degrees for side, degrees in sides.items()}


@cache
def _candidates(index: str, others: frozenset[str]) -> Any:
    """The other topics are written into the statement: fifty values to bind cost more than the search."""
    topic = col(Report.topic) == bindparam("topic")
    if index != "pin":
        there = [topic, col(Report.kecamatan) == bindparam("kecamatan")]
        there += [col(Report.kelurahan) == bindparam("kelurahan")] if index.startswith("kelurahan") else []
        there += [col(Report.latitude).is_(None)] if index.endswith("no pin") else []
        return _open(*there).order_by(col(Report.id).desc()).limit(MOST)
    same = _open(topic, *_within(""))
    if not others:
        return same.order_by(col(Report.id).desc()).limit(MOST)
    another = _open(literally(Report.topic, *sorted(others)), ~topic, *_within("near_"))
    found = aliased(Report, union_all(same, another).subquery())  # each by an index of its own
    return select(found).order_by(col(found.id).desc()).limit(MOST)


def _within(name: str) -> list[ColumnElement[bool]]:
    latitude = col(Report.latitude).between(bindparam(f"{name}south"), bindparam(f"{name}north"))
    return [latitude, col(Report.longitude).between(bindparam(f"{name}west"), bindparam(f"{name}east"))]


def _open(*there: ColumnElement[bool]) -> Any:
    return select(Report).where(
        col(Report.closed_at).is_(None),  # said as the partial indexes say it
        literally(Report.status, *sorted(OPEN)),
        col(Report.confidential).is_(False),
        col(Report.misconduct).is_(False),
        col(Report.merged_into_id).is_(None),
        *there,
    )
