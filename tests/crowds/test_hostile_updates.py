"""Updates as attackers and broken clients might send them: real ones, mutated.

Nothing a person could send is set aside, nobody's words become markup, and no forged button shows a stranger what is
confidential.
"""

import copy
import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import Message, Update
from pydantic import ValidationError
from sqlmodel import col, select

from storage import staff
from storage.tables import Inbox, InboxState, Report, Role
from tests.conftest import settings_for
from tests.crowds.crowd import Crowd, Json
from tests.crowds.test_random_people import COMMANDS, KINDS, SAID
from tests.watch import Watch

SECRET = "RAHASIA-ISI"
MARKUP = "<b>SUNTIK</b>"
BATCH = 25
WORDS = [
    *SAID,
    MARKUP,
    f"Lampu jalan {MARKUP} mati di gang kami sudah tiga malam &amp; <a href='tg://user?id=1'>x</a>",
    "\u202eterbalik\u202c lampu jalan mati di gang kami",
    "a" * 4096,
    "ﷺ" * 4000,
    "\x00\x01 lampu jalan mati \ud800 di gang kami sudah lama",
    "{number} {0} %s ${x} lampu jalan mati di gang kami",
    "'; DROP TABLE report; -- lampu jalan mati di gang kami",
    '=HYPERLINK("http://x") lampu jalan mati di gang kami',
    "٣٢١ ۱۲۳ lampu jalan mati di gang kami sudah lama",
    "/start undangan-" + "A" * 40,
    "/start \u0000",
    "DPK-26-000001",
    "DPK-26-99999999999999999999",
    "/status DPK-26-000001",
    "/status ٣",
]
DATA = ["d", "r", "l", "k", "q", "w", "i", "s", "f", "p", "u", "g", "t", "b"]
ODD: list[Any] = [
    None, True, -1, 0, 2**31, 2**63, -(2**63) - 1, 1e308, "", " ", MARKUP, "x" * 70, [], {}, [[]], {"id": 1},
]  # fmt: skip


class Attacker:
    def __init__(self, crowd: Crowd, seed: int) -> None:
        self.crowd = crowd
        self.random = random.Random(seed)
        self.people = [crowd.somebody(1000 + n, name) for n, name in enumerate(["Eve", MARKUP, "a" * 64, "‮evE"])]

    def update(self) -> Json:
        """One update: what a client can send with odd content, or (one in ten) what no client can."""
        who = self.random.choice(self.people)
        said = self._press(who) if self.random.random() < 0.45 else self._message(who)
        return said if self.random.random() < 0.9 else self._broken(said)

    def _message(self, who: Any) -> Json:
        words = self.random.choice(WORDS) if self.random.random() < 0.8 else f"/{self.random.choice(COMMANDS)}"
        fields: Json = {"text": words}
        if self.random.random() < 0.4:
            fields = copy.deepcopy(self.random.choice(KINDS))
            if "photo" in fields or "video" in fields:
                fields["caption"] = words[:1024]
        if self.random.random() < 0.2:
            to = self.crowd.message(who, text=self.random.choice(WORDS))
            fields["reply_to_message"] = to | {"from": {"id": 123456, "is_bot": True, "first_name": "Aspirasi"}}
        if self.random.random() < 0.1:
            fields["forward_origin"] = {"type": "hidden_user", "date": 1, "sender_user_name": MARKUP}
        message = self.crowd.message(who, **fields)
        return {self.random.choice(["message"] * 9 + ["edited_message"]): message}

    def _press(self, who: Any) -> Json:
        heard = self.random.choice(who.heard[-8:]) if who.heard else None
        if heard and heard.buttons and self.random.random() < 0.6:
            data = self.random.choice(heard.buttons)[1]
        else:
            verbs = [
                "see",
                "accept",
                "send",
                "unmask",
                "files",
                "pin",
                "history",
                "to",
                "fixed",
                "withdraw_yes",
                "",
                "0",
            ]
            parts = [self.random.choice(DATA), str(self.random.choice([1, 2, 3, -1, 0, 2**63, "x", ""]))]
            data = ":".join(
                [*parts, self.random.choice(verbs), self.random.choice(["", "dishub", "0", "desk", MARKUP])]
            )
        message = {"message_id": 1, "date": 1, "chat": who.chat, "text": "?"}
        if self.random.random() < 0.1:
            message = {"message_id": 1, "date": 0, "chat": who.chat}  # too old: Telegram gives no more
        query = {"id": str(self.random.random()), "from": who.user, "chat_instance": "1", "data": data[:64]}
        return {"callback_query": query | {"message": message}}

    def _broken(self, update: Json) -> Json:
        """A leaf or a branch replaced, dropped or moved."""
        update = copy.deepcopy(update)
        for _ in range(self.random.randint(1, 3)):
            holder: Any = update
            while True:
                key = self.random.choice(list(holder))
                if isinstance(holder[key], dict) and holder[key] and self.random.random() < 0.7:
                    holder = holder[key]
                    continue
                break
            match self.random.randrange(3):
                case 0:
                    holder[key] = copy.deepcopy(self.random.choice(ODD))
                case 1 if len(holder) > 1:
                    del holder[key]
                case _:
                    holder[self.random.choice(["text", "chat", "from", "message", "photo", "unknown_kind"])] = holder[
                        key
                    ]
        return update


async def attack(classifier: Any, folder: Path, sqlite_file: Path, count: int, seed: int) -> dict[str, int]:
    shutil.copy(sqlite_file, folder / "city.db")
    watch = Watch()
    crowd = Crowd(settings_for(f"sqlite:///{folder / 'city.db'}", staff={"administrators": [1]}), classifier, watch)
    await crowd.open()
    await plant(crowd)
    attacker = Attacker(crowd, seed)
    for person in attacker.people:
        await crowd.say(person, "/start")
    for done in range(0, count, BATCH):
        if done % 5_000 == 0:
            print(f"{done} of {count}", flush=True)
        watch.turn(seconds=60)
        await crowd.feed(*(attacker.update() for _ in range(BATCH)))
    await crowd.finish(watch)
    async with crowd.app.database.reading() as session:
        aside = (await session.exec(select(Inbox).where(Inbox.state == InboxState.SET_ASIDE))).all()
        victim = (await session.exec(select(Report).where(col(Report.text).contains(SECRET)))).one()
        assert victim.officer_id is None, "a stranger took it"
    sendable = [row for row in aside if could_be_sent(row.payload)]
    assert not sendable, [(row.error, json.dumps(row.payload)[:600]) for row in sendable[:3]]
    for person in attacker.people:
        for heard in person.heard:
            assert SECRET not in heard.text, heard
            assert heard.text.count("SUNTIK") == heard.text.count(MARKUP), heard  # shown as typed, never as bold
    await crowd.close()
    return {"updates": count, "no client could send": len(aside)}


async def plant(crowd: Crowd) -> None:
    """A confidential report at an office with an officer."""
    async with crowd.app.database.transaction() as session:
        token = await staff.invite(session, Role.OFFICER, "dishub", None, crowd.clock())
    await crowd.say(crowd.somebody(201, "Petugas"), f"/start undangan-{token}")
    siti = crowd.somebody(101, "Siti")
    await crowd.say(siti, f"Lampu jalan di gang {SECRET} mati sudah tiga malam, gelap sekali")
    await crowd.send(siti, location={"latitude": -6.3906, "longitude": 106.8483})
    card = siti.heard[-1]
    await crowd.press(siti, card.buttons[0][1], card)
    async with crowd.app.database.transaction() as session:
        (await session.exec(select(Report))).one().confidential = True


def could_be_sent(payload: Json) -> bool:
    """Whether this is an update at all, and from a person's own private chat."""
    try:
        update = Update.model_validate(payload)
    except ValidationError:
        return False
    event: Any = update.message or update.edited_message or update.callback_query
    if event is None or event.from_user is None:
        return False
    chat = event.chat if isinstance(event, Message) else event.message and event.message.chat
    return 1000 <= event.from_user.id < 1010 and (chat is None or chat.id == event.from_user.id)


async def test_hostile_updates(classifier: Any, tmp_path: Path, sqlite_file: Path) -> None:
    assert (await attack(classifier, tmp_path, sqlite_file, 300, seed=8))["updates"] == 300


@pytest.mark.soak
@pytest.mark.timeout(7200)
async def test_a_hundred_thousand_hostile_updates(classifier: Any, tmp_path: Path, sqlite_file: Path) -> None:
    many = int(os.environ.get("SOAK_UPDATES", "100000"))
    print(await attack(classifier, tmp_path, sqlite_file, many, seed=88))
