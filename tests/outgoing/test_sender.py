"""Whatever Telegram answers, each message arrives in its turn, or it is written down why it never will."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram.ext import AIORateLimiter, ExtBot

from bot.outgoing.pace import Pace
from bot.outgoing.render import Renderer
from bot.outgoing.sender import Sender, delivering_bot
from bot.outgoing.wire import Wire
from bot.simulator import Limits, Person, Simulator
from storage import outbox
from storage.engine import Database
from storage.tables import Citizen, Lane, Officer, Outbox, OutboxState, Role
from tests.outgoing import samples
from tests.watch import Watch

DIGEST = samples.QUIET


class Post:
    """The sending half of the service, turned by hand."""

    def __init__(
        self,
        sim: Simulator,
        database: Database,
        bot: ExtBot[Any] | None = None,
        *,
        chat_burst: int = 20,
        per_second: float = 500,
    ) -> None:
        self.sim = sim
        self.database = database
        self.watch = Watch()
        self.sender = Sender(
            database,
            bot or delivering_bot(sim.token, sim.url, 16),
            Renderer("Asia/Jakarta", "Pemerintah Kota Depok"),
            clock=self.watch,
            owed=asyncio.Event(),
            at_once=16,
            chat_burst=chat_burst,
            pace=Pace(per_second, lambda: 1),
        )

    async def person(self, name: str) -> Person:
        """Somebody the bot may write to, and who counts as reachable, as a citizen and as an officer."""
        person = self.sim.person(name)
        await person.starts()
        async with self.database.transaction() as session:
            session.add(Citizen(chat_id=person.id, name=name, created_at=self.watch()))
            session.add(Officer(chat_id=person.id, name=name, role=Role.LEADER, created_at=self.watch()))
        return person

    async def owes(self, chat_id: int | None, text: str = "", **other: Any) -> None:
        """Owe a text, unless `other` says something else."""
        if "notice" not in other and "method" not in other:
            other |= {"method": "sendMessage", "payload": {"chat_id": chat_id, "text": text}}
        async with self.database.transaction() as session:
            await outbox.put(session, **({"now": self.watch(), "lane": Lane.REPLY, "chat_id": chat_id} | other))

    async def works(self) -> None:
        """Deliver everything that may go at this moment of the watch."""
        async with self.sender.bot.request:
            while self.sender.in_hand or await self.sender.start_some() or self.sender.in_hand:
                await asyncio.sleep(0.005)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """The sender running by itself, as in the service; at the end it finishes what it has in hand."""
        stopping = asyncio.Event()
        self.running = asyncio.create_task(self.sender.run(stopping))
        try:
            yield
        finally:
            stopping.set()
            await asyncio.wait_for(self.running, 5)

    async def waits_until(self, happened: Callable[[], Awaitable[bool]], *, turning: float = 0) -> None:
        """Let the sender work until something has happened, turning the watch by some seconds at each look."""
        async with asyncio.timeout(30):
            while not await happened() and not self.running.done():
                self.watch.turn(seconds=turning)
                await asyncio.sleep(0.02)

    async def works_on(self) -> None:
        """Deliver until nothing waits any more, turning the watch on past every pause."""
        for _ in range(20):
            await self.works()
            if not await self.count(OutboxState.WAITING):
                return
            self.watch.turn(minutes=6)
        raise AssertionError(f"still waiting: {await self.rows()}")

    async def rows(self) -> list[Outbox]:
        async with self.database.reading() as session:
            return list((await session.exec(select(Outbox).order_by(col(Outbox.id)))).all())

    async def states(self) -> list[OutboxState]:
        return [row.state for row in await self.rows()]

    async def count(self, state: OutboxState) -> int:
        return (await self.states()).count(state)

    async def has_sent(self, count: int) -> bool:
        return await self.count(OutboxState.SENT) >= count

    async def has_failed(self, row_id: int) -> bool:
        return next(row.error for row in await self.rows() if row.id == row_id) is not None

    async def reachable(self, person: Person) -> set[bool]:
        async with self.database.reading() as session:
            found = [
                (await session.exec(select(table).where(table.chat_id == person.id))).one()
                for table in (Citizen, Officer)
            ]
        return {somebody.reachable for somebody in found}


@pytest.fixture
async def post(database: Database) -> AsyncIterator[Post]:
    async with Simulator.running(limits=Limits.off()) as sim:
        yield Post(sim, database)


def heard(person: Person) -> list[str]:
    return [line.text for line in person.screen() if line.from_bot]


async def test_a_chat_that_must_wait_keeps_its_order_while_others_go_on(post: Post) -> None:
    siti, joko = await post.person("Siti"), await post.person("Joko")
    for text in ("satu", "dua", "tiga"):
        await post.owes(siti.id, text)
        await post.owes(joko.id, text)
    post.sim.faults.next("sendMessage", kind="429", chat_id=siti.id, retry_after=30)
    await post.works()
    assert (heard(siti), heard(joko)) == ([], ["satu", "dua", "tiga"])
    post.watch.turn(seconds=30)
    await post.works()
    assert heard(siti) == [], "30 seconds after the answer are not over"
    post.watch.turn(seconds=0.2)
    await post.works()
    assert heard(siti) == ["satu", "dua", "tiga"]
    rows = [row for row in await post.rows() if row.chat_id == siti.id]
    assert [(row.state, row.attempts) for row in rows] == [(OutboxState.SENT, 1)] * 3, "a 429 is nobody's fault"
    assert [row.message_id for row in rows] == [line.message_id for line in siti.screen() if line.from_bot]


async def test_trouble_on_the_way_delays_and_loses_nothing(post: Post) -> None:
    people = {kind: await post.person(kind) for kind in ("500", "502", "cut", "half")}
    for kind, person in people.items():
        post.sim.faults.next("sendMessage", kind=kind, chat_id=person.id, times=2)  # type: ignore[arg-type]
        await post.owes(person.id, "halo")
        await post.owes(person.id, "sampai")
    await post.works()
    assert [heard(people[kind]) for kind in ("500", "502", "cut")] == [[], [], []]
    await post.works_on()
    assert set(await post.states()) == {OutboxState.SENT}
    for kind in ("500", "502", "cut"):
        assert heard(people[kind]) == ["halo", "sampai"]
    assert heard(people["half"]) == ["halo"] * 3 + ["sampai"], "each half answer hid a delivery"
    assert len(post.sim.faults.happened) == 8


class Unheard(Database):
    """Its first commit is made, and the connection is gone before that is said."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.left = 1

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with super().transaction() as session:
            yield session
        if self.left:
            self.left -= 1
            raise ConnectionResetError


async def test_a_claim_that_was_committed_unheard_is_not_left_lying(post: Post) -> None:
    siti, sender = await post.person("Siti"), post.sender
    await post.owes(siti.id, "Selamat pagi")
    sender.name, sender.database = "here", Unheard(post.database.url.replace("+aiosqlite", "").replace("+asyncpg", ""))
    with pytest.raises(ConnectionResetError):
        await sender.start_some()
    await post.works()
    await sender.database.close()
    assert [line.text for line in siti.screen()][-1] == "Selamat pagi"


async def test_a_timeout_may_mean_delivered_and_repeats_at_most_once_more(database: Database) -> None:
    async with Simulator.running(limits=Limits.off()) as sim:
        hasty = ExtBot(
            sim.token,
            base_url=f"{sim.url}/bot",
            request=Wire(4, connect=1, read=1, write=1),
            rate_limiter=AIORateLimiter(max_retries=0),
        )
        post = Post(sim, database, hasty)
        siti = await post.person("Siti")
        sim.faults.next("sendMessage", kind="timeout_but_delivered")
        await post.owes(siti.id, "Nomor: DPK-26-000001")
        await post.works()
        assert await post.states() == [OutboxState.WAITING]
        await post.works_on()
        assert await post.states() == [OutboxState.SENT]
        assert heard(siti) == ["Nomor: DPK-26-000001"] * 2


async def test_who_blocked_the_bot_is_left_in_peace(post: Post) -> None:
    siti, joko, rina = [await post.person(name) for name in ("Siti", "Joko", "Rina")]
    siti.blocks()
    rina.deactivates()
    for person in (siti, joko, rina):
        await post.owes(person.id, "satu")
        await post.owes(person.id, notice="digest", payload=DIGEST, lane=Lane.DIGEST)
    await post.works()
    gone, sent = OutboxState.GIVEN_UP, OutboxState.SENT
    assert await post.states() == [gone, gone, sent, sent, gone, gone]
    assert "blocked" in str((await post.rows())[1].error)
    assert [await post.reachable(person) for person in (siti, joko, rina)] == [{False}, {True}, {False}]
    assert len(heard(joko)) == 2


async def test_a_group_with_a_new_number_gets_all_that_waits_for_it(post: Post) -> None:
    group = post.sim.group("Petugas Dishub", [await post.person("Budi")])
    await post.owes(group.id, "satu")
    await post.owes(group.id, "dua")
    await post.owes(group.id, notice="digest", payload=DIGEST, lane=Lane.DIGEST)
    post.sim.upgrade(group)
    await asyncio.wait_for(post.works(), 20)
    assert await post.states() == [OutboxState.SENT] * 3
    assert {row.chat_id for row in await post.rows()} == {group.id}
    said = [line.text for line in group.screen() if line.from_bot]
    assert said[:2] == ["satu", "dua"]
    assert said[2].startswith("Ringkasan pekan")


async def test_an_edit_that_changes_nothing_counts_as_sent(post: Post) -> None:
    siti = await post.person("Siti")
    await post.owes(siti.id, "Halaman 1")
    await post.works()
    (sent,) = await post.rows()
    same = {"chat_id": siti.id, "message_id": sent.message_id, "text": "Halaman 1"}
    await post.owes(siti.id, method="editMessageText", payload=same)
    await post.owes(siti.id, method="editMessageText", payload=same | {"message_id": 4711})
    await post.owes(siti.id, "lanjut")
    await post.works()
    assert await post.states() == [OutboxState.SENT, OutboxState.SENT, OutboxState.GIVEN_UP, OutboxState.SENT]
    assert await post.reachable(siti) == {True}, "one impossible message says nothing about the person"


async def test_a_broken_notice_does_not_hold_up_its_chat(post: Post) -> None:
    siti = await post.person("Siti")
    await post.owes(siti.id, notice="nonsense", payload={})
    await post.owes(siti.id, notice="digest", payload={"week": {}})
    await post.owes(
        siti.id, "<b>", method="sendMessage", payload={"chat_id": siti.id, "text": "<b>", "parse_mode": "HTML"}
    )
    await post.owes(siti.id, method="sendPigeon", payload={"chat_id": siti.id})
    await post.owes(siti.id, "lanjut")
    await post.works()
    assert await post.states() == [OutboxState.GIVEN_UP] * 4 + [OutboxState.SENT]
    assert [str(row.error).split(" ")[0] for row in (await post.rows())[:2]] == ["UnknownNotice", "KeyError"]
    assert heard(siti) == ["lanjut"]
    assert await post.reachable(siti) == {True}


async def test_a_stale_toast_is_dropped_and_the_message_behind_it_goes(post: Post) -> None:
    siti = await post.person("Siti")
    for age in (0, 20):
        post.watch.turn(seconds=age)
        typing = {"chat_id": siti.id, "action": "typing"}
        await post.owes(
            None, method="sendChatAction", payload=typing, lane=Lane.INSTANT, lifetime=timedelta(seconds=15)
        )
    await post.owes(siti.id, "halo")
    await post.works()
    assert await post.states() == [OutboxState.STALE, OutboxState.SENT, OutboxState.SENT]
    # both leave at once, each over a connection of its own: which arrives first is nobody's promise
    assert sorted(sent.method for sent in post.sim.sent) == ["sendChatAction", "sendMessage"]


async def test_a_token_that_was_revoked_costs_no_message(post: Post) -> None:
    siti = await post.person("Siti")
    async with post.at_work():
        await post.owes(siti.id, "satu")
        await post.waits_until(lambda: post.has_sent(1))
        post.sim.world.token = "123456:NEW"
        await post.owes(siti.id, "dua")
        await post.waits_until(lambda: post.has_failed(2))
        assert await post.states() == [OutboxState.SENT, OutboxState.WAITING]
        post.sim.world.token = post.sim.token  # the operator has put it right
        await post.waits_until(lambda: post.has_sent(2), turning=5)
    assert heard(siti) == ["satu", "dua"]


async def test_a_chat_that_had_its_burst_rests_while_others_go_on(database: Database) -> None:
    async with Simulator.running(limits=Limits.off()) as sim:
        post = Post(sim, database, chat_burst=2)
        siti, joko = await post.person("Siti"), await post.person("Joko")
        for text in ("satu", "dua", "tiga"):
            await post.owes(siti.id, text)
        await post.owes(joko.id, "halo")
        await post.works()
        assert (heard(siti), heard(joko)) == (["satu", "dua"], ["halo"])
        async with asyncio.timeout(10):
            while heard(siti) != ["satu", "dua", "tiga"]:
                await post.works()


async def test_the_real_limits_are_never_met(database: Database) -> None:
    async with Simulator.running(limits=Limits()) as sim:
        post = Post(sim, database, delivering_bot(sim.token, sim.url, 16), chat_burst=3, per_second=25)
        each = [5, *[2] * 46, *[1] * 3]  # 100 messages to 50 people, one of them with more than a burst
        people = [sim.person(f"Warga {n}") for n in range(50)]
        for person, count in zip(people, each, strict=True):
            await person.starts()
            for n in range(count):
                await post.owes(person.id, str(n))
        async with post.at_work():
            await post.waits_until(lambda: post.has_sent(100))
        assert sim.too_many_given == 0
        assert [heard(person) for person in people] == [[str(n) for n in range(count)] for count in each]


async def test_a_bad_start_does_not_end_the_sender_and_it_ends_with_nothing_half_done(post: Post) -> None:
    siti = await post.person("Siti")
    post.sim.faults.next(kind="500", times=2)  # whatever it asks first
    for n in range(9):
        await post.owes(siti.id, str(n))
    async with post.at_work():
        await post.waits_until(lambda: post.has_sent(1), turning=1)
    assert await post.count(OutboxState.SENDING) == 0
    assert len(heard(siti)) == await post.count(OutboxState.SENT)
    await post.works_on()
    assert heard(siti) == [str(n) for n in range(9)]


async def test_what_waits_behind_its_own_chat_goes_without_a_ring(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.outgoing.sender.IDLE", 60.0)
    siti, joko = await post.person("Siti"), await post.person("Joko")
    for number in range(5):
        await post.owes(siti.id, f"Kabar {number}")
    for number in range(15):
        await post.owes(joko.id, f"Pengumuman {number}", lane=Lane.DIGEST)
    async with post.at_work():
        await post.waits_until(lambda: post.has_sent(20))
        post.sender.owed.set()
    assert heard(siti)[-5:] == [f"Kabar {number}" for number in range(5)]
    assert heard(joko)[-15:] == [f"Pengumuman {number}" for number in range(15)]
