"""Reminders and escalation: one message each working morning, each step once, danger at any hour."""

from datetime import datetime, timedelta

import pytest

from bot.intake import Intake
from bot.refresh import Refresh
from bot.schedule.reminders import remind_urgent
from storage import days
from storage.bells import Bell
from storage.escalation import STEPS, Reader
from storage.lifecycle import Kind, Status
from storage.tables import Lane, Outbox, Role
from tests.schedule.city import BUDI, CALENDAR, RINA, TONO, WALI, City, at

MONDAY = "2026-11-16"


def test_the_table_climbs_from_the_office_to_the_leader() -> None:
    assert [step.reader for step in STEPS[4:]] == [Reader.HEAD, Reader.DESK, Reader.LEADER]
    assert [step.days for step in STEPS[3:]] == [0, 1, 3, 7]
    assert len({step.name for step in STEPS}) == len(STEPS)


async def test_a_report_that_nobody_touches_climbs_step_by_step_and_each_step_comes_once(city: City) -> None:
    await city.officer(TONO, "dishub", Role.HEAD)
    await city.officer(RINA, None, Role.TRIAGE)
    await city.officer(WALI, None, Role.LEADER)
    report = await city.report()  # Monday 16 November, due Friday 4 December: 14 working days
    seen: dict[str, list[tuple[str, list[int]]]] = {}
    for told in await city.mornings(35):
        for chat, steps in told.items():
            for step in steps:
                seen.setdefault(step, []).append((str(chat), steps[step]))
    assert {step: sorted(int(chat) for chat, _ in told) for step, told in seen.items()} == {
        "untouched": [BUDI, TONO],
        "interim": [BUDI, TONO],
        "tomorrow": [BUDI, TONO],
        "overdue": [BUDI, TONO],
        "to_head": [TONO],
        "to_desk": [RINA],
        "to_leader": [WALI],
    }
    assert all(reports == [report] for told in seen.values() for _, reports in told)


async def test_each_step_comes_on_its_working_day(city: City) -> None:
    await city.officer(TONO, "dishub", Role.HEAD)
    await city.report()
    when = {}
    day = at(MONDAY).date()
    for told in await city.mornings(30):
        day += timedelta(days=1)
        for steps in told.values():
            when.update(dict.fromkeys(steps, day.isoformat()))
    due = CALENDAR.add(at(MONDAY).date(), 14)
    assert due.isoformat() == "2026-12-04"
    assert when == {
        "untouched": "2026-11-18",  # it had the whole Tuesday
        "interim": "2026-11-23",  # the fifth working day
        "tomorrow": "2026-12-03",
        "overdue": "2026-12-07",  # Monday after that Friday
        "to_head": "2026-12-08",
    }, "nobody sits at the desk or above it: the steps there have no reader"


async def test_one_message_tells_everything_the_gravest_first(city: City) -> None:
    late = await city.report(due_at=at("2026-11-17", "16:00"))
    new = [await city.report() for _ in range(7)]
    told = await city.mornings(2)
    assert told[0] == {BUDI: {"tomorrow": [late]}}
    assert told[1] == {BUDI: {"overdue": [late], "untouched": new[:5]}}
    (_, first), (_, second) = await city.told("reminders")
    assert [part["step"] for part in second["sections"]] == ["overdue", "untouched"]
    assert second["sections"][1]["total"] == 7
    assert first["sections"][0]["reports"][0]["text"] == "Lampu mati"


async def test_nobody_is_reminded_on_a_day_off(city: City) -> None:
    city.watch.turn_to(at("2026-12-21"))  # Thursday 24 is joint leave, Friday 25 is Christmas, then the weekend
    await city.report()
    days = [bool(told) for told in await city.mornings(7)]
    assert days == [False, True, False, False, False, False, False]


async def no_answers() -> None:
    """Nothing is on file here."""


async def test_a_day_off_declared_in_chat_counts_for_reminders_and_deadlines(city: City) -> None:
    intake = Intake(None, CALENDAR, "DPK")
    city.watch.turn_to(at("2026-11-17"))
    await city.report()
    async with city.database.transaction() as session:
        await days.declare(session, at("2026-11-18").date(), "Banjir besar", by=None, now=city.watch())
        await days.declare(session, at("2026-11-19").date(), "Banjir besar", by=None, now=city.watch())
    await Refresh(city.database, intake, Bell(), no_answers).look()
    told = [bool(told) for told in await city.mornings(6)]
    assert told == [False, False, False, False, False, True], "a day without work, then the weekend, then Monday"
    assert intake.calendar.due(Kind.COMPLAINT, False, city.watch()).date().isoformat() == "2026-12-11"


async def test_what_waits_for_the_citizen_is_not_counted(city: City) -> None:
    paused, asked = await city.report(), await city.report()
    await city.changes(paused, paused_at=city.watch())
    await city.moves(asked, Status.NEEDS_INFO)
    assert not any(await city.mornings(30))


async def test_a_date_that_moves_is_reminded_of_again_and_a_taken_report_is_not_new(city: City) -> None:
    report = await city.report(first_answer_at=city.watch())
    await city.moves(report, Status.IN_PROGRESS)
    told = await city.mornings(17)  # up to Thursday 3 December
    assert told[-1] == {BUDI: {"tomorrow": [report]}}
    assert not any(told[:-1])
    await city.changes(report, due_at=at("2026-12-11", "16:00"), extended_at=city.watch())
    told = await city.mornings(7)
    assert told[-1] == {BUDI: {"tomorrow": [report]}}, "a week later, for the new date"
    assert not any(told[:-1])


async def test_a_long_stop_costs_one_message_with_the_last_step(city: City) -> None:
    report = await city.report()
    city.watch.turn(days=30)
    assert await city.publishes("reminders") == 1
    assert await city.publishes("reminders") == 0
    ((_, facts),) = await city.told("reminders")
    assert [(part["step"], part["reports"][0]["report_id"]) for part in facts["sections"]] == [("overdue", report)]


async def test_an_office_without_anybody_is_reminded_at_the_desk_and_the_desk_of_its_own(city: City) -> None:
    await city.officer(RINA, None, Role.TRIAGE)
    lost, waiting = await city.report("dlhk"), await city.report(None)
    assert (await city.mornings(2))[-1] == {RINA: {"untouched": [lost, waiting]}}
    ((_, facts),) = await city.told("reminders")
    words = [report["text"] for report in facts["sections"][0]["reports"]]
    assert words == ["", "Lampu mati"], "only who answers for a report reads its words"


async def test_misconduct_climbs_no_further_than_its_office(city: City) -> None:
    await city.officer(RINA, None, Role.TRIAGE)
    await city.officer(WALI, None, Role.LEADER)
    await city.report(misconduct=True)
    assert {chat for told in await city.mornings(40) for chat in told} == {BUDI}


@pytest.mark.parametrize("hour", ["02:00", "10:00"])
async def test_danger_rings_at_any_hour_until_somebody_takes_it(city: City, hour: str) -> None:
    await city.officer(TONO, "dishub", Role.HEAD)
    await city.officer(RINA, None, Role.TRIAGE)
    city.watch.turn_to(at("2026-11-21", hour))  # a Saturday
    report = await city.report(urgent=True)
    rung: list[tuple[float, int]] = []
    start: datetime = city.watch()
    for _ in range(16):
        city.watch.turn(minutes=30)
        rung.append(((city.watch() - start) / timedelta(hours=1), await city.runs(remind_urgent)))
    assert [(hours, owed) for hours, owed in rung if owed] == [(1.0, 2), (3.0, 1), (6.0, 1)]
    assert [chat for chat, _ in await city.told("remind_office")] == [BUDI, TONO, TONO, RINA]
    async with city.database.reading() as session:
        assert (await session.get_one(Outbox, 1)).lane == Lane.REPLY, "already its arrival went out at once"
    other = await city.report(urgent=True)
    await city.moves(other, Status.IN_PROGRESS)
    city.watch.turn(hours=2)
    assert await city.runs(remind_urgent) == 0
    assert report != other
