"""Killed at random moments while reports are filed over the wire: each exists once, each notice arrives."""

import asyncio
import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from bot.simulator import Limits, Person, Simulator
from storage import staff
from storage.engine import Database
from storage.tables import Event, Inbox, InboxState, Outbox, OutboxState, Report, Role
from tests.town import Clock
from tests.wire.process import Service

SOUTH, WEST, STEP = -6.45, 106.74, 0.005
ROWS, COLUMNS = 18, 28
"""Corner and grid of the pins, degrees; a step is some 550 m, so that no report looks like its neighbour's."""
PATIENCE = 180.0
"""Seconds a person waits for an answer; a start takes some, and several may be killed in a row."""


async def file(citizen: Person, gang: int) -> str:
    """Write, pin, send, as a patient person would; returns the number.

    A card may come twice when the service dies between sending and settling (delivery is at least once), so the person
    presses the card that shows these very words, not whichever is newest.
    """
    await citizen.says(f"Lampu jalan di gang {gang} mati sudah tiga malam, gelap sekali")
    await citizen.waits_for("Di mana tempatnya", timeout=PATIENCE)
    await citizen.sends_location(SOUTH + gang // COLUMNS % ROWS * STEP, WEST + gang % COLUMNS * STEP)
    card = await citizen.waits_for(re.compile(rf"Periksa dulu.*gang {gang} mati", re.DOTALL), timeout=PATIENCE)
    await citizen.taps_old(card, "Kirim laporan")
    receipt = await citizen.waits_for("Nomor:", timeout=PATIENCE)
    return re.findall(r"DPK-\d\d-\d{6}", receipt.text)[0]


@dataclass(frozen=True)
class Plan:
    """How many reports, at most ROWS x COLUMNS, of how many citizens, and how often the service dies meanwhile."""

    reports: int
    citizens: int
    kills: int
    seed: int


async def survive(folder: Path, database_url: str, model: Path, plan: Plan) -> None:
    """Play the plan over the wire, then look at every table and every chat."""
    database = Database(database_url)
    async with Simulator.running(limits=Limits.off(), callback_max_age=600) as simulator:
        admin, officer = simulator.person("Dewi"), simulator.person("Budi")
        service = Service(simulator, folder, database_url, model, [admin.id])
        try:
            done = await play(simulator, service, database, plan, officer, admin)
        finally:
            code = await service.stop()
        assert code == 0
        heard = " ".join(line.text for line in officer.screen())
    await judge(database, plan, done, heard)
    await database.close()
    print(f"{plan.reports} reports, {service.starts} starts: each once, every notice delivered")


async def play(
    simulator: Simulator, service: Service, database: Database, plan: Plan, officer: Person, admin: Person
) -> list[str]:
    """Citizens file, the service is killed again and again; returns the numbers they were told."""
    chance = random.Random(plan.seed)
    await service.start()
    await admin.starts()
    await admin.waits_for("Halo", timeout=PATIENCE)
    async with database.transaction() as session:
        token = await staff.invite(session, Role.OFFICER, "dishub", None, Clock()())
    await officer.starts(f"undangan-{token}")
    await officer.waits_for("Selamat datang", timeout=PATIENCE)
    done: list[str] = []

    async def story(citizen: Person, first: int) -> None:
        for n in range(first, plan.reports, plan.citizens):
            done.append(await file(citizen, n))

    people = [simulator.person(f"Warga {n}") for n in range(plan.citizens)]
    stories = asyncio.gather(*(story(citizen, n) for n, citizen in enumerate(people)))
    for count in range(1, plan.kills + 1):
        if chance.random() < 0.8:  # otherwise it may be killed while it starts
            await service.ready()
        await asyncio.sleep(chance.uniform(0.0, 3.0))
        await service.kill()
        await service.start()
        if count % 5 == 0:
            print(f"{count} kills, {len(done)} of {plan.reports} reports confirmed", flush=True)
    await stories
    async with asyncio.timeout(PATIENCE + plan.reports * 2):
        while await waits(database):
            await asyncio.sleep(0.2)
    return done


async def judge(database: Database, plan: Plan, done: list[str], heard: str) -> None:
    """Each report once, every number true, every promised notice delivered, nothing set aside."""
    async with database.reading() as session:
        kept = (await session.exec(select(Report))).all()
        opened = (await session.exec(select(func.count()).select_from(Event).where(Event.kind == "opened"))).one()
        promised = select(Outbox).where(Outbox.state == OutboxState.GIVEN_UP, col(Outbox.lane) > 0)
        lost = (await session.exec(promised)).all()
        aside = (await session.exec(select(Inbox).where(Inbox.state == InboxState.SET_ASIDE))).all()
    assert len(kept) == opened == plan.reports
    assert sorted(report.number for report in kept) == sorted(done), "the numbers people were told are those that exist"
    assert [report.number for report in kept if report.number not in heard] == [], "the office heard of every one"
    assert [(row.notice or row.method, row.error) for row in lost] == []
    assert [row.error for row in aside] == []


async def waits(database: Database) -> bool:
    """Whether anything still waits, coming in or going out."""
    pending = col(Outbox.state).in_((OutboxState.WAITING, OutboxState.SENDING))
    owed = select(func.count()).select_from(Outbox).where(pending)
    coming = select(func.count()).select_from(Inbox).where(Inbox.state == InboxState.WAITING)
    async with database.reading() as session:
        return bool((await session.exec(owed)).one() or (await session.exec(coming)).one())


@pytest.mark.timeout(400)
async def test_killed_five_times_every_report_exists_once(tmp_path: Path, database_url: str, model_root: Path) -> None:
    await survive(tmp_path, database_url, model_root, Plan(reports=20, citizens=5, kills=5, seed=1))


@pytest.mark.soak
@pytest.mark.timeout(3000)
async def test_killed_fifty_times_every_report_exists_once(tmp_path: Path, database_url: str, model_root: Path) -> None:
    await survive(tmp_path, database_url, model_root, Plan(reports=200, citizens=20, kills=50, seed=2))
