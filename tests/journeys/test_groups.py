"""Stories of an office's own group: bound by a code, read by all of it, worked in by its officers only."""

from typing import Any

from bot.simulator import Group, Person
from bot.simulator.actions import text_fields
from storage import notices
from storage.addresses import Audience
from storage.lifecycle import Status
from storage.tables import OfficeGroup, Report, Role
from tests.town import Town

LAMP = "Lampu jalan di depan rumah saya no. 12 mati sudah tiga malam, hubungi saya di 0812-3456-7890"


async def bound(town: Town, head: Person, group: Group, **fields: Any) -> str:
    """Bind a group the way a head does; returns the code."""
    await head.says("/grup")
    await head.taps("Buat kode")
    told = await head.waits_for("/sambung")
    code = told.text.split("/sambung ")[1].split()[0]
    await head.sends(text_fields(f"/sambung {code}") | fields, chat=group)
    await head.waits_for("Grup ini tersambung dengan Dinas Perhubungan", chat=group)
    return code


async def test_new_reports_arrive_in_the_group_and_only_its_officers_act_there(town: Town) -> None:
    head, budi = await town.officer("dishub", Role.HEAD, "Ratna"), await town.officer("dishub")
    tono, joko = await town.officer("dlhk", name="Tono"), await town.citizen("Joko")
    group = town.simulator.group("Grup Dishub", [head, budi, tono, joko])
    await bound(town, head, group)
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    card = await budi.waits_for(f"Laporan baru {number}", chat=group)
    assert "0812" not in card.text
    assert "Siti" not in card.text
    assert card.buttons == ("Terima", "Buka lengkap")
    for stranger, why in ((joko, "hanya untuk petugas"), (tono, "bukan di kantor Anda")):
        for button in ("Terima", "Buka lengkap"):
            await stranger.taps(button, chat=group)
            await stranger.waits_for_alert(why)
    report = await town.report(number)
    for data in (f"k:{report.id}:accept:", f"k:{report.id}:see:", "q:0", "st:1:suspend_yes:"):
        await budi.forges(data, chat=group)
        await budi.waits_for_alert("tidak berlaku")
    assert (await town.report(number)).status is Status.ASSIGNED
    await budi.taps("Buka lengkap", chat=group)
    await budi.waits_for("tiga malam")
    await budi.taps("Terima", chat=group)
    taken = await head.waits_for("Ditangani: Budi Hartono", chat=group, since=0)
    assert taken.buttons == ("Buka lengkap",)
    await head.taps_old(card, "Terima")
    await head.waits_for_alert("sudah diterima rekan Anda")
    await siti.waits_for("sudah diterima")
    await town.settles()
    assert await town.set_aside() == []


async def test_what_accuses_an_official_or_is_confidential_is_not_read_in_a_group(town: Town) -> None:
    head = await town.officer("dishub", Role.HEAD, "Ratna")
    group = town.simulator.group("Grup Dishub", [head])
    await bound(town, head, group)
    siti = await town.citizen()
    first, second = await town.files(siti, LAMP), await town.files(siti, f"{LAMP} lagi")
    async with town.database.transaction() as session:
        for number, mark in ((first, "confidential"), (second, "misconduct")):
            report = await session.get_one(Report, (await town.report(number)).id)
            setattr(report, mark, True)
            facts = await notices.facts_of(session, report)
            owed = await notices.owe_audience(
                session, report, Audience.GROUP, "report_for_group", facts, f"again:{mark}", town.clock()
            )
            assert owed == (1 if mark == "confidential" else 0)
    told = await head.waits_for("Laporan rahasia", chat=group, since=0)
    assert "tiga malam" not in told.text


async def test_codes_are_for_one_group_once_within_the_hour(town: Town) -> None:
    head, other = await town.officer("dishub", Role.HEAD, "Ratna"), await town.officer("dlhk", Role.HEAD, "Tono")
    budi = await town.officer("dishub")
    group = town.simulator.group("Grup Dishub", [head, other, budi])
    code = await bound(town, head, group)
    await head.says(f"/sambung {code}", chat=group)
    await head.waits_for("sudah dipakai", chat=group)
    await head.says("/sambung abc", chat=group)
    await head.waits_for("tidak kami kenal", chat=group)
    await head.says("/grup")
    await head.taps("Buat kode")
    fresh = (await head.waits_for("/sambung")).text.split("/sambung ")[1].split()[0]
    await other.says(f"/sambung {fresh}", chat=group)
    await other.waits_for("bukan di kantor Anda", chat=group)
    await budi.says(f"/sambung {fresh}", chat=group)
    await budi.waits_for("tidak mencakup", chat=group)
    await head.says(f"/sambung {fresh}")
    await head.waits_for("dikirim di grup kantor")
    town.clock.turn(hours=2)
    await head.says(f"/sambung {fresh}", chat=group)
    await head.waits_for("lewat waktunya", chat=group)
    await other.says("/putuskan", chat=group)
    await other.waits_for("bukan di kantor Anda", chat=group)
    await head.says("/putuskan", chat=group)
    await head.waits_for("sudah diputuskan", chat=group)
    await head.says("/putuskan", chat=group)
    await head.waits_for("tidak tersambung", chat=group)
    assert await town.count(OfficeGroup) == 0
    await town.admin.says("/grup")
    await town.admin.taps("DLHK")
    await town.admin.waits_for("Belum ada grup")


async def test_a_topic_of_a_forum_a_group_that_moves_and_one_that_is_lost(town: Town) -> None:
    head = await town.officer("dishub", Role.HEAD, "Ratna")
    siti = await town.citizen()
    forum = town.simulator.group("Kota", [head], forum=True)
    await bound(town, head, forum, message_thread_id=7, is_topic_message=True)
    number = await town.files(siti, LAMP)
    card = await head.waits_for(number, chat=forum, since=0)
    assert card.raw["message_thread_id"] == 7
    group = town.simulator.group("Grup Dishub", [head])
    await bound(town, head, group)
    town.simulator.upgrade(group)
    await town.settles()
    assert await town.count(OfficeGroup, OfficeGroup.chat_id == group.id) == 1
    async with town.database.transaction() as session:  # a process that has not heard of the move yet
        (await session.get_one(OfficeGroup, 2)).chat_id = group.old_id
    number = await town.files(siti, f"{LAMP} kedua")
    await head.waits_for(number, chat=group, since=0)
    await town.settles()
    assert await town.count(OfficeGroup, OfficeGroup.chat_id == group.id) == 1
    group.removes_bot()
    await head.waits_for("tidak bisa kami jangkau lagi")
    await head.says("/grup")
    await head.taps("Putuskan Kota")
    await head.waits_for("Yakin memutuskan")
    await head.taps("Ya, putuskan")
    await head.waits_for("Belum ada grup")
    await town.settles()
    assert await town.set_aside() == []
