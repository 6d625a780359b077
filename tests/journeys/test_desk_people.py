"""Stories of the desk's people: who may decide about whose access, and what happens to the work of who leaves."""

import asyncio
from datetime import UTC, datetime

from sqlmodel import select

from bot import app
from bot.simulator import Person
from bot.simulator.methods.setup import commands_for
from storage import personnel
from storage.engine import Database
from storage.lifecycle import Status
from storage.tables import Attempt, Event, Officer, Role
from tests.conftest import settings_for
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


def menu(town: Town, person: Person) -> set[str]:
    """The commands that Telegram shows somebody in their private chat."""
    return {command["command"] for command in commands_for(town.simulator.world, person.id, person.id)}


async def test_whose_access_was_ended_stays_without_it_after_a_restart(database: Database) -> None:
    now = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    settings = settings_for(database.url, staff={"administrators": [7, 8]})
    await app.prepare(database, settings, now)
    async with database.transaction() as session:
        dewi, rina = (await session.exec(select(Officer).order_by(Officer.chat_id))).all()
        await personnel.suspend(session, dewi.id or 0, by=rina.id or 0, now=now)
    await app.prepare(database, settings, now)
    async with database.reading() as session:
        found = (await session.exec(select(Officer.chat_id, Officer.active).order_by(Officer.chat_id))).all()
    assert [tuple(row) for row in found] == [(7, False), (8, True)]


async def test_who_is_suspended_loses_access_at_once_and_the_work_goes_back(town: Town) -> None:
    budi, tono = await town.officer("dishub"), await town.officer("dishub", name="Tono")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await budi.taps("Terima")
    await budi.waits_for("sedang ditangani")
    await budi.taps("Selesai")
    await budi.waits_for("Tulis penjelasan")
    admin = town.admin
    await admin.says("/staf")
    await admin.taps("Dishub (2)")
    await admin.taps("Budi Hartono")
    await admin.waits_for("di tangannya: 1")
    await admin.taps("Hentikan akses")
    await admin.waits_for("Yakin menghentikan akses Budi Hartono")
    await admin.taps("Tidak jadi")
    await admin.taps("Hentikan akses")
    await admin.taps("Ya, hentikan")
    await admin.waits_for("akses dihentikan")
    await budi.waits_for("Akses Anda sebagai petugas sudah dihentikan")
    await town.settles()
    assert "antrian" not in (commands := menu(town, budi))
    assert "lapor" in commands
    back = await tono.waits_for("kembali ke antrian")
    assert number in back.text
    report = await town.report(number)
    assert (report.status, report.officer_id) == (Status.ASSIGNED, None)
    assert await town.count(Event, Event.report_id == report.id, Event.kind == "taker_left") == 1
    await budi.says("/antrian")
    await budi.waits_for("hanya untuk petugas")
    await budi.says("Sudah diganti")  # the half-written answer went with the access
    await budi.waits_for("Di mana tempatnya")
    await budi.says("/batal")
    await tono.taps("Terima")
    await tono.waits_for("sedang ditangani")
    await admin.taps("Aktifkan lagi")
    await budi.waits_for("sudah aktif lagi")
    await town.settles()
    assert "antrian" in menu(town, budi)
    await budi.says("/antrian")
    await budi.waits_for(number)
    assert await town.set_aside() == []


async def test_a_head_decides_in_the_own_office_only_and_nobody_about_themselves(town: Town) -> None:
    head, budi = await town.officer("dishub", Role.HEAD, "Ratna"), await town.officer("dishub")
    await town.officer("dlhk", name="Tono")
    await head.says("/staf")
    card = await head.waits_for("Petugas Dinas Perhubungan")
    assert "Tono" not in card.text
    assert "Semua kantor" not in card.buttons
    await head.taps("Ratna")
    own = await head.waits_for("Kepala kantor")
    assert "Hentikan akses" not in own.buttons
    ids = {officer: town_id for town_id, officer in enumerate(("admin", "ratna", "budi", "tono"), 1)}
    await head.forges(f"st:{ids['ratna']}:suspend_yes:")
    await head.waits_for_alert("Akses sendiri")
    for verb in ("card", "suspend", "suspend_yes", "restore"):
        await head.forges(f"st:{ids['tono']}:{verb}:")
        await head.waits_for_alert("bukan di kantor Anda")
    for verb in ("role", "role_to", "move"):
        await head.forges(f"st:{ids['budi']}:{verb}:admin-")
        await head.waits_for_alert("tidak mencakup")
    await head.forges("sl:dlhk:0")
    await head.waits_for_alert("bukan di kantor Anda")
    await head.forges("sl::0")
    await head.waits_for_alert("bukan di kantor Anda")
    await head.forges("st:4711:card:")
    await head.waits_for_alert("tidak kami temukan")
    await budi.says("/staf")
    await budi.waits_for("tidak mencakup")
    assert await town.count(Attempt, Attempt.action == "people", Attempt.allowed == False) == 7  # noqa: E712


async def test_another_task_and_another_office(town: Town) -> None:
    budi = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await budi.taps("Terima")
    await budi.waits_for("sedang ditangani")
    admin = town.admin
    await admin.says("/staf")
    await admin.taps("Dishub (1)")
    await admin.taps("Budi Hartono")
    await admin.taps("Ubah tugas")
    await admin.taps("Kepala kantor")
    await admin.taps("DLHK")
    await budi.waits_for("Kepala kantor, Dinas Lingkungan Hidup")
    assert (await town.report(number)).officer_id is None
    await budi.says(f"/kasus {number}")
    await budi.waits_for("bukan di kantor Anda")
    await admin.taps("Ubah tugas")
    await admin.taps("Administrator")
    await admin.waits_for("seluruh kota")
    await admin.taps("Ya, ubah tugasnya")
    await budi.waits_for("Administrator, Seluruh kota")


async def test_of_two_administrators_who_end_each_other_one_stays(town: Town) -> None:
    other = await town.officer(None, Role.ADMIN, "Rina")
    for person in (town.admin, other):
        await person.says("/staf")
        await person.waits_for("Kantor mana")
    await asyncio.gather(town.admin.forges("st:2:suspend_yes:"), other.forges("st:1:suspend_yes:"))
    await town.settles()
    heard = [alert.text for person in (town.admin, other) for alert in person.alerts if alert.text]
    assert len([text for text in heard if "sudah dihentikan" in text]) == 1
    left = other if any("sudah dihentikan" in alert.text for alert in other.alerts) else town.admin
    token = await town.invitation(None, Role.LEADER)
    await left.starts(f"undangan-{token}")
    await left.waits_for("satu-satunya administrator")
    await left.says("/staf")
    await left.waits_for("Kantor mana")


async def test_another_administrator_is_invited_with_a_second_thought(town: Town) -> None:
    await town.admin.says("/undang")
    await town.admin.taps("Administrator")
    asked = await town.admin.waits_for("boleh mengatur semuanya")
    assert "https://" not in asked.text
    await town.admin.taps("Ya, undang administrator")
    token = (await town.admin.waits_for("https://t.me/")).text.split("?start=")[1].split()[0]
    other = town.simulator.person("Ratih")
    await other.starts(token)
    await other.waits_for("Administrator")


async def test_an_officer_looks_at_similar_reports_around(town: Town) -> None:
    budi, siti, joko = await town.officer("dishub"), await town.citizen(), await town.citizen("Joko")
    first, second = await town.files(siti, LAMP), await town.files(joko, f"{LAMP}, tolong segera")
    await town.settles()  # both notices are there: news yield to answers
    await budi.says(f"/kasus {second}")
    await budi.taps("Lainnya")
    await budi.taps("Laporan serupa")
    found = await budi.waits_for("hal yang sama di sekitar")
    assert first in found.text
    await budi.taps(first)
    await budi.waits_for(f"{first}")
    assert await town.set_aside() == []
