"""Doors over the wire: what another office and a group hear. The whole table is walked in test_every_door.py."""

from storage.lifecycle import Status
from storage.tables import Attempt, Role
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def refusals(town: Town) -> int:
    return await town.count(Attempt, Attempt.allowed == False)  # noqa: E712


async def test_another_office_and_a_group_are_no_way_in(town: Town) -> None:
    head, tono = await town.officer("dishub", Role.HEAD, "Ratna"), await town.officer("dlhk", Role.HEAD, "Tono")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    report = await town.report(number)
    group = town.simulator.group("Warga", [head, tono, siti])
    await town.settles()
    before = await refusals(town)
    for data in ("sl:dishub:0", "st:2:card:", "st:2:suspend_yes:", "gr:office:dishub", "gr:code:dishub"):
        await tono.forges(data)
        await tono.waits_for_alert("bukan di kantor Anda")
    verbs = ("see", "accept", "ask", "resolve", "reject", "transfer", "history", "files", "pin")
    for verb in verbs:
        await tono.forges(f"k:{report.id}:{verb}:")
    await town.settles(30)
    assert await refusals(town) == before + 5 + len(verbs)
    await siti.says("/putuskan", chat=group)
    await siti.waits_for("hanya untuk petugas", chat=group)
    for word in ("/staf", "/kelola", "/antrian"):
        await head.says(word, chat=group)
        await head.waits_for("percakapan pribadi", chat=group)
    assert (await town.report(number)).status is Status.ASSIGNED
    assert await town.set_aside() == []
