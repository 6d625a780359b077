"""Random citizens and officers write, send and press whatever they like; the city's promises hold all the while."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text as sql

from bot.schedule.jobs import JOBS
from storage import staff
from storage.tables import Role
from tests.conftest import settings_for
from tests.crowds.crowd import Crowd, Heard, Somebody
from tests.watch import Watch

Fresh = Callable[[], AbstractContextManager[str]]

CITIZENS = {
    101: "Zulaikha Nirwasita",
    102: "Wiryo Prawirakusuma",
    103: "Xaverius Lumbantobing",
    104: "Qorina Wulandhari",
}
SHY = (103, 104)
"""Those who often hide their name before they send."""

OFFICERS = {
    201: ("dishub", Role.OFFICER),
    202: ("dishub", Role.HEAD),
    203: ("dpupr", Role.OFFICER),
    204: (None, Role.TRIAGE),
}
ADMIN = 300
HEARD = 5
"""The newest messages whose buttons somebody presses."""

SAID = [
    "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali",
    "sampah di tps kel mekarjaya numpuk seminggu bau bgt tolong diangkut",
    "jalan berlubang di jl margonda dekat stasiun, motor sering jatuh",
    "usul: bikin taman bermain di kelurahan tugu untuk anak anak",
    "syarat bikin kk baru apa saja ya?",
    "ada kebakaran di ruko jl raya bogor tolong cepat!!",
    "petugas kelurahan minta uang pelicin 200 ribu waktu saya urus surat",
    "banjir di curug rumah warga kemasukan air dan got mampet",
    "halo",
    "makasih ya",
    "dasar pemerintah anjing, pju mati ga diurus urus",
    "Alasannya karena petugas kami belum menemukan tempatnya.",
    "sudah diperbaiki tadi pagi oleh tim kami, terima kasih laporannya",
    "5",
    "<b>tebal</b> & <script>alert(1)</script>",
    "NIK saya 3276012345678901 dan hp 081234567890, rumah no. 12",
    "Jalan rusak di kampung kami. " * 140,
    "🙏🙏",
]
COMMANDS = [
    "start", "lapor", "laporanku", "status", "status DPK-26-000001", "status 1", "bantuan", "batal", "privasi",
    "dataku",
    "hapusdata", "langganan", "antrian", "kasus DPK-26-000001", "cari lampu", "staf", "undang", "statistik", "kelola",
    "templat", "riwayat DPK-26-000001", "forum", "kesehatan", "entah", "grup", "catat", "ringkasan",
]  # fmt: skip
KINDS: list[dict[str, Any]] = [
    {"location": {"latitude": -6.3906, "longitude": 106.8483}},
    {"location": {"latitude": -6.39061, "longitude": 106.84831}},
    {"location": {"latitude": 3.5952, "longitude": 98.6722}},
    {"location": {"latitude": -6.39, "longitude": 106.84, "live_period": 900}},
    {"venue": {"location": {"latitude": -6.4, "longitude": 106.8}, "title": "Pasar <Agung>", "address": "Jl. Mawar"}},
    {"photo": [{"file_id": "p1", "file_unique_id": "u1", "width": 9, "height": 9}]},
    {"photo": [{"file_id": "p2", "file_unique_id": "u2", "width": 9, "height": 9}], "caption": SAID[0]},
    {"photo": [{"file_id": "p3", "file_unique_id": "u3", "width": 9, "height": 9}], "media_group_id": "album"},
    {"voice": {"file_id": "v", "file_unique_id": "uv", "duration": 3}},
    {"video": {"file_id": "w", "file_unique_id": "uw", "duration": 3, "width": 9, "height": 9}},
    {"document": {"file_id": "d", "file_unique_id": "ud", "file_name": "surat.pdf"}},
    {"sticker": {"file_id": "s", "file_unique_id": "us", "type": "regular", "width": 9, "height": 9,
                 "is_animated": False, "is_video": False}},
    {"contact": {"phone_number": "+6281200000000", "first_name": "Seseorang"}},
    {"dice": {"emoji": "🎲", "value": 3}},
]  # fmt: skip

who = st.sampled_from([*CITIZENS, *CITIZENS, *OFFICERS, ADMIN])
some = st.integers(0, 10_000)


class City(RuleBasedStateMachine):
    """Set `classifier` and `fresh` (makes a database with all tables and gives its URL) before running."""

    classifier: Any = None
    fresh: Fresh
    steps = 0
    hidden = 0
    """Reports without a name from the first moment, over all walks."""

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.databases = ExitStack()
        self.watch = Watch()
        given = settings_for(self.databases.enter_context(City.fresh()), staff={"administrators": [ADMIN]})
        self.crowd = Crowd(given, self.classifier, self.watch)
        self.runner.run(self._gather())

    async def _gather(self) -> None:
        await self.crowd.open()
        for number, name in CITIZENS.items():
            await self.crowd.say(self.crowd.somebody(number, name), "/start")
        for number, (agency, role) in OFFICERS.items():
            async with self.crowd.app.database.transaction() as session:
                token = await staff.invite(session, role, agency, None, self.watch())
            await self.crowd.say(self.crowd.somebody(number, f"Petugas {number}"), f"/start undangan-{token}")
        self.crowd.somebody(ADMIN, "Dewi")

    def does(self, number: int, work: Any) -> None:
        City.steps += 1
        self.watch.turn(seconds=7)
        self.runner.run(work(self.crowd.people[number]))

    @rule(number=who, text=st.sampled_from(SAID))
    def says(self, number: int, text: str) -> None:
        self.does(number, lambda person: self.crowd.say(person, text))

    @rule(number=who, text=st.text(max_size=80))
    def says_anything(self, number: int, text: str) -> None:
        if text.strip():
            self.does(number, lambda person: self.crowd.say(person, text))

    @rule(number=who, command=st.sampled_from(COMMANDS))
    def commands(self, number: int, command: str) -> None:
        self.does(number, lambda person: self.crowd.say(person, f"/{command}"))

    @rule(number=who, fields=st.sampled_from(KINDS))
    def sends(self, number: int, fields: dict[str, Any]) -> None:
        self.does(number, lambda person: self.crowd.send(person, **fields))

    @rule(number=who, choice=some)
    def presses(self, number: int, choice: int) -> None:
        self._press(number, number, choice)

    @rule(number=who, choice=some)
    def goes_on(self, number: int, choice: int) -> None:
        self._press(number, number, choice)

    @rule(number=who, choice=some)
    def sends_a_report_quickly(self, number: int, choice: int) -> None:
        """Write, pin, and the first button: most steps of real people."""
        self.does(number, lambda person: self.crowd.say(person, SAID[choice % 4]))
        self.does(number, lambda person: self.crowd.send(person, **KINDS[choice % 2]))
        last = self.crowd.people[number].heard[-1]
        if last.buttons:
            self.does(number, lambda person: self.crowd.press(person, last.buttons[0][1], last))

    @rule(number=st.sampled_from(SHY), text=st.sampled_from(SAID[:3]), where=some)
    def sends_a_report_without_a_name(self, number: int, text: str, where: int) -> None:
        pin = {"location": {"latitude": -6.35 - where / 100_000, "longitude": 106.8}}
        self.does(number, lambda person: self.crowd.say(person, "/batal"))
        self.does(number, lambda person: self.crowd.say(person, text))
        self.does(number, lambda person: self.crowd.send(person, **pin))
        card = self.crowd.people[number].heard[-1]
        sends = next((data for _, data in card.buttons if data.endswith(":send:")), None)
        if sends is not None:
            self.does(number, lambda person: self.crowd.press(person, sends.replace(":send:", ":be_anonymous:"), card))
            self.does(number, lambda person: self.crowd.press(person, sends, card))

    @rule(number=who, other=who, choice=some)
    def presses_what_another_was_shown(self, number: int, other: int, choice: int) -> None:
        self._press(number, other, choice)

    @rule(number=who, data=st.text(max_size=40))
    def forges(self, number: int, data: str) -> None:
        self.does(number, lambda person: self.crowd.press(person, data))

    @rule(number=who, choice=some, text=st.sampled_from(SAID))
    def replies(self, number: int, choice: int, text: str) -> None:
        heard = self.crowd.people[number].heard
        if heard:
            to = heard[-1 - choice % min(HEARD, len(heard))]
            bot = {"id": 123456, "is_bot": True, "first_name": "Aspirasi"}
            reply = {"message_id": to.number, "date": 1, "from": bot, "chat": {"id": number, "type": "private"}}
            words = {"text": to.text or "?"}
            self.does(number, lambda person: self.crowd.say(person, text, reply_to_message=reply | words))

    @rule(number=who, text=st.sampled_from(SAID))
    def edits(self, number: int, text: str) -> None:
        async def edit(person: Somebody) -> None:
            await self.crowd.feed({"edited_message": self.crowd.message(person, text=text, edit_date=1)})

        self.does(number, edit)

    @rule(hours=st.sampled_from([1, 10, 30, 100, 400]))
    def time_passes(self, hours: int) -> None:
        async def work(_: Somebody) -> None:
            for job in JOBS:
                await self.crowd.app.clockwork.do(job)
            await self.crowd.deliver()

        self.watch.turn(hours=hours)
        self.does(ADMIN, work)

    def _press(self, number: int, shown_to: int, choice: int) -> None:
        buttons: list[tuple[Heard, str]] = [
            (heard, data) for heard in self.crowd.people[shown_to].heard[-HEARD:] for _, data in heard.buttons
        ]
        if buttons:
            heard, data = buttons[choice % len(buttons)]
            self.does(number, lambda person: self.crowd.press(person, data, heard))

    @invariant()
    def nothing_was_set_aside(self) -> None:
        assert self.runner.run(self.crowd.set_aside()) == []

    @invariant()
    def every_report_has_its_number(self) -> None:
        numbers = self.runner.run(self._rows("SELECT number FROM report"))
        assert all(number.startswith("DPK-") for (number,) in numbers)
        assert len(numbers) == len(set(numbers))

    async def _rows(self, query: str) -> list[Any]:
        async with self.crowd.app.database.engine.connect() as connection:
            return [tuple(row) for row in (await connection.execute(sql(query))).all()]

    def teardown(self) -> None:
        try:
            self.runner.run(self._nobody_is_betrayed())
        finally:
            self.runner.run(self.crowd.close())
            self.runner.close()
            self.databases.close()

    async def _nobody_is_betrayed(self) -> None:
        """Who hid their name from the first moment is named in no message to somebody else about that report.

        Who only ever wrote so is named in no message to anybody else at all, and in no table of the city's.
        """
        anonymous = await self._rows(
            f"SELECT r.number, c.chat_id FROM report r JOIN citizen c ON r.citizen_id = c.id WHERE {HIDDEN}"
        )
        City.hidden += len(anonymous)
        for report, author in anonymous:
            told = [words for chat, said in self.crowd.sent.items() if chat != author for words in said]
            assert not any(report in words and CITIZENS.get(author, "nobody") in words for words in told), report
        if await self._rows("SELECT 1 FROM citizen WHERE chat_id IS NULL"):
            return  # of who was forgotten nobody can say any more what was hidden before
        named = {row[0] for row in await self._rows(
            f"SELECT c.chat_id FROM citizen c JOIN report r ON r.citizen_id = c.id WHERE NOT ({HIDDEN})"
        )}  # fmt: skip
        everywhere = repr(
            [await self._rows(f"SELECT * FROM {t}") for t in ("report", "event", "attachment", "attempt")]
        )
        for number, name in CITIZENS.items():
            if number in named or number not in self.crowd.people:
                continue
            heard_elsewhere = [words for chat, said in self.crowd.sent.items() if chat != number for words in said]
            leaks = [words for words in heard_elsewhere if name in words]
            assert leaks == [], f"{name}: {leaks}"
            assert name not in everywhere


HIDDEN = (
    "r.anonymous AND NOT EXISTS"
    " (SELECT 1 FROM event e WHERE e.report_id = r.id AND e.kind IN ('privacy_chosen', 'inherited'))"
)
"""What says, of a report `r`, that its author's name was hidden from the first moment on."""


def walk(classifier: Any, fresh: Fresh, examples: int, steps: int) -> int:
    City.classifier, City.fresh, City.steps = classifier, staticmethod(fresh), 0
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(City, settings=chosen)  # type: ignore[no-untyped-call]
    return City.steps


def test_random_people_for_a_while(classifier: Any, fresh_database: Fresh) -> None:
    assert walk(classifier, fresh_database, examples=5, steps=40) > 100


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_random_people_for_ten_thousand_steps(classifier: Any, fresh_database: Fresh) -> None:
    walked = City.hidden = 0
    while walked < 10_000:
        walked += walk(classifier, fresh_database, examples=40, steps=50)
    assert City.hidden > 100, "too few anonymous reports to say anything"
    print(
        f"{walked} steps of random citizens and officers: nothing set aside, every report numbered,"
        f" nobody betrayed in {City.hidden} anonymous reports"
    )
