"""Open reports around a place that other citizens may see: the candidates for "already reported?"."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.lifecycle import OPEN
from storage.tables import Report
from storage.tables.naming import literally

AROUND = 500
"""Metres to each side in which a report with a pin is looked for."""

MOST = 200
"""Candidates, the newest: as many as can be compared while somebody waits."""

METRES_A_DEGREE = 111_320


@dataclass(frozen=True)
class Spot:
    """Where a report is, as far as its citizen said. `pin`: latitude and longitude in degrees."""

    pin: tuple[float, float] | None
    kecamatan: str | None
    kelurahan: str | None


async def open_nearby(session: AsyncSession, spot: Spot, topics: Collection[str]) -> list[Report]:
    """Open reports of `topics` within AROUND of a pin; in the same kelurahan where one of the two has no pin (in the
    same kecamatan where no kelurahan is known). The newest first, without confidential ones and those that accuse."""
    found: dict[int, Report] = {}
    for index, place in _places(spot):
        newest = (await session.exec(_candidates(index, frozenset(topics)), params=place)).all()
        found |= {report.id or 0: report for report in newest}
    return [found[i] for i in sorted(found, reverse=True)[:MOST]]


def _places(spot: Spot) -> list[tuple[str, dict[str, Any]]]:
    """Where to look, each by one index: its name in `_candidates`, and what it asks for."""
    places: list[tuple[str, dict[str, Any]]] = []
    if spot.pin is not None:
        latitude, longitude = spot.pin
        north = AROUND / METRES_A_DEGREE
        east = north / max(0.01, cos(radians(latitude)))
        sides = {
            "south": latitude - north,
            "north": latitude + north,
            "west": longitude - east,
            "east": longitude + east,
        }
        places.append(("pin", sides))
    if spot.kecamatan is not None:
        index = "kecamatan" if spot.kelurahan is None else "kelurahan"
        names = {"kecamatan": spot.kecamatan} | ({"kelurahan": spot.kelurahan} if spot.kelurahan else {})
        places.append((index if spot.pin is None else f"{index}, no pin", names))
    return places


@cache
def _candidates(index: str, topics: frozenset[str]) -> Any:
    """The topics are written into the statement: fifty values to bind cost more than the search."""
    latitude, longitude = col(Report.latitude), col(Report.longitude)
    there: list[ColumnElement[bool]]
    if index == "pin":
        there = [latitude.between(bindparam("south"), bindparam("north"))]
        there += [longitude.between(bindparam("west"), bindparam("east"))]
    else:
        there = [col(Report.kecamatan) == bindparam("kecamatan")]
        there += [col(Report.kelurahan) == bindparam("kelurahan")] if index.startswith("kelurahan") else []
        there += [latitude.is_(None)] if index.endswith("no pin") else []
    statement = select(Report).where(
        col(Report.closed_at).is_(None),  # said as the partial indexes say it
        literally(Report.status, *sorted(OPEN)),
        col(Report.confidential).is_(False),
        col(Report.misconduct).is_(False),
        col(Report.merged_into_id).is_(None),
        literally(Report.topic, *sorted(topics)),
        *there,
    )
    return statement.order_by(col(Report.id).desc()).limit(MOST)
