"""The clock of a report stands still while the city waits for its citizen."""

from datetime import date, datetime, timedelta

import pytest

from storage import pauses, reports
from storage.calendar import Calendar
from storage.engine import Database
from storage.lifecycle import Status
from storage.reports import SYSTEM
from tests.made import Made, at

PLAIN = Calendar.of("Asia/Jakarta")


@pytest.fixture
async def made(database: Database) -> Made:
    return await Made(database).begins()


@pytest.mark.parametrize(
    ("asked", "answered", "days"),
    [
        (at("2026-10-05", "09:00"), at("2026-10-05", "15:00"), 0),  # the same Monday
        (at("2026-10-05", "15:00"), at("2026-10-06", "09:00"), 1),
        (at("2026-10-09", "15:00"), at("2026-10-11", "20:00"), 0),  # over a weekend
        (at("2026-10-09", "15:00"), at("2026-10-12", "08:00"), 1),
        (at("2026-12-23", "15:00"), at("2026-12-28", "08:00"), 1),  # Christmas and its joint leave
    ],
)
def test_whole_working_days_are_given_back(asked, answered, days: int) -> None:  # type: ignore[no-untyped-def]
    due = at("2026-12-30", "16:00")
    moved = pauses.later(due, asked, answered, PLAIN, urgent=False)
    assert PLAIN.between(due.date(), moved.date()) == days
    assert (moved == due) == (days == 0)
    assert moved.astimezone(due.tzinfo).hour == 16
    assert pauses.later(due, asked, answered, PLAIN, urgent=True) == due + (answered - asked)


def test_back_is_the_inverse_of_add_on_every_day_of_a_year() -> None:
    for n in range(365):
        day = date(2026, 1, 1) + timedelta(days=n)
        for days in (0, 1, 3, 10):
            assert PLAIN.back(PLAIN.add(day, days), days) >= day
            assert PLAIN.add(PLAIN.back(day, days), days) <= day
            assert days == 0 or PLAIN.add(PLAIN.back(day, days) + timedelta(days=1), days) > day


async def test_an_answer_moves_the_due_date_and_the_timeline_says_why(made: Made) -> None:
    report = await made.report()
    due = (await made.seen(report)).due_at
    assert due is not None
    await made.moves(report, Status.NEEDS_INFO)
    assert (await made.seen(report)).paused_at == made.watch()
    made.watch.turn_to(due + timedelta(days=1))
    assert not pauses.is_overdue(await made.seen(report), made.watch())
    made.watch.turn_to(at("2026-10-08", "10:00"))
    siti = (await made.seen(report)).citizen_id
    await made.does(reports.answer, report, citizen_id=siti, note="tiang nomor 7")
    after = await made.seen(report)
    assert (after.paused_at, after.status) == (None, Status.IN_PROGRESS)
    assert after.due_at is not None
    assert PLAIN.between(due.date(), after.due_at.date()) == 3
    (answered,) = [event for event in await made.events(report) if event.kind == "answered"]
    pause = answered.facts["pause"]
    assert datetime.fromisoformat(pause["from"]) == at("2026-10-05", "09:00")
    assert datetime.fromisoformat(pause["until"]) == at("2026-10-08", "10:00")
    assert (datetime.fromisoformat(pause["due_was"]), pause["why"]) == (due, "asked")


async def test_each_way_out_of_a_question_starts_the_clock_again(made: Made) -> None:
    for out in (Status.RESOLVED, Status.REJECTED, Status.TRIAGE, Status.WITHDRAWN):
        made.watch.turn_to(at("2026-10-05", "09:00"))
        report = await made.report()
        due = (await made.seen(report)).due_at
        await made.moves(report, Status.NEEDS_INFO)
        made.watch.turn_to(at("2026-10-07"))
        await made.moves(report, out)
        after = await made.seen(report)
        assert after.paused_at is None, out
        assert due is not None
        assert after.due_at is not None
        assert PLAIN.between(due.date(), after.due_at.date()) == 2, out


async def test_a_transfer_during_a_question_gives_the_days_back_too(made: Made) -> None:
    report = await made.report()
    due = (await made.seen(report)).due_at
    await made.moves(report, Status.NEEDS_INFO)
    made.watch.turn_to(at("2026-10-06"))
    await made.does(reports.assign, report, "dishub", by=SYSTEM, note="ke bidang lain")
    after = await made.seen(report)
    assert due is not None
    assert after.due_at is not None
    assert (after.status, after.paused_at) == (Status.ASSIGNED, None)
    assert PLAIN.between(due.date(), after.due_at.date()) == 1


async def test_the_clock_rests_over_a_report_closed_without_an_answer_until_it_is_reopened(made: Made) -> None:
    report = await made.report(urgent=True)
    due = (await made.seen(report)).due_at
    await made.moves(report, Status.NEEDS_INFO)
    made.watch.turn(days=14)
    await made.moves(report, Status.CLOSED)
    assert (await made.seen(report)).paused_at is not None
    made.watch.turn(days=3)
    await made.moves(report, Status.IN_PROGRESS)
    after = await made.seen(report)
    assert due is not None
    assert after.paused_at is None
    assert after.due_at == due + timedelta(days=17)
