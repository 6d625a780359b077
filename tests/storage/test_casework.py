"""Two officers at once, sealed reports, and the first word by the calendar: what needs no chat to be seen."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import casework, pairs, reports
from storage.calendar import Calendar
from storage.engine import Database
from storage.lifecycle import ForbiddenMove, Kind, Status
from storage.reports import Actor, AlreadyTaken
from storage.tables import ActorKind, Agency, Citizen, Officer, Report, Role

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
CALENDAR = Calendar.of("Asia/Jakarta")
BUDI, TONO = Actor(ActorKind.OFFICER, 1), Actor(ActorKind.OFFICER, 2)


@pytest.fixture
async def office(database: Database) -> Database:
    async with database.transaction() as session:
        session.add(Citizen(id=1, chat_id=1, name="Siti", created_at=NOW))
        session.add(Agency(id="dishub", name="Dishub", short="Dishub", scope="city", starts_on=NOW.date()))
        await session.flush()
        for i, name in ((1, "Budi"), (2, "Tono")):
            session.add(Officer(id=i, chat_id=10 + i, name=name, role=Role.OFFICER, agency_id="dishub", created_at=NOW))
        for i in (1, 2, 3):
            session.add(
                Report(
                    id=i,
                    number=f"DPK-26-{i:06d}",
                    draft_id=str(i),
                    citizen_id=1,
                    kind=Kind.COMPLAINT,
                    status=Status.ASSIGNED,
                    agency_id="dishub",
                    text="Lampu mati",
                    confidential=i == 3,
                    created_at=NOW,
                    status_at=NOW,
                    due_at=NOW + timedelta(days=14),
                )
            )
    return database


async def test_two_officers_take_one_report_and_one_of_them_has_it(office: Database) -> None:
    async def takes(officer_id: int) -> str:
        try:
            async with office.transaction() as session:
                await reports.accept(session, 1, officer_id=officer_id, now=NOW)
        except AlreadyTaken:
            return "late"
        return "taken"

    assert sorted(await asyncio.gather(takes(1), takes(2))) == ["late", "taken"]


async def test_two_mergers_towards_each_other_end_with_one_report_open(office: Database) -> None:
    async def merges(one: int, into: int) -> str:
        try:
            async with office.transaction() as session:
                await pairs.merge(session, one, into, by=BUDI, now=NOW)
        except pairs.NotTogether as refusal:
            return refusal.code
        return "merged"

    assert sorted(await asyncio.gather(merges(1, 2), merges(2, 1))) == ["merge_ended", "merged"]


async def test_a_confidential_report_is_never_merged(office: Database) -> None:
    async with office.transaction() as session:
        with pytest.raises(pairs.NotTogether, match="merge_sealed"):
            await pairs.merge(session, 3, 1, by=BUDI, now=NOW)


async def test_a_due_date_moves_once_and_never_for_danger(office: Database) -> None:
    async with office.transaction() as session:
        report = await casework.extend(session, 1, "Menunggu barang", days=3, by=BUDI, now=NOW)
        assert report.due_at is not None
        assert report.due_at.astimezone(CALENDAR.zone).date() == date(2026, 12, 11)
        for i, changes, code in ((1, {}, "extension_used"), (2, {"urgent": True}, "extension_not_here")):
            report = await reports.lock(session, i)
            for name, value in changes.items():
                setattr(report, name, value)
            await session.flush()
            with pytest.raises(casework.NoMoreTime, match=code):
                await casework.extend(session, i, "x", days=3, by=BUDI, now=NOW)
        with pytest.raises(casework.NoMoreTime, match="extension_too_late"):
            await casework.extend(session, 3, "x", days=3, by=BUDI, now=NOW + timedelta(days=20))


async def test_nobody_releases_what_nobody_has(office: Database) -> None:
    async with office.transaction() as session:
        with pytest.raises(ForbiddenMove):
            await casework.release(session, 1, by=TONO, now=NOW)
        with pytest.raises(casework.NotAColleague):
            await casework.hand(session, 1, 99, by=TONO, now=NOW)


@given(st.integers(0, 600 * 24), st.integers(0, 24 * 40))
def test_the_moment_of_the_first_word_looks_the_same_from_both_sides(opened: int, hours: int) -> None:
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=opened)
    now = created + timedelta(hours=hours)
    assert (CALENDAR.interim(created) <= now) == (created < CALENDAR.without_a_word(now))
