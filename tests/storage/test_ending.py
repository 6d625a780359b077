"""The end of a report is its citizen's; silence, objections and the later question are tables, walked here."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from storage import aftercare, appeals, ending, silence
from storage.appeals import NEXT, NoObjection, Stage, Step
from storage.calendar import Calendar
from storage.engine import Database
from storage.evidence import File
from storage.lifecycle import ForbiddenMove, Kind, NoteRequired, Status
from storage.reports import Actor, UnknownReport
from storage.standing import standing
from storage.tables import ActorKind, Citizen
from tests.made import BUDI, DESK, HEAD, SITI, Made, at

PLAIN = Calendar.of("Asia/Jakarta")
ME = 1  # Siti's id
BOSS = Actor(ActorKind.OFFICER, 2)


@pytest.fixture
async def made(database: Database) -> Made:
    return await Made(database).begins()


async def kinds(made: Made, report: int) -> list[str]:
    return [event.kind for event in await made.events(report)]


async def walks(made: Made, days: int) -> list[tuple[int, int]]:
    """Run the job at 09:00 of each day from tomorrow on; (day, how many reports moved) where any did."""
    moved = []
    for day in range(1, days + 1):
        made.watch.turn(days=1)
        if count := await made.does(silence.go_on):
            moved.append((day, count))
        assert await made.does(silence.go_on) == 0, "the same day again"
    return moved


async def test_only_a_word_of_the_citizen_makes_it_verified(made: Made) -> None:
    report = await made.report()
    with pytest.raises(ForbiddenMove):
        await made.does(ending.confirm, report, citizen_id=ME)
    await made.moves(report, Status.NEEDS_INFO)
    with pytest.raises(ForbiddenMove):  # the table knows this way, but it is the way of silence
        await made.does(ending.confirm, report, citizen_id=ME)
    await made.moves(report, Status.RESOLVED)
    with pytest.raises(UnknownReport):
        await made.does(ending.confirm, report, citizen_id=ME + 1)
    with pytest.raises(ForbiddenMove):
        await made.does(ending.rate, report, 5, citizen_id=ME)
    await made.does(ending.confirm, report, citizen_id=ME, note="mantap")
    seen = await made.seen(report)
    assert (seen.status, seen.verified_at, seen.rating_note) == (Status.CLOSED, made.watch(), "mantap")
    assert standing(seen) == "verified"
    with pytest.raises(ForbiddenMove):
        await made.does(ending.confirm, report, citizen_id=ME)
    with pytest.raises(ForbiddenMove):
        await made.does(ending.reopen, report, citizen_id=ME, note="ternyata belum")
    await made.does(ending.rate, report, 4, citizen_id=ME)
    with pytest.raises(ending.RatedAlready):
        await made.does(ending.rate, report, 1, citizen_id=ME)
    await made.does(ending.explain_rating, report, citizen_id=ME, note="cepat sekali")
    seen = await made.seen(report)
    assert (seen.rating, seen.rating_note) == (4, "cepat sekali")
    assert await made.told("citizen_rated") == [BUDI]


async def test_not_done_is_back_to_work_with_the_old_due_date_and_a_reason(made: Made) -> None:
    report = await made.report()
    due = (await made.seen(report)).due_at
    made.watch.turn(days=3)
    await made.moves(report, Status.RESOLVED)
    made.watch.turn(days=9)
    with pytest.raises(NoteRequired):
        await made.does(ending.reopen, report, citizen_id=ME, note=" ")
    photo = (File("photo", "f1", "u1"),)
    await made.does(ending.reopen, report, citizen_id=ME, note="masih gelap", files=photo)
    seen = await made.seen(report)
    assert (seen.status, seen.due_at, seen.closed_at) == (Status.IN_PROGRESS, due, None)
    assert await made.told("citizen_reopened") == [BUDI]


async def test_silence_after_done_is_warned_three_working_days_before_and_closed_after_ten(made: Made) -> None:
    report = await made.report()
    await made.moves(report, Status.RESOLVED)  # Monday 5 October: the tenth working day is Monday the 19th
    assert await walks(made, 40) == [(9, 1), (15, 1)], "Wednesday the 14th, and the day after the 19th"
    assert (await kinds(made, report))[-2:] == ["warned", "closed_silent"]
    warned = next(event for event in await made.events(report) if event.kind == "warned")
    assert warned.facts["until"] == "2026-10-19"
    seen = await made.seen(report)
    assert (seen.status, seen.verified_at, standing(seen)) == (Status.CLOSED, None, "unverified")
    assert await made.told("your_report_will_close") == await made.told("your_report_closed_unverified") == [SITI]


async def test_who_says_nothing_to_a_question_is_reminded_twice_then_closed_and_may_come_back(made: Made) -> None:
    report = await made.report()
    await made.moves(report, Status.NEEDS_INFO)
    assert await walks(made, 40) == [(3, 1), (9, 1), (15, 1)], "after 3, 7 and 10 working days"
    assert (await kinds(made, report))[-3:] == ["asked_again", "asked_last", "closed_unanswered"]
    assert standing(await made.seen(report)) == "unanswered"
    assert await made.told("closed_unanswered") == [BUDI]
    made.watch.turn_to((await made.seen(report)).status_at + timedelta(days=29))
    await made.does(ending.reopen, report, citizen_id=ME, note="tiang nomor 7")
    seen = await made.seen(report)
    assert (seen.status, seen.paused_at) == (Status.IN_PROGRESS, None)
    assert seen.due_at is not None
    assert seen.due_at > made.watch(), "the whole silence is given back to the office"


async def test_after_a_long_stop_nobody_is_closed_without_a_warning_three_working_days_before(made: Made) -> None:
    done, asked = await made.report(), await made.report()
    await made.moves(done, Status.RESOLVED)
    await made.moves(asked, Status.NEEDS_INFO)
    made.watch.turn_to(at("2026-11-16", "09:00"))  # a Monday, six weeks later
    assert await made.does(silence.go_on) == 2
    assert await made.told("your_report_still_asks") == [], "one reminder, not two at once"
    warned = next(event for event in await made.events(done) if event.kind == "warned")
    assert warned.facts["until"] == "2026-11-19"
    assert await walks(made, 3) == []
    assert await walks(made, 1) == [(1, 2)], "Friday, when the told day is over"


async def test_an_answer_in_time_stops_it_and_the_next_ending_is_warned_of_anew(made: Made) -> None:
    report = await made.report()
    await made.moves(report, Status.RESOLVED)
    assert await walks(made, 10) == [(9, 1)]
    await made.does(ending.reopen, report, citizen_id=ME, note="belum")
    assert await walks(made, 20) == []
    await made.moves(report, Status.RESOLVED)
    assert len(await walks(made, 20)) == 2
    assert (await kinds(made, report)).count("warned") == 2


async def test_after_a_closing_over_silence_the_citizen_has_thirty_days(made: Made) -> None:
    late, early, happy = await made.report(), await made.report(), await made.report(taken=False)
    for report in (late, early, happy):
        await made.moves(report, Status.RESOLVED)
    await walks(made, 16)
    made.watch.turn(days=28)
    await made.does(ending.reopen, early, citizen_id=ME, note="padam lagi")
    await made.does(ending.confirm, happy, citizen_id=ME)
    assert standing(await made.seen(happy)) == "verified"
    made.watch.turn(days=2)
    with pytest.raises(ending.TooLate):
        await made.does(ending.reopen, late, citizen_id=ME, note="padam lagi")


async def test_two_processes_take_each_step_once(made: Made) -> None:
    for _ in range(5):
        await made.moves(await made.report(), Status.RESOLVED)
    made.watch.turn_to(at("2026-10-14", "09:00"))
    other = Database(made.database.url.replace("+aiosqlite", "").replace("+asyncpg", ""))
    both = [Made(made.database), Made(other), Made(made.database), Made(other)]
    for one in both:
        one.watch = made.watch
    moved = await asyncio.gather(*(one.does(silence.go_on) for one in both))
    await other.close()
    assert sum(moved) == 5
    assert await made.told("your_report_will_close") == [SITI] * 5


async def test_a_slice_has_an_end_and_the_next_run_goes_on(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "SLICE", 2)
    for _ in range(3):
        await made.moves(await made.report(), Status.RESOLVED)
    made.watch.turn_to(at("2026-10-14", "09:00"))
    assert [await made.does(silence.go_on) for _ in range(3)] == [2, 1, 0]


async def test_the_office_is_reminded_by_the_citizen_once_and_only_when_late(made: Made) -> None:
    report = await made.report()
    with pytest.raises(ending.NotDueYet):
        await made.does(ending.nudge, report, citizen_id=ME)
    due = (await made.seen(report)).due_at
    assert due is not None
    made.watch.turn_to(due + timedelta(hours=1))
    assert await made.does(ending.nudge, report, citizen_id=ME) is None
    first = made.watch()
    made.watch.turn(days=1)
    assert await made.does(ending.nudge, report, citizen_id=ME) == first
    assert sorted(chat or 0 for chat in await made.told("citizen_nudged")) == [BUDI, HEAD]


def test_the_table_of_objections_ends_and_each_instance_is_heard_once() -> None:
    stage, path = Stage.NONE, []
    for step in itertools.cycle([Step.OBJECT, Step.DECIDE]):
        if (stage, step) not in NEXT:
            break
        stage, event = NEXT[stage, step]
        path.append(event)
    assert stage is Stage.DONE
    assert path == ["appealed", "appeal_answered", "appealed_again", "appeal_decided"]
    assert {stage for stage, _ in NEXT} | {Stage.DONE} == set(Stage)


@pytest.mark.parametrize("rating", [1, 2, 3])
async def test_an_objection_goes_to_the_head_then_to_the_desk_and_no_further(made: Made, rating: int) -> None:
    report = await made.report()
    await made.moves(report, Status.RESOLVED, note="lampu diganti")
    await made.does(ending.confirm, report, citizen_id=ME)
    await made.does(ending.rate, report, rating, citizen_id=ME)
    if rating > ending.LOW:
        with pytest.raises(NoObjection):
            await made.does(appeals.object_, report, citizen_id=ME, note="tidak puas")
        return
    with pytest.raises(NoObjection):
        await made.does(appeals.decide, report, by=BOSS, note="x", again=False)
    with pytest.raises(NoteRequired):
        await made.does(appeals.object_, report, citizen_id=ME, note="")
    await made.does(appeals.object_, report, citizen_id=ME, note="hanya satu lampu")
    with pytest.raises(NoObjection):
        await made.does(appeals.object_, report, citizen_id=ME, note="dua kali")
    objected = (await made.events(report))[-1]
    assert (objected.facts["note"], objected.facts["said"]) == ("hanya satu lampu", "lampu diganti")
    await made.does(appeals.decide, report, by=BOSS, note="sudah sesuai", again=False)
    await made.does(appeals.object_, report, citizen_id=ME, note="tetap gelap")
    assert (await made.told("appeal_for_head"), await made.told("appeal_for_desk")) == ([HEAD], [DESK])
    if rating == 1:
        await made.does(appeals.decide, report, by=BOSS, note="dikerjakan lagi", again=True)
        seen = await made.seen(report)
        assert (seen.status, seen.verified_at, seen.rating) == (Status.IN_PROGRESS, None, None)
        assert await made.told("appeal_reopens") == [BUDI]
        await made.moves(report, Status.RESOLVED)
        await made.does(ending.confirm, report, citizen_id=ME)
        await made.does(ending.rate, report, 1, citizen_id=ME)
    else:
        await made.does(appeals.decide, report, by=BOSS, note="keputusan akhir", again=False)
        assert await made.told("your_appeal_was_decided") == [SITI]
    assert (await made.seen(report)).appeal == Stage.DONE
    with pytest.raises(NoObjection):
        await made.does(appeals.object_, report, citizen_id=ME, note="sekali lagi")


async def test_an_objection_comes_within_thirty_days(made: Made) -> None:
    report = await made.report()
    await made.moves(report, Status.RESOLVED)
    await made.does(ending.confirm, report, citizen_id=ME)
    await made.does(ending.rate, report, 1, citizen_id=ME)
    made.watch.turn(days=31)
    with pytest.raises(NoObjection):
        await made.does(appeals.object_, report, citizen_id=ME, note="terlambat")


async def test_four_weeks_later_there_is_one_question_about_what_can_break_again(made: Made) -> None:
    lamp, question, wish = await made.report(), await made.report(Kind.INFORMATION), await made.report(Kind.ASPIRATION)
    open_, unanswered = await made.report(), await made.report()
    for report in (lamp, question, wish):
        await made.moves(report, Status.RESOLVED)
        await made.does(ending.confirm, report, citizen_id=ME)
    await made.moves(unanswered, Status.NEEDS_INFO)
    await made.moves(unanswered, Status.CLOSED)
    with pytest.raises(aftercare.AnsweredAlready):
        await made.does(aftercare.answer, lamp, citizen_id=ME, holds=True)
    asked = []
    for _ in range(80):
        made.watch.turn(days=1)
        asked.append(await made.does(aftercare.ask))
    assert [(day, count) for day, count in enumerate(asked, 1) if count] == [(28, 1)]
    assert await made.told("does_it_still_hold") == [SITI]
    await made.does(aftercare.answer, lamp, citizen_id=ME, holds=False)
    with pytest.raises(aftercare.AnsweredAlready):
        await made.does(aftercare.answer, lamp, citizen_id=ME, holds=True)
    assert (await kinds(made, lamp))[-2:] == ["asked_if_holds", "broke_again"]
    assert (await made.seen(open_)).status is Status.IN_PROGRESS


async def test_nobody_is_asked_who_objects_cannot_be_reached_or_ended_long_ago(made: Made) -> None:
    objects, old = await made.report(), await made.report()
    for report in (objects, old):
        await made.moves(report, Status.RESOLVED)
        await made.does(ending.confirm, report, citizen_id=ME)
    await made.does(ending.rate, objects, 1, citizen_id=ME)
    await made.does(appeals.object_, objects, citizen_id=ME, note="belum")
    made.watch.turn(days=30)
    async with made.database.transaction() as session:
        (await session.get_one(Citizen, ME)).reachable = False
    assert await made.does(aftercare.ask) == 0
    async with made.database.transaction() as session:
        (await session.get_one(Citizen, ME)).reachable = True
    made.watch.turn(days=60)
    assert await made.does(aftercare.ask) == 0
