"""Every state a conversation can be in, met with every kind of message: an answer, or a silence that is meant.

The states are found by looking (every StatesGroup of the bot), and each is reached as a person reaches it; a new state
fails the test until a way into it is written down.
"""

import importlib
import inspect
import pkgutil
import shutil
from pathlib import Path
from typing import Any

import pytest
from aiogram.fsm.state import StatesGroup

import bot.citizen
import bot.staff
from storage import conversations, staff
from storage.tables import ClusterName, Conversation, Role
from tests.conftest import settings_for
from tests.crowds.crowd import Crowd, Json, Somebody
from tests.crowds.test_random_people import KINDS
from tests.watch import Watch

SITI, BUDI, KEPALA, TRIASE, DEWI = 101, 201, 202, 204, 300
PIN = {"location": {"latitude": -6.3906, "longitude": 106.8483}}
LAMP = "Lampu jalan di depan gang Mawar mati sudah tiga malam, gelap sekali"
LAMP_TOO = "Lampu jalan di Jalan Anggrek padam semua sejak kemarin malam"

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

USUAL = [
    "text",
    "photo",
    "sticker",
    "voice",
    "location",
    "contact",
    "edited",
    "forwarded",
    "known command",
    "old button",
]
RARE = [kind for kind in MESSAGES if kind not in USUAL]

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


Step = str | Json
"""What somebody does: writes words, presses a button by its [label], presses one by its =data, or sends fields."""

STORY: list[tuple[int, list[Step]]] = [
    (SITI, ["/lapor", LAMP, PIN, "[irim laporan"]),
    (BUDI, ["[Terima", "[Minta info", "Nomor tiangnya berapa, Pak?", "[Kirim ke warga"]),
    (SITI, ["[Jawab pertanyaan", "Nomor tiangnya 12 di pojok gang"]),
    (BUDI, ["[Selesai", "Lampu sudah kami ganti tadi sore, silakan dicek.", "[Kirim ke warga"]),
    (SITI, ["[Belum", "Masih gelap, belum menyala sama sekali"]),
    (BUDI, ["[Selesai", "Sekarang sudah benar-benar menyala.", "[Kirim ke warga"]),
    (SITI, ["[Benar selesai", "[1 buruk", "[Ajukan keberatan", "Dikerjakan asal-asalan, besoknya mati lagi"]),
    (KEPALA, ["[Jawab warga", "Mohon maaf, besok kami periksa lagi.", "/batal"]),
    (SITI, [LAMP_TOO, PIN, "[irim laporan"]),
    (
        BUDI,
        [
            "[Lainnya",
            "[Catatan dalam",
            "/batal",
            "[Lainnya",
            "[Gabungkan",
            "/batal",
            "[Alihkan",
            "[Dinas lain",
            "[DLHK",
        ],
    ),
    (BUDI, ["/batal", "=stat:own:dishub"]),
    (KEPALA, ["/forum", "[Ubah nama kelompok", "[Lampu gang", "/batal"]),
    (
        KEPALA,
        ["/templat", "[Templat baru", "Sudah dijadwalkan\nTim kami datang besok pagi.", "[Simpan untuk satu perihal"],
    ),
    (TRIASE, ["/catat", "Jalan Melati berlubang dalam", "[Lewati", "[Lewati", "[Loket"]),
    (DEWI, ["/siaran", "Besok layanan libur sehari.", "/batal"]),
    (DEWI, ["/kelola", "[Kantor", "[Kantor baru", "/batal"]),
    (DEWI, ["/kelola", "[Kantor", "[DLHK", "[Ganti nama", "/batal"]),
    (DEWI, ["/kelola", "[Kantor", "[DLHK", "[Gabung atau akhiri", "[Tidak ada", "/batal"]),
    (DEWI, ["/kelola", "[Perihal dan kantornya", "lampu jalan", "[Lampu jalan", "[DLHK", "/batal"]),
    (
        DEWI,
        [
            "/kelola",
            "[Jawaban siap",
            "[Jawaban baru",
            "Jam buka taman kota?\ntaman kota tutup jam berapa",
            "Taman kota buka pukul 06.00 sampai 18.00.",
            "Loket DLHK",
            "/batal",
        ],
    ),
    (DEWI, ["/kelola", "[Aturan batas", "/batal"]),
    (DEWI, ["/kelola", "[Hari libur", "[Tambah hari libur", "2026-12-28\nLibur tambahan"]),
]
"""Who does what, one after another. Each state they stand in on the way is one to be tried with everything."""


async def stand(crowd: Crowd, watch: Watch) -> dict[str, tuple[Somebody, dict[str, Any]]]:
    """Tell the story; each state somebody stood in, with who, and the conversation as it was."""
    stood: dict[str, tuple[Somebody, dict[str, Any]]] = {}
    for number, steps in STORY:
        who = crowd.people[number]
        for step in steps:
            watch.turn(seconds=20)
            await take(crowd, who, step)
            async with crowd.app.database.reading() as session:
                row = await session.get(Conversation, f"{who.id}:{who.id}")
            if row is not None and row.state:
                stood.setdefault(row.state, (who, dict(row.data)))
    return stood


async def take(crowd: Crowd, who: Somebody, step: Step) -> None:
    if isinstance(step, dict):
        await crowd.send(who, **step)
    elif step.startswith("="):
        await crowd.press(who, step[1:])
    elif not step.startswith("["):
        await crowd.say(who, step)
    else:
        shown = ((heard, label, data) for heard in reversed(who.heard) for label, data in heard.buttons)
        found = next(((heard, data) for heard, label, data in shown if step[1:] in label), None)
        assert found, f"{who.name} sees no {step!r}: {[(h.text[:80], h.buttons) for h in who.heard[-3:]]}"
        await crowd.press(who, found[1], found[0])


async def gather(crowd: Crowd, watch: Watch) -> None:
    """Everybody of the story, and the name of a cluster for the forum."""
    await crowd.open()
    crowd.somebody(SITI, "Siti")
    crowd.somebody(DEWI, "Dewi")
    for number, agency, role in (
        (BUDI, "dishub", Role.OFFICER), (KEPALA, "dishub", Role.HEAD), (TRIASE, None, Role.TRIAGE),
    ):  # fmt: skip
        async with crowd.app.database.transaction() as session:
            token = await staff.invite(session, role, agency, None, watch())
        await crowd.say(crowd.somebody(number, f"Petugas {number}"), f"/start undangan-{token}")
    async with crowd.app.database.transaction() as session:
        session.add(
            ClusterName(
                key="a", agency_id="dishub", topic="pju-mati", terms=["gang"], name="Lampu gang", seen_at=watch()
            )
        )


@pytest.mark.parametrize("kinds", [USUAL, pytest.param(RARE, marks=pytest.mark.soak)], ids=["usual", "rare"])
async def test_every_state_has_an_answer_to_every_kind_of_message(
    classifier: Any, tmp_path: Path, sqlite_file: Path, kinds: list[str]
) -> None:
    shutil.copy(sqlite_file, tmp_path / "city.db")
    watch = Watch()
    given = settings_for(f"sqlite:///{tmp_path / 'city.db'}", staff={"administrators": [DEWI], "demand_proof": False})
    crowd = Crowd(given, classifier, watch)
    try:
        await gather(crowd, watch)
        stood = await stand(crowd, watch)
        assert all_states() == stood.keys()
        unanswered = [
            f"{state}: {kind}"
            for state, (who, data) in sorted(stood.items())
            for kind in kinds
            if not await answered(crowd, watch, who, state, data, kind) and kind not in SILENT
        ]
        assert await crowd.set_aside() == []
    finally:
        await crowd.close()
    assert not unanswered, unanswered
    print(f"{len(stood)} states x {len(kinds)} kinds of message")


async def answered(crowd: Crowd, watch: Watch, who: Somebody, state: str, data: dict[str, Any], kind: str) -> bool:
    """Whether somebody who stands there hears anything back."""
    watch.turn(minutes=3)
    async with crowd.app.database.transaction() as session:
        await conversations.put(session, f"{who.id}:{who.id}", watch(), state=state, data=data)
    said, toasts = len(crowd.sent[who.id]), len(crowd.toasts)
    match kind:
        case "edited":
            await crowd.feed({"edited_message": crowd.message(who, text="Diubah", edit_date=crowd.now())})
        case "old button":
            old = next(heard for heard in who.heard if heard.buttons)
            await crowd.press(who, old.buttons[0][1], old)
        case _:
            await crowd.send(who, **MESSAGES[kind])
    return len(crowd.sent[who.id]) > said or any(crowd.toasts[toasts:])
