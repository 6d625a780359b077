"""Administrators hear once that something is wrong, and once that it is well again."""

import shutil
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.config import AlertSettings
from bot.outgoing.render import Renderer
from bot.watching.signs import Signs
from bot.watching.watchman import Watchman
from storage import inbox, processes, staff, troubles
from storage.claims import Owed
from storage.engine import Database
from storage.tables import Inbox, InboxState, Lane, Outbox
from tests import cluster
from tests.town import Town
from tests.watch import Watch

DEWI = 501


class Post:
    """A watchman turned by hand, and what administrators would read."""

    def __init__(self, database: Database, watch: Watch, *, jumps: bool = False, **changes: Any) -> None:
        self.database, self.watch, self.signs = database, watch, Signs()
        self.shouted: list[str] = []
        settings = AlertSettings(**changes)
        self.watchman = Watchman(
            database, settings, self.signs, watch, folders=[Path("/")], readers=[DEWI], shout=self.shout,
            passed=lambda: 0.0 if jumps else watch().timestamp(),
        )  # fmt: skip

    async def shout(self, chats: Collection[int], words: str) -> None:
        self.shouted += [words for _ in chats]

    async def looks(self, times: int = 2) -> None:
        for _ in range(times):
            await self.watchman.look()

    async def told(self) -> list[tuple[str, int]]:
        """What was owed since the last look: the last line, and the lane."""
        async with self.database.transaction() as session:
            rows = (await session.exec(select(Outbox).order_by(col(Outbox.id)))).all()
            for row in rows:
                await session.delete(row)
        said = []
        for row in rows:
            owed = Owed(1, Lane(row.lane), row.chat_id, None, row.notice, row.payload, 1)
            text = Renderer("Asia/Jakarta", "Pemkot").request(owed)[1]["text"]
            assert "{" not in text
            said.append((text.splitlines()[-1], row.lane))
        return said


@pytest.fixture
async def post(database: Database) -> Post:
    watch = Watch()
    async with database.transaction() as session:
        await staff.ensure_administrators(session, [DEWI], watch())
        await processes.seen(session, "one", "here:1", ["incoming", "outgoing", "schedule"], watch())
    return Post(database, watch)


async def test_a_trouble_is_told_once_by_whoever_sees_it_and_once_when_it_is_over(post: Post) -> None:
    other = Post(post.database, post.watch)
    for one in (post, other):
        one.signs.show("job:forget")
    await post.looks(1)
    assert await post.told() == [], "one look may be an accident"
    await post.looks(1)
    await other.looks()
    assert await post.told() == [
        ("Pekerjaan berkala <code>forget</code> gagal. Sistem terus mencobanya lagi.", Lane.NOTICE)
    ]
    post.signs.clear("job:forget")
    post.watch.turn(seconds=20)
    await other.looks()  # still sees it
    post.watch.turn(seconds=28)
    await post.looks()
    assert await post.told() == []
    other.signs.clear("job:forget")
    post.watch.turn(seconds=46)
    await post.looks()
    await other.looks()
    assert await post.told() == [("Pekerjaan berkala <code>forget</code> berjalan lagi, setelah 1 menit.", Lane.NOTICE)]
    async with post.database.reading() as session:
        assert await troubles.present(session) == []


async def test_what_keeps_answers_from_citizens_rings_at_night(post: Post) -> None:
    async with post.database.transaction() as session:
        await inbox.keep(session, [(1, 77, {}), (2, 78, {})], post.watch() - timedelta(minutes=9))
        row = await session.get_one(Inbox, 2)
        row.state, row.done_at = InboxState.SET_ASIDE, post.watch() - timedelta(minutes=5)
        for lane, minutes in ((Lane.REPLY, 3), (Lane.NOTICE, 400)):  # news of the night wait for the morning
            at = post.watch() - timedelta(minutes=minutes)
            session.add(Outbox(lane=lane, chat_id=77, payload={}, created_at=at))
        await processes.gone(session, ["one"])
        await processes.seen(session, "two", "here:2", ["incoming", "schedule"], post.watch())
    await post.looks()
    async with post.database.transaction() as session:
        for row in (await session.exec(select(Outbox).where(Outbox.chat_id == 77))).all():
            await session.delete(row)
    aside = "1 pesan dalam satu jam terakhir tidak dapat diproses dan disisihkan. Pengirimnya sudah dimintai maaf."
    assert dict(await post.told()) == {
        "Pesan warga belum ditangani sejak 9 menit lalu.": Lane.REPLY,
        "Jawaban kepada warga dan petugas tertahan 3 menit.": Lane.REPLY,
        "Tidak ada server yang sedang mengirim jawaban.": Lane.REPLY,
        aside: Lane.NOTICE,
    }


async def test_the_machine_is_looked_at_too(post: Post) -> None:
    small = Post(post.database, post.watch, jumps=True, disk_free_mb=10**9)
    await small.looks(1)
    small.watch.turn(hours=1)
    await small.looks()
    free = shutil.disk_usage("/").free // 1_000_000
    (disk, lane), (clock, _) = sorted(await small.told(), reverse=True)
    assert disk.startswith("Ruang simpan di server tinggal ")
    assert abs(int(disk.split()[-2]) - free) < 1_000
    assert lane == Lane.REPLY
    assert clock.startswith("Jam server melompat 3600 detik.")


async def test_a_database_that_is_gone_is_told_past_it_and_once(post: Post) -> None:
    with cluster.server() as server:
        broken = Post(Database(f"{server.url}/postgres"), post.watch)
        server.stop()
        try:
            await broken.looks(4)
            assert [("Basis data tidak dapat dihubungi" in words) for words in broken.shouted] == [True]
            broken.watchman.database = post.database
            await broken.looks()
            assert "Basis data dapat dihubungi lagi" in broken.shouted[-1]
            assert len(broken.shouted) == 2
        finally:
            await broken.database.close()
            server.start()


async def test_an_update_that_poisons_its_handler_is_told_in_the_running_service(
    database_url: str, classifier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.watching.watchman.EVERY", 0.2)
    async with Town.running(database_url, classifier, alerts={"on": True}) as town:
        town.simulator.push_raw_update({"message": {"chat": {"id": 77}, "date": "kemarin"}})
        line = await town.admin.waits_for("1 pesan dalam satu jam terakhir tidak dapat diproses", timeout=30)
        assert "Layanan perlu diperiksa" in line.text
