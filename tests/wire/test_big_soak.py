"""A city at work through three processes on one PostgreSQL while everything fails: nothing is lost, nothing is twice.

SOAK_UPDATES (100,000), SOAK_CITIZENS (5,000) and SOAK_OFFICERS (100) say how large it is.
"""

import asyncio
import os
import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, func, select

from bot.app import prepare
from bot.simulator import Limits, Person, Simulator
from bot.simulator.faults import KINDS
from storage.engine import Database
from storage.tables import Agency, Event, Inbox, InboxState, Officer, Outbox, OutboxState, Report, Role
from tests.benchmarks.way import fresh, place_of
from tests.conftest import settings_for
from tests.town import Clock
from tests.wire.process import Service
from tests.wire.test_soak import waits

PATIENCE = 300.0
AT_ONCE = 150
"""Citizens who talk at the same time."""

STORIES = (
    "Lampu jalan di gang {n} mati sudah tiga malam, gelap sekali",
    "Sampah menumpuk di depan rumah nomor {n}, bau dan banyak lalat",
    "Jalan berlubang di blok {n}, kemarin ada motor jatuh",
    "Pelayanan KTP di loket {n} lama sekali, antre dari subuh",
    "Air PDAM di blok {n} keruh sejak hari senin",
    "Atap ruang kelas SDN {n} bocor, anak-anak belajar kehujanan",
    "Antrean puskesmas dekat RW {n} lama sekali, dokternya datang siang",
    "Pedagang kaki lima di trotoar nomor {n} menutup jalan pejalan kaki",
    "Bangunan di blok {n} dibangun tanpa izin IMB",
    "Harga sembako di pasar kios {n} naik terus, mohon operasi pasar",
    "Bantuan sosial PKH untuk warga RT {n} belum cair sudah tiga bulan",
    "Wifi publik di taman nomor {n} tidak bisa dipakai",
    "Perpustakaan keliling tidak pernah datang lagi ke RW {n}",
    "Lapangan olahraga di blok {n} rusak, jaring gawang hilang",
    "Lowongan kerja untuk warga RT {n} mohon dibuka, pabrik cari dari luar",
    "Tagihan PBB nomor {n} tidak sesuai luas tanah saya",
    "Petugas pemadam mohon cek hidran dekat blok {n} yang tidak keluar air",
    "Koperasi di RW {n} tidak membagikan sisa hasil usaha anggota",
    "Rumah tidak layak huni di RT {n} mohon dibantu perbaikan",
)
"""For many offices: an officer gets one message a second, and what is left at the end must not be one chat's."""

NUMBER = re.compile(r"DPK-\d\d-\d{6}")
HANDLED_LATE = """
    SELECT chat_id, update_id, done_at, was FROM (
        SELECT *, lag(done_at) OVER (PARTITION BY chat_id ORDER BY update_id) AS was FROM inbox
    ) AS each WHERE done_at < was
"""
"""Updates that were handled before an earlier one of their chat."""

ANSWERED_LATE = """
    SELECT chat_id, id, request, message_id, was, created_at, settled_at FROM (
        SELECT outbox.*, lag(outbox.message_id) OVER (PARTITION BY outbox.chat_id ORDER BY outbox.id) AS was
        FROM outbox JOIN inbox ON outbox.request = 'u' || inbox.update_id AND outbox.chat_id = inbox.chat_id
        WHERE lane = 1 AND method LIKE 'send%'
    ) AS each WHERE message_id < was
"""
"""Answers to what a chat wrote that Telegram got before the answer to something earlier."""

MORE_MEMORY = 1.08
"""How much more memory a process may have at any time than in the first tenth of the updates."""


def size(name: str, usual: int) -> int:
    return int(os.environ.get(f"SOAK_{name}", usual))


@dataclass
class City:
    """Who lives and works there, and what they were told."""

    simulator: Simulator
    services: list[Service]
    database: Database
    updates: int
    citizens: list[Person]
    officers: list[Person]
    offices: int
    told: list[str] = field(default_factory=list)
    begun: int = 0
    troubles: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    memory: list[list[int]] = field(default_factory=lambda: [[] for _ in range(10)])
    """Kilobytes of the process that is never killed, every two seconds, by tenths of the updates."""

    async def count(self) -> int:
        async with self.database.reading() as session:
            return (await session.exec(select(func.count()).select_from(Inbox))).one()

    async def live(self, chance: random.Random) -> None:
        """Citizens file and officers take on until there were enough updates; meanwhile things go wrong."""
        enough = asyncio.Event()
        background = [asyncio.create_task(self._watch(enough)), asyncio.create_task(self._break(enough, chance))]
        background += [asyncio.create_task(self._works(n, enough, chance)) for n in range(len(self.officers))]
        async with asyncio.TaskGroup() as tasks:
            for start in range(AT_ONCE):
                tasks.create_task(self._talk(self.citizens[start::AT_ONCE], enough))
        await asyncio.gather(*background)

    async def _talk(self, people: list[Person], enough: asyncio.Event) -> None:
        while not enough.is_set():
            for citizen in people:
                if enough.is_set():
                    return
                self.begun += 1
                self.told.append(await self._file(citizen, self.begun))

    async def _file(self, citizen: Person, n: int) -> str:
        story = STORIES[n % len(STORIES)].format(n=f"{n}")
        await citizen.says(f"{story}, nomor urut {n} ya")
        await citizen.waits_for("Di mana tempatnya", timeout=PATIENCE)
        await citizen.sends_location(*place_of(n))
        mine = re.compile(rf"Periksa dulu.*nomor urut {n} ya|sudah ada yang melaporkan", re.DOTALL)
        while "irim laporan" not in " ".join((card := await citizen.waits_for(mine, timeout=PATIENCE)).buttons):
            await citizen.taps_old(card, "Ini berbeda")
        await citizen.taps_old(card, "irim laporan")
        receipt = await citizen.waits_for("Nomor:", timeout=PATIENCE)
        return NUMBER.findall(receipt.text)[0]

    async def _works(self, n: int, enough: asyncio.Event, chance: random.Random) -> None:
        """Takes on an equal share of the office's new reports, and one in ten that a colleague takes on as well."""
        officer, colleagues = self.officers[n], -(-len(self.officers) // self.offices)
        done: set[int] = set()
        while not enough.is_set():
            for line in officer.screen():
                if line.message_id not in done and "Terima" in line.buttons:
                    done.add(line.message_id)
                    number = int(NUMBER.findall(line.text)[0][-6:])
                    if number % colleagues == n // self.offices or chance.random() < 0.1:
                        await officer.taps_old(line, "Terima")
            await asyncio.sleep(2)

    async def _watch(self, enough: asyncio.Event) -> None:
        """Counts, and looks at the memory of the one process that is never killed."""
        while not enough.is_set():
            await asyncio.sleep(2)
            try:
                so_far = await self.count()
            except Exception:  # its connection was cut, too
                continue
            self.memory[min(9, 10 * so_far // self.updates)].append(memory_of(self.services[0]))
            print(f"\r{so_far:,} of {self.updates:,} updates, {len(self.told):,} reports", end="", flush=True)
            if so_far >= self.updates:
                enough.set()

    async def _break(self, enough: asyncio.Event, chance: random.Random) -> None:
        faults = self.simulator.faults
        faults.hold = 22.0  # longer than the service waits
        self.simulator.duplicate_updates = True
        while not enough.is_set():
            await asyncio.sleep(chance.uniform(1, 6))
            what = chance.choice([*KINDS, *KINDS, "kill", "database"])
            self.troubles[what] += 1
            if what == "kill":
                service = chance.choice(self.services[1:])
                await service.kill()
                await service.start()
                await asyncio.sleep(5)
            elif what == "database":
                await cut(self.database)
            else:
                method = chance.choice([*["sendMessage"] * 5, "editMessageText", "answerCallbackQuery", "getUpdates"])
                times = 1 if method == "getUpdates" else chance.randint(1, 3)  # a silent Telegram stops the whole city
                faults.next(method, times=times, kind=what)  # type: ignore[arg-type]
        faults.clear()
        self.simulator.duplicate_updates = False


def memory_of(service: Service) -> int:
    """Kilobytes that a process holds now."""
    assert service.process is not None
    status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0])


async def cut(database: Database) -> None:
    """Every connection but the one that says so ends."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = :name"
    try:
        async with database.transaction() as session:
            await (await session.connection()).execute(text(end), {"name": database.engine.url.database})
    except Exception as error:
        print(f"\ncould not cut: {type(error).__name__}")


async def hire(database: Database, officers: list[Person]) -> int:
    """Spread officers over the city's offices; every tenth sits at the desk. Returns how many offices there are."""
    async with database.transaction() as session:
        agencies = (await session.exec(select(Agency.id).where(Agency.scope == "city"))).all()
        for n, officer in enumerate(officers):
            officer.account.started = True
            session.add(
                Officer(
                    chat_id=officer.id,
                    name=officer.name,
                    role=Role.OFFICER if n % 10 else Role.TRIAGE,
                    agency_id=agencies[n % len(agencies)] if n % 10 else None,
                    created_at=Clock()(),
                )
            )
    return len(agencies)


async def judge(city: City) -> None:
    """Each report once, every number true, every notice delivered, every chat answered in its order."""
    async with city.database.reading() as session:
        numbers = (await session.exec(select(Report.number))).all()
        texts = (await session.exec(select(func.count(func.distinct(Report.text))))).one()
        opened = (await session.exec(select(func.count()).select_from(Event).where(Event.kind == "opened"))).one()
        aside = (await session.exec(select(Inbox.error).where(Inbox.state == InboxState.SET_ASIDE))).all()
        gone = select(Outbox.notice, Outbox.method, Outbox.error)
        gone = gone.where(col(Outbox.state) != OutboxState.SENT, col(Outbox.lane) > 0)
        lost = (await session.exec(gone)).all()
        owed = select(Outbox).where(Outbox.notice == "report_for_office")
        promised = [(row.chat_id, row.payload["number"]) for row in (await session.exec(owed)).all()]
        disorder = (await (await session.connection()).execute(text(HANDLED_LATE))).all()
        unordered = (await (await session.connection()).execute(text(ANSWERED_LATE))).all()
    assert len(numbers) == len(set(numbers)) == texts == opened == len(city.told), "each report once"
    assert sorted(numbers) == sorted(city.told), "the numbers people were told are those that exist"
    assert aside == [], "nothing was set aside"
    assert lost == [], "everything was delivered"
    heard: dict[int, set[str]] = {
        officer.id: {number for line in officer.screen() for number in NUMBER.findall(line.text)}
        for officer in city.officers
    }
    assert [(chat, number) for chat, number in promised if number not in heard[chat or 0]] == []
    assert ([*disorder], [*unordered]) == ([], []), "a chat was answered out of its order"


@pytest.mark.soak
@pytest.mark.timeout(20_000)
async def test_a_city_at_work_while_everything_fails(tmp_path: Path, postgres: str, model_root: Path) -> None:
    url = await fresh(postgres, "soak")
    database = Database(url)
    await prepare(database, settings_for(url), Clock()())
    async with Simulator.running(limits=Limits.off(), callback_max_age=900) as simulator:
        citizens = [simulator.person(f"Warga {n}") for n in range(size("CITIZENS", 5_000))]
        officers = [simulator.person(f"Petugas {n}") for n in range(size("OFFICERS", 100))]
        offices = await hire(database, officers)
        services = []
        for n in range(3):
            (place := tmp_path / f"process{n}").mkdir()
            services.append(Service(simulator, place, url, model_root, [], per_second=300))
        city = City(simulator, services, database, size("UPDATES", 100_000), citizens, officers, offices)
        try:
            for service in services:
                await service.start()
            for service in services:
                await service.ready(300)
            await city.live(random.Random(8))
            async with asyncio.timeout(PATIENCE * 3):
                while await waits(database):
                    await asyncio.sleep(0.5)
        finally:
            codes = [await service.stop() for service in services]
        total = await city.count()
    await judge(city)
    assert codes == [0, 0, 0]
    held = [max(tenth) // 1024 for tenth in city.memory if tenth]
    starts = sum(service.starts for service in services)
    print(f"\n{total:,} updates, {len(city.told):,} reports, {starts} starts, troubles {dict(city.troubles)}")
    print(f"memory at its highest in each tenth of the updates, MB: {held}")
    assert max(held[1:]) < MORE_MEMORY * held[0]
    await database.close()
