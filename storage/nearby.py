"""Open reports around a place that other citizens may see: the candidates for "already reported?"."""

from collections.abc import Collection
from dataclasses import dataclass
from math import cos, radians

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.lifecycle import OPEN
from storage.tables import Report

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
    for there in _where(spot):
        statement = select(Report).where(
            col(Report.closed_at).is_(None),  # said as the partial indexes say it
            col(Report.status).in_(OPEN),
            col(Report.confidential).is_(False),
            col(Report.misconduct).is_(False),
            col(Report.merged_into_id).is_(None),
            col(Report.topic).in_(topics),
            there,
        )
        newest = statement.order_by(col(Report.id).desc()).limit(MOST)
        found |= {report.id or 0: report for report in (await session.exec(newest)).all()}
    return [found[i] for i in sorted(found, reverse=True)[:MOST]]


def _where(spot: Spot) -> list[ColumnElement[bool]]:
    """One condition for each index."""
    conditions = []
    if spot.pin is not None:
        latitude, longitude = spot.pin
        north = AROUND / METRES_A_DEGREE
        east = north / max(0.01, cos(radians(latitude)))
        conditions.append(
            and_(
                col(Report.latitude).between(latitude - north, latitude + north),
                col(Report.longitude).between(longitude - east, longitude + east),
            )
        )
    if spot.kecamatan is not None:
        same = col(Report.kecamatan) == spot.kecamatan
        if spot.kelurahan is not None:
            same &= col(Report.kelurahan) == spot.kelurahan
        conditions.append(same & col(Report.latitude).is_(None) if spot.pin is not None else same)
    return conditions
