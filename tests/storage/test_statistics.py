"""Figures: what is counted, for whom, and months that were counted before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage import months, periods
from storage.counting import Sight, sight_of
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.periods import BadPeriod
from storage.statistics import figures
from storage.tables import Agency, Citizen, CityMonth, Report

ZONE = "Asia/Jakarta"
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
YEAR = periods.named("year", NOW, ZONE)


def report(at: int, **changes: Any) -> Report:
    """The `at`-th report: came in as many days before NOW, lies with Dishub, was answered after two days."""
    came = NOW - timedelta(days=at)
    values = {
        "number": f"X-{at}", "draft_id": f"d{at}", "citizen_id": 1, "kind": Kind.COMPLAINT, "status": Status.CLOSED,
        "agency_id": "dishub", "guess_agency_id": "dishub", "topic": "pju-mati", "text": "Lampu mati",
        "kecamatan": "Beji", "kelurahan": "Kukusan", "created_at": came, "status_at": came,
        "due_at": came + timedelta(days=14), "closed_at": came + timedelta(days=2),
    }  # fmt: skip
    return Report(**values | changes)


async def fill(database: Database, *reports: Report) -> None:
    async with database.transaction() as session:
        session.add(Citizen(id=1, name="Siti", created_at=NOW))
        for agency in ("dishub", "dlhk", "inspektorat"):
            session.add(Agency(id=agency, name=agency, short=agency, scope="city", starts_on=NOW.date()))
        await session.flush()
        session.add_all(reports)


async def test_figures_of_a_period_fit_together(database: Database) -> None:
    open_since = {"status": Status.IN_PROGRESS, "closed_at": None}
    await fill(
        database,
        report(1, rating=5, verified_at=NOW),
        report(2, rating=2, status=Status.RESOLVED),
        report(20, closed_at=NOW - timedelta(days=1)),  # five days late
        report(3, **open_since),
        report(40, **open_since),  # overdue
        report(41, **open_since | {"status": Status.NEEDS_INFO}),  # the clock stands still
        report(10, status=Status.REJECTED, guess_agency_id="dlhk", topic="parkir", kelurahan=None),
        report(400),  # another year
        report(11, agency_id="dlhk"),
        report(12, merged_into_id=1),
    )
    async with database.reading() as session:
        own = await figures(session, YEAR, NOW, sight=Sight.STAFF, agency_id="dishub")
        city = await figures(session, YEAR, NOW, sight=Sight.STAFF)
    total = own.total
    assert (total.received, total.done, total.rejected, total.verified) == (7, 3, 1, 1)
    assert (total.in_time, total.late) == (3, 2)
    assert (total.rated, total.stars) == (2, 7)
    assert (total.guessed, total.right) == (4, 3)
    assert own.median_hours == 48
    assert own.open == [1, 0, 0, 0, 2]
    assert own.topics == [("pju-mati", 6), ("parkir", 1)]
    assert own.kelurahan == [("Kukusan", "Beji", 6)]
    assert own.kecamatan == {"Beji": 7}
    assert (sum(own.days), len(own.days), own.days[-2]) == (7, 328, 1)
    assert {agency: count.received for agency, count in city.agencies.items()} == {"dishub": 7, "dlhk": 1}


async def test_misconduct_is_counted_by_the_inspektorat_alone_and_confidential_by_staff(database: Database) -> None:
    await fill(
        database,
        report(1, agency_id="inspektorat", misconduct=True),
        report(2, agency_id="inspektorat", confidential=True, topic="rahasia-benar"),
        report(3, agency_id="inspektorat"),
    )
    seen = {}
    async with database.reading() as session:
        for sight in Sight:
            seen[sight] = await figures(session, YEAR, NOW, sight=sight, agency_id="inspektorat")
    assert [seen[sight].total.received for sight in (Sight.INSPECTORATE, Sight.STAFF, Sight.PUBLIC)] == [3, 2, 1]
    assert seen[Sight.STAFF].topics == [("pju-mati", 1)], "a breakdown could point at the one confidential report"
    assert sight_of("inspektorat") is Sight.INSPECTORATE
    assert sight_of(None) is sight_of("dishub") is Sight.STAFF


async def test_a_month_counted_at_night_gives_the_same_year(database: Database) -> None:
    await fill(database, *(report(at * 9, rating=1 + at % 5) for at in range(36)))
    async with database.transaction() as session:
        live = await figures(session, YEAR, NOW, sight=Sight.STAFF)
        made = 0
        while await months.keep_next(session, NOW, ZONE):
            made += 1
        assert made == 10, "January, with the oldest report, to October"
        for month in (1, 5, 10):
            assert await session.get(CityMonth, datetime(2026, month, 1, tzinfo=UTC).date())
        assert await figures(session, YEAR, NOW, sight=Sight.STAFF) == live
        from_march = periods.days(datetime(2026, 3, 15).date(), datetime(2026, 9, 10).date(), ZONE)  # noqa: DTZ001
        kept, rest = await months.kept(session, from_march)
        assert [(part.start.day, part.last_day.day) for part in rest] == [(15, 31), (1, 10)]
        assert sum(count.received for count in kept.agencies.values()) > 0
        assert await months.keep_next(session, NOW + timedelta(days=1), ZONE) == 1, "counted anew after midnight"


async def test_a_service_without_reports_has_figures_too(database: Database) -> None:
    async with database.transaction() as session:
        assert await months.keep_next(session, NOW, ZONE) == 0
        empty = await figures(session, YEAR, NOW, sight=Sight.STAFF)
    assert empty.total == replace(empty.total, received=0)
    assert (empty.median_hours, empty.open, empty.topics) == (None, [0] * 5, [])


@pytest.mark.parametrize(
    ("name", "first"),
    [("week", "2026-11-18"), ("month", "2026-11-01"), ("quarter", "2026-10-01"), ("year", "2026-01-01")],
)
def test_periods_begin_at_midnight_of_the_city_and_end_with_today(name: str, first: str) -> None:
    period = periods.named(name, datetime(2026, 11, 23, 18, tzinfo=UTC), ZONE)  # already the 24th there
    assert (period.start.isoformat(), period.last_day.isoformat()) == (f"{first}T00:00:00+07:00", "2026-11-24")
    assert periods.month(2026, 12, ZONE).end == periods.year(2026, ZONE).end


def test_a_period_has_a_beginning_before_its_end_and_no_more_than_a_year() -> None:
    day = NOW.date()
    for first, last, code in (
        (day, day - timedelta(days=1), "period_backwards"),
        (day, day + timedelta(days=366), "period_too_long"),
    ):
        with pytest.raises(BadPeriod) as refused:
            periods.days(first, last, ZONE)
        assert refused.value.code == code
