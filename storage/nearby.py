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

AREA = frozenset({"kecamatan", "kelurahan"})
"""Columns that name where a report without a pin is."""


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
    there = _asked(spot, beside)
    if not there:
        return []
    statement = _candidates(spot.pin is not None, AREA.intersection(there), frozenset(others))
    return list((await session.exec(statement, params=there | {"topic": topic})).all())


def _asked(spot: Spot, beside: float) -> dict[str, Any]:
    """What `_candidates` asks for."""
    there: dict[str, Any] = {}
    if spot.pin is not None:
        there |= _box("", spot.pin, AROUND) | _box("near_", spot.pin, beside)
    if spot.kecamatan is not None:
        there |= {"kecamatan": spot.kecamatan} | ({"kelurahan": spot.kelurahan} if spot.kelurahan else {})
    return there


def _box(name: str, pin: tuple[float, float], metres: float) -> dict[str, float]:
    """The sides of a square around a pin, in degrees."""
    latitude, longitude = pin
    north = metres / METRES_A_DEGREE
    east = north / max(0.01, cos(radians(latitude)))
    sides = {"south": latitude - north, "north": latitude + north, "west": longitude - east, "east": longitude + east}
    return {f"{name}{side}": degrees for side, degrees in sides.items()}


@cache
def _candidates(pin: bool, area: frozenset[str], others: frozenset[str]) -> Any:
    """One statement, each part of it by an index of its own. `area`: which names of AREA are asked for.

    The other topics are written into it: fifty values to bind cost more than the search.
    """
    topic, parts = col(Report.topic) == bindparam("topic"), []
    if pin:
        parts.append(_open(topic, *_within("")))
    if pin and others:
        parts.append(_open(literally(Report.topic, *sorted(others)), ~topic, *_within("near_")))
    if area:
        there = [col(getattr(Report, name)) == bindparam(name) for name in sorted(area)]
        there += [col(Report.latitude).is_(None)] if pin else []
        parts.append(_open(topic, *there))
    if len(parts) == 1:
        return parts[0].order_by(col(Report.id).desc()).limit(MOST)
    found = aliased(Report, union_all(*parts).subquery())
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
