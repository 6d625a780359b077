"""The classifier learns on: once a week, in a process of its own, and administrators hear what came of it."""

import asyncio
import json
import random
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from bot.schedule import learning
from bot.schedule.learning import Learning, TrainingFailed
from storage import agencies, people, reports, staff
from storage import learning as figures
from storage.bells import Bell
from storage.calendar import Calendar
from storage.engine import Database
from storage.examples import Taught
from storage.lifecycle import Kind
from storage.reports import Opening, Routing
from storage.tables import Example, Officer, Outbox
from tests.conftest import settings_for
from tests.town import Town
from tests.watch import Watch

JAKARTA = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar.of("Asia/Jakarta")
DEWI, RATNA = 6_000_000_001, 6_000_000_002
FIRST = datetime(2020, 1, 1, tzinfo=JAKARTA).date()
VERDICT = {"before": 0.7, "after": 0.8, "fixed_before": 0.99, "fixed_after": 0.99, "promoted": True}


def at(day: str, hour: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=JAKARTA)


class Lessons:
    """Reports and what officers said about them, straight into the tables."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.drafts = 0

    async def report(
        self, text: str, now: datetime, guess: str | None = "dishub", topic: str = "pju-mati", decision: str = "auto"
    ) -> int:
        self.drafts += 1
        async with self.database.transaction() as session:
            citizen = await people.citizen_at(session, 5_000_000_001, "Siti", now)
            to = Routing(agency_id="dishub", topic=topic, guess_agency_id=guess, decision=decision)
            opening = Opening(f"lesson{self.drafts}", citizen.id or 0, text, Kind.COMPLAINT, False, to)
            report, _ = await reports.open_report(session, opening, prefix="DPK", calendar=CALENDAR, now=now)
            return report.id or 0

    async def taught(self, report_id: int, agency: str, now: datetime, topic: str | None = None) -> None:
        async with self.database.transaction() as session:
            corrected = agency != "dishub"
            row = Example(report_id=report_id, agency_id=agency, topic=topic, corrected=corrected, at=now)
            session.add(row)

    async def many(self, count: int, now: datetime) -> None:
        for number in range(count):
            await self.taught(await self.report(f"Lampu mati di gang {number}", now), "dishub", now, "pju-mati")

    async def told(self) -> list[tuple[int | None, dict[str, Any]]]:
        async with self.database.reading() as session:
            statement = select(Outbox).where(Outbox.notice == "model_report").order_by(col(Outbox.id))
            return [(row.chat_id, row.payload) for row in (await session.exec(statement)).all()]


class School(Lessons):
    """Two offices, two administrators, a clock. Wednesday is 18 November 2026, the Sunday after it the 22nd."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.watch = Watch(at("2026-11-18"))
        self.settings = settings_for(database.url)
        self.refreshed = 0

    async def begins(self) -> None:
        names = {"dishub": "Dinas Perhubungan", "dlhk": "Dinas Lingkungan Hidup", "dpupr": "Dinas PUPR"}
        rows = [
            {"id": key, "name": name, "short": key.upper(), "scope": "city", "channel": "", "starts_on": FIRST}
            for key, name in names.items()
        ]
        async with self.database.transaction() as session:
            await agencies.seed(session, rows)
            topics = [("pju-mati", "Lampu jalan", "dishub"), ("sampah", "Sampah", "dlhk")]
            await agencies.seed_topics(session, topics, FIRST)
            await staff.ensure_administrators(session, [DEWI, RATNA], self.watch())

    def process(self, database: Database | None = None) -> Learning:
        async def refresh() -> bool:
            self.refreshed += 1
            return True

        return Learning(database or self.database, self.settings, clock=self.watch, owed=Bell(), refresh=refresh)


class Teacher:
    """Stands where the training process is begun; remembers what it was given."""

    def __init__(self, says: dict[str, Any] | Exception = VERDICT) -> None:
        self.says = says
        self.lessons: list[list[Taught]] = []

    async def __call__(self, taught: Sequence[Taught], _folder: Path) -> dict[str, Any]:
        self.lessons.append(list(taught))
        await asyncio.sleep(0.05)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
async def school(database: Database) -> School:
    school = School(database)
    await school.begins()
    return school


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Teacher:
    teacher = Teacher()
    monkeypatch.setattr(learning, "train_apart", teacher)
    return teacher


async def test_sunday_night_comes_once_a_week_and_is_made_up_once_after_a_stop(
    school: School, teacher: Teacher
) -> None:
    await school.many(25, at("2026-11-18"))
    process = school.process()
    assert not await process.look(), "the service is younger than the last Sunday"
    school.watch.turn_to(at("2026-11-22", "01:59"))
    assert not await process.look()
    school.watch.turn_to(at("2026-11-22", "02:00"))
    assert await process.look()
    assert not await process.look()
    school.watch.turn_to(at("2026-12-09"))  # two Sundays were missed
    assert [await process.look() for _ in range(3)] == [True, False, False]
    assert [(chat, facts["end"][:10]) for chat, facts in await school.told()] == [
        (DEWI, "2026-11-22"), (RATNA, "2026-11-22"), (DEWI, "2026-12-06"), (RATNA, "2026-12-06"),
    ]  # fmt: skip
    assert len(teacher.lessons) == 2


async def test_the_last_word_on_each_report_is_taught_and_the_figures_are_those_of_the_week(
    school: School, teacher: Teacher
) -> None:
    monday = at("2026-11-16")
    for ago in range(1, 9):
        await school.report("Lampu mati lagi", monday - timedelta(weeks=ago), decision="ask")
    await school.many(25, monday - timedelta(weeks=3))
    for number in range(8):
        report = await school.report(f"Lampu jalan mati {number}", monday)
        await school.taught(report, "dishub", monday, "pju-mati")
        if number < 3:
            await school.taught(report, "dpupr" if number else "dlhk", monday + timedelta(hours=1))
    unknown = await school.report("Sampah menumpuk", monday, guess=None, topic="sampah", decision="triage")
    await school.taught(unknown, "dlhk", monday)
    school.watch.turn_to(at("2026-11-22", "02:00"))
    assert await school.process().look()

    (lesson,) = teacher.lessons
    assert len(lesson) == 25 + 8 + 1
    assert sorted(one.agency for one in lesson[-9:]) == ["dishub"] * 5 + ["dlhk"] * 2 + ["dpupr"] * 2
    (_, facts), _ = await school.told()
    assert (facts["outcome"], facts["total"], facts["scores"]["after"]) == ("promoted", 34, 0.8)
    week = facts["learned"]
    assert (week["taught"], week["right"], week["received"], week["alone"]) == (9, 5, 9, 8)
    assert week["confusions"][0] == ["DISHUB", "DPUPR", 2]
    assert sorted(map(tuple, week["confusions"][1:])) == [("", "DLHK", 1), ("DISHUB", "DLHK", 1)]
    assert week["coverage"][0] == [1, 0]
    assert week["coverage"][-4] == [26, 25]
    assert week["topics"] == [["Lampu jalan", 8, 4.12], ["Sampah", 1, 0.0]], "33 lamps in eight weeks before"


async def test_a_young_service_is_compared_with_the_weeks_it_has(school: School) -> None:
    now = at("2026-11-22", "02:00")
    for _ in range(4):
        await school.report("Lampu mati", now - timedelta(days=10))
    for _ in range(5):
        await school.report("Lampu mati", now - timedelta(days=1))
    async with school.database.reading() as session:
        assert (await figures.week(session, now)).topics == [("Lampu jalan", 5, 4.0)]
        assert (await figures.week(session, now - timedelta(days=7))).topics == [], "nothing to compare with"


async def test_under_twenty_five_examples_nothing_is_trained_and_administrators_hear_why(
    school: School, teacher: Teacher
) -> None:
    await school.many(24, school.watch())
    school.watch.turn_to(at("2026-11-22", "02:00"))
    assert await school.process().look()
    assert teacher.lessons == []
    assert [(chat, facts["outcome"], facts["total"]) for chat, facts in await school.told()] == [
        (DEWI, "too_few", 24),
        (RATNA, "too_few", 24),
    ]


async def test_two_processes_learn_once(school: School, teacher: Teacher) -> None:
    await school.many(25, school.watch())
    school.watch.turn_to(at("2026-11-22", "02:00"))
    other = Database(school.settings.database.url)
    processes = [school.process(), school.process(other), school.process(), school.process(other)]
    assert sorted(await asyncio.gather(*(process.look() for process in processes))) == [False] * 3 + [True]
    await other.close()
    assert len(teacher.lessons) == 1
    assert [chat for chat, _ in await school.told()] == [DEWI, RATNA]


async def test_a_failed_training_is_told_and_tried_again_next_week(
    school: School, teacher: Teacher, caplog: pytest.LogCaptureFixture
) -> None:
    teacher.says = TrainingFailed("exit code 1: MemoryError")
    await school.many(25, school.watch())
    school.watch.turn_to(at("2026-11-22", "02:00"))
    process = school.process()
    assert [await process.look() for _ in range(2)] == [True, False]
    assert "MemoryError" in caplog.text
    teacher.says = VERDICT | {"promoted": False}
    school.watch.turn(days=7)
    assert await process.look()
    outcomes = [facts["outcome"] for _, facts in await school.told()]
    assert outcomes == ["failed", "failed", "forgot", "forgot"], "better on the newest, but it lost something"


async def test_a_process_that_died_while_it_learned_is_relieved_when_its_lease_is_over(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forever(_taught: Sequence[Taught], _folder: Path) -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {}

    await school.many(25, school.watch())
    school.watch.turn_to(at("2026-11-22", "02:00"))
    monkeypatch.setattr(learning, "train_apart", forever)
    dying = asyncio.create_task(school.process().look())
    await asyncio.sleep(0.5)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    monkeypatch.setattr(learning, "train_apart", Teacher())
    assert not await school.process().look(), "it might be alive still"
    school.watch.turn(seconds=learning.LEASE + 1)
    assert await school.process().look()
    assert len(await school.told()) == 2


async def test_nobody_new_is_told_and_nobody_at_all_is_no_reason_not_to_learn(school: School, teacher: Teacher) -> None:
    await school.many(25, school.watch())
    async with school.database.transaction() as session:
        for officer in (await session.exec(select(Officer))).all():
            officer.reachable = False
    school.watch.turn_to(at("2026-11-22", "02:00"))
    assert await school.process().look()
    assert (len(teacher.lessons), await school.told()) == (1, [])


async def test_a_training_process_that_fails_says_how_but_never_what_a_citizen_wrote(tmp_path: Path) -> None:
    taught = [Taught("Rahasia Bu Siti", "dishub", None, "pengaduan", False, False, at("2026-11-18"), 1)]
    with pytest.raises(TrainingFailed, match="exit code 2: 1 examples are too few") as failed:
        await learning.train_apart(taught, tmp_path / "model")
    assert "Rahasia" not in str(failed.value)


def test_examples_are_written_as_the_trainer_reads_them(tmp_path: Path) -> None:
    from classifier import examples

    taught = [
        Taught("Got mampet\ndi gang", "dpupr", None, "pengaduan", True, True, at("2026-11-18"), 7),
        Taught("Lampu mati", "dishub", "pju-mati", "aspirasi", False, False, at("2026-11-17"), None),
    ]
    learning.write(tmp_path / "examples.jsonl", taught)
    good, bad = examples.read((tmp_path / "examples.jsonl").read_text(encoding="utf-8").splitlines())
    assert bad == []
    assert [(one.text, one.agency, one.topic, one.urgent, one.who) for one in good] == [
        ("Lampu mati", "dishub", "pju-mati", False, ""),
        ("Got mampet\ndi gang", "dpupr", "", True, "7"),
    ]
    assert json.loads((tmp_path / "examples.jsonl").read_text().splitlines()[1])["kind"] == "aspirasi"


@pytest.fixture
async def town_that_learns(sqlite_file: Path, tmp_path: Path, model_root: Path, classifier) -> AsyncIterator[Town]:  # type: ignore[no-untyped-def]
    """A running service with a model folder of its own. One engine: training takes a minute."""
    shutil.copy(sqlite_file, tmp_path / "town.db")
    root = shutil.copytree(model_root, tmp_path / "model")
    changes = {"model": {"folder": root}, "schedule": {"every_seconds": 0.5}}
    async with Town.running(f"sqlite:///{tmp_path / 'town.db'}", classifier, **changes) as town:
        yield town


@pytest.mark.timeout(600)
async def test_a_week_of_corrections_becomes_a_better_model_in_the_running_service(town_that_learns: Town) -> None:
    town, lessons = town_that_learns, Lessons(town_that_learns.database)
    siti = await town.citizen()
    draw = random.Random(3)
    things, verbs = ["balon", "layang", "gasing", "kelereng"], ["meletus", "tersangkut", "berputar", "menggelinding"]
    for number in range(40):  # words the champion has never read
        text = f"{draw.choice(things)} {draw.choice(verbs)} {draw.choice(things)} ke {number}"
        report = await lessons.report(text, town.clock(), guess="dlhk", topic="pju-mati")
        await lessons.taught(report, "dishub", town.clock(), "parkir-liar")
    before = town.app.intake.classifier
    assert before is not None
    town.clock.turn(days=7)
    learned = asyncio.create_task(town.admin.waits_for("Pemilihan dinas otomatis", timeout=500))
    await siti.says("Lampu jalan di depan gang mati sudah tiga malam, gelap sekali")
    await siti.waits_for("Di mana tempatnya", timeout=20)  # while the other process trains
    report_line = await learned
    assert report_line.photo
    assert report_line.raw["photo"][-1]["width"] == 1080
    assert "Petugas memastikan tujuan 40 laporan; 0 (0%)" in report_line
    assert "Kabar baik" in report_line
    assert "paling sering tertukar DLHK dengan Dishub (40 kali)" in report_line
    after = town.app.intake.classifier
    assert after is not None
    assert after.version != before.version
    assert after.predict("balon meletus kelereng").agency == "dishub"
    root = town.app.settings.model.folder
    broken = root / "versions" / "99999999T000000-bad"
    broken.mkdir()
    (root / "current").write_text(broken.name)
    await asyncio.sleep(2)
    assert town.app.intake.classifier is after, "a refused model leaves the one there is in place"
