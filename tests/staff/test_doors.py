"""The whole permission table over the wire: every command and every button against everybody who may press it."""

from typing import Any

from bot.simulator import Person
from bot.staff.access import MAY, Action
from storage.lifecycle import Status
from storage.tables import Attempt, Role
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"

COMMANDS = {
    "/antrian": Action.QUEUE,
    "/undang": Action.INVITE,
    "/staf": Action.PEOPLE,
    "/grup": Action.GROUP,
    "/templat": Action.TEMPLATES,
    "/kelola": Action.ADMINISTER,
    "/siaran": Action.BROADCAST,
    "/blokir": Action.BLOCK,
    "/bukablokir": Action.BLOCK,
    "/riwayat": Action.TRAIL,
    "/sp4n": Action.SP4N,
    "/catat": Action.WALK_IN,
}
BUTTONS = {
    "q:all::0": Action.QUEUE,
    "i:officer:": Action.INVITE,
    "sl:*:0": Action.APPOINT,
    "sl:dishub:0": Action.PEOPLE,
    "st:1:card:": Action.PEOPLE,
    "st:1:suspend:": Action.PEOPLE,
    "st:1:suspend_yes:": Action.PEOPLE,
    "st:1:restore:": Action.PEOPLE,
    "st:1:role:": Action.APPOINT,
    "st:1:role_to:head": Action.APPOINT,
    "st:1:move:admin-": Action.APPOINT,
    "gr:office:dishub": Action.GROUP,
    "gr:code:dishub": Action.GROUP,
    "gr:unbind:1": Action.GROUP,
    "gr:unbind_yes:1": Action.GROUP,
    "tp:new:": Action.TEMPLATES,
    "tp:see:1": Action.TEMPLATES,
    "tp:edit:1": Action.TEMPLATES,
    "tp:drop:1": Action.TEMPLATES,
    "tp:drop_yes:1": Action.TEMPLATES,
    **{
        f"ad:{verb}:dishub": Action.ADMINISTER
        for verb in ("start", "offices", "office", "create", "rename", "end", "heir", "topics", "topic", "answers")
    },
    **{f"ad:{verb}:info": Action.ADMINISTER for verb in ("days", "day", "drop", "deadlines", "level", "level_to")},
}


async def refusals(town: Town) -> int:
    return await town.count(Attempt, Attempt.allowed == False)  # noqa: E712


async def test_who_may_not_is_refused_and_recorded(database_url: str, classifier: Any) -> None:
    """Each role tries everything its line in MAY does not give it; strangers and the suspended try everything."""
    async with Town.running(database_url, classifier, limits={"messages_per_minute": 10_000}) as town:
        await everybody_tries(town)


async def everybody_tries(town: Town) -> None:
    people: dict[str, tuple[Person, Any]] = {
        role: (await town.officer("dishub" if role in {Role.HEAD, Role.OFFICER} else None, role, role.title()), role)
        for role in Role
        if role is not Role.ADMIN
    }
    people["stranger"] = (await town.citizen("Joko"), None)
    gone = await town.officer("dishub", name="Gone")
    await town.admin.forges("st:7:suspend_yes:")
    await gone.waits_for("dihentikan")
    people["suspended"] = (gone, None)
    tried = 0
    for person, role in people.values():
        barred = [word for word, action in COMMANDS.items() if role not in MAY[action]]
        pressed = [data for data, action in BUTTONS.items() if role not in MAY[action]]
        for word in barred:
            await person.says(word)
        for data in pressed:
            await person.forges(data)
        tried += len(barred) + len(pressed)
    await town.settles(60)
    assert await refusals(town) == tried
    assert await town.set_aside() == []


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
