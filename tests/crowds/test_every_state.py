"""Every state a conversation can be in, met with every kind of message: an answer, or a silence that is meant.

The states are found by looking (every StatesGroup of the bot), and reached by telling one story and then pressing
whatever can be pressed; a new state that nobody reaches fails the test.
"""

import importlib
import inspect
import pkgutil
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiogram.fsm.state import StatesGroup

import bot.citizen
import bot.staff
from storage import conversations, staff
from storage.tables import Conversation, Role
from tests.conftest import settings_for
from tests.crowds.crowd import Crowd, Json, Somebody
from tests.crowds.test_random_people import COMMANDS, KINDS
from tests.watch import Watch

SITI, BUDI, KEPALA, TRIASE, DEWI = 101, 201, 202, 204, 300
PIN = {"location": {"latitude": -6.3906, "longitude": 106.8483}}
LAMP = "Lampu jalan di depan gang {} mati sudah tiga malam, gelap sekali"
ROUNDS = 3
"""How often the same kind of button is pressed by the same person."""

MESSAGES: dict[str, Json] = {
    "text": {"text": "Masih gelap, tolong dilihat lagi ya pak"},
    "long text": {"text": "Jalan rusak di kampung kami. " * 140},
    "a single sign": {"text": "?"},
    "unknown command": {"text": "/entah"},
    "known command": {"text": "/bantuan"},
    "forwarded": {
        "text": "Info warga: jalan ditutup sampai besok pagi",
        "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Grup RT"},
    },
    **{next(iter(kind)): kind for kind in KINDS if "media_group_id" not in kind and "caption" not in kind},
}
"""Kind of message -> its fields."""

SILENT: dict[str, str] = {}
"""Kind -> why nothing is said, in whatever state."""


def all_states() -> set[str]:
    """`Group:STATE` of every state declared in the rooms where people are talked with."""
    found = set()
    for package in (bot.citizen, bot.staff):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for _, group in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(group, StatesGroup) and group.__module__ == module.name:
                    found |= {str(state.state) for state in group.__states__}
    return found


class Explorer:
    """Walks until it has stood in every state it can find; `stood` keeps who, and the conversation as it was."""

    def __init__(self, crowd: Crowd, watch: Watch) -> None:
        self.crowd = crowd
        self.watch = watch
        self.stood: dict[str, tuple[Somebody, dict[str, Any]]] = {}
        self.pressed: Counter[tuple[int, str]] = Counter()
        self.written: Counter[tuple[int, str]] = Counter()

    async def look(self, who: Somebody) -> str:
        """The state somebody is in; remembered when it is new."""
        async with self.crowd.app.database.reading() as session:
            row = await session.get(Conversation, f"{who.id}:{who.id}")
        if row is None or not row.state:
            return ""
        self.stood.setdefault(row.state, (who, dict(row.data)))
        return row.state

    async def say(self, who: Somebody, text: str) -> None:
        self.watch.turn(seconds=20)
        await self.crowd.say(who, text)
        await self.look(who)

    async def tap(self, who: Somebody, label: str) -> None:
        self.watch.turn(seconds=20)
        for heard in reversed(who.heard):
            for text, data in heard.buttons:
                if label in text:
                    await self.crowd.press(who, data, heard)
                    await self.look(who)
                    return
        raise AssertionError(f"{who.name} sees no {label!r}: {[h.text[:80] for h in who.heard[-3:]]}")

    async def files(self, who: Somebody, text: str) -> None:
        await self.say(who, text)
        await self.crowd.send(who, **PIN)
        await self.look(who)
        if any("Ini berbeda" in label for label, _ in who.heard[-1].buttons):
            await self.tap(who, "Ini berbeda")
        await self.tap(who, "irim laporan")

    async def wander(self, who: Somebody) -> None:
        """Press every kind of button in sight, write where words are wanted, until there is nothing new to press."""
        for _ in range(60):
            state = await self.look(who)
            if state and self.written[who.id, state] < ROUNDS:
                self.written[who.id, state] += 1
                await self.say(who, "2026-12-01" if "DAY" in state or "RANGE" in state else LAMP.format("Pepaya"))
                continue
            choice = next(
                (
                    (heard, data)
                    for heard in reversed(who.heard[-4:])
                    for _, data in heard.buttons
                    if self.pressed[who.id, kind_of(data)] < ROUNDS
                ),
                None,
            )
            if choice is None:
                return
            self.pressed[who.id, kind_of(choice[1])] += 1
            self.watch.turn(seconds=20)
            await self.crowd.press(who, choice[1], choice[0])


def kind_of(data: str) -> str:
    """Prefix and words of a button's data, without numbers and ids."""
    return ":".join(part for part in data.split(":") if part and not any(c.isdigit() for c in part))


async def story(explorer: Explorer, siti: Somebody, budi: Somebody, kepala: Somebody) -> None:
    """A report to its bitter end: asked, resolved, not fixed, resolved, rated low, objected to."""
    tap, say = explorer.tap, explorer.say
    await say(siti, "/lapor")
    await explorer.files(siti, LAMP.format("Mawar"))
    await tap(budi, "Terima")
    await tap(budi, "Minta info")
    await say(budi, "Nomor tiangnya berapa, Pak?")
    await tap(budi, "Kirim ke warga")
    await tap(siti, "Jawab pertanyaan")
    await say(siti, "Nomor tiangnya 12 di pojok gang")
    for _ in range(2):
        await tap(budi, "Selesai")
        await say(budi, "Lampu sudah kami ganti tadi sore, silakan dicek.")
        await tap(budi, "Kirim ke warga")
        if _ == 0:
            await tap(siti, "Belum")
            await say(siti, "Masih gelap, belum menyala sama sekali")
    await tap(siti, "Benar selesai")
    await tap(siti, "1")
    await explorer.look(siti)
    await tap(siti, "Ajukan keberatan")
    await say(siti, "Dikerjakan asal-asalan, besoknya mati lagi")
    await tap(kepala, "Jawab warga")
    await say(kepala, "Mohon maaf, besok kami periksa lagi.")


async def explored(crowd: Crowd, watch: Watch) -> Explorer:
    await crowd.open()
    people = {}
    for number, (agency, role) in {
        BUDI: ("dishub", Role.OFFICER),
        KEPALA: ("dishub", Role.HEAD),
        TRIASE: (None, Role.TRIAGE),
    }.items():
        async with crowd.app.database.transaction() as session:
            token = await staff.invite(session, role, agency, None, watch())
        people[number] = crowd.somebody(number, f"Petugas {number}")
        await crowd.say(people[number], f"/start undangan-{token}")
    siti, dewi = crowd.somebody(SITI, "Siti"), crowd.somebody(DEWI, "Dewi")
    explorer = Explorer(crowd, watch)
    await story(explorer, siti, people[BUDI], people[KEPALA])
    wanted = all_states()
    for turn in range(ROUNDS):
        for place in ("Melati", "Anggrek"):
            await explorer.say(siti, "/batal")
            watch.turn(hours=2)
            await explorer.files(siti, LAMP.format(f"{place} {turn}"))
        for who in (people[BUDI], people[KEPALA], people[TRIASE], dewi, siti):
            await explorer.wander(who)
            for command in COMMANDS:
                if wanted <= explorer.stood.keys():
                    return explorer
                await explorer.say(who, "/batal")
                await explorer.say(who, f"/{command}")
                await explorer.wander(who)
    return explorer


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_every_state_has_an_answer_to_every_kind_of_message(
    classifier: Any, tmp_path: Path, sqlite_file: Path
) -> None:
    shutil.copy(sqlite_file, tmp_path / "city.db")
    watch = Watch()
    given = settings_for(f"sqlite:///{tmp_path / 'city.db'}", staff={"administrators": [DEWI], "demand_proof": False})
    crowd = Crowd(given, classifier, watch)
    explorer = await explored(crowd, watch)
    missing = all_states() - explorer.stood.keys()
    assert not missing, f"no way found into {sorted(missing)}"

    unanswered = []
    for state, (who, data) in sorted(explorer.stood.items()):
        old = next(heard for heard in who.heard if heard.buttons)
        for kind in [*MESSAGES, "edited", "old button"]:
            watch.turn(minutes=3)
            async with crowd.app.database.transaction() as session:
                await conversations.put(session, f"{who.id}:{who.id}", watch(), state=state, data=data)
            said, toasts = len(crowd.sent[who.id]), len(crowd.toasts)
            match kind:
                case "edited":
                    await crowd.feed({"edited_message": crowd.message(who, text="Diubah", edit_date=crowd.now())})
                case "old button":
                    await crowd.press(who, old.buttons[0][1], old)
                case _:
                    await crowd.send(who, **MESSAGES[kind])
            answered = len(crowd.sent[who.id]) > said or any(crowd.toasts[toasts:])
            if not answered and kind not in SILENT:
                unanswered.append(f"{state} {kind}")
    assert await crowd.set_aside() == []
    await crowd.close()
    assert not unanswered, unanswered
    print(f"{len(explorer.stood)} states x {len(MESSAGES) + 2} kinds of message")
