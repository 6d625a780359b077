"""Updates are kept once, handled once, and in order within a chat."""

import asyncio
from datetime import UTC, datetime, timedelta

from storage import heads, inbox
from storage.engine import Database
from storage.tables import Inbox, InboxState

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


async def keep(database: Database, *updates: tuple[int, int | None]) -> int:
    async with database.transaction() as session:
        return await inbox.keep(session, [(i, chat, {"update_id": i}) for i, chat in updates], NOW)


async def take(database: Database, at: datetime = NOW) -> int | None:
    async with database.transaction() as session:
        rows = await inbox.claim(session, at)
        await inbox.done(session, [row.update_id for row in rows], at)
        return rows[0].update_id if rows else None


async def test_the_same_update_is_kept_once(database: Database) -> None:
    assert await keep(database, (1, 10), (2, 10)) == 2
    assert await keep(database, (2, 10), (3, 11)) == 1
    assert [await take(database) for _ in range(4)] == [1, 2, 3, None]


async def test_a_failing_update_holds_up_its_own_chat_only_and_not_for_ever(database: Database) -> None:
    await keep(database, (1, 10), (2, 10), (3, 11))
    async with database.transaction() as session:
        assert not await inbox.failed(session, 1, "boom", NOW)
    assert await take(database) == 3, "another chat goes on"
    assert await take(database) is None, "its own chat waits for the retry"
    for _ in range(inbox.ATTEMPTS - 1):
        async with database.transaction() as session:
            aside = await inbox.failed(session, 1, "boom", NOW)
    assert aside
    assert await take(database) == 2, "set aside: the chat goes on"
    async with database.reading() as session:
        row = await session.get_one(Inbox, 1)
    assert (row.state, row.error) == (InboxState.SET_ASIDE, "boom")


async def test_a_long_queue_hides_no_chat_behind_it(database: Database) -> None:
    long = heads.WINDOW + 10
    await keep(database, *((i, 10) for i in range(1, long)), (long, 11), (long + 1, None), (long + 2, 12))
    async with database.transaction() as session:
        first = [row.update_id for row in await inbox.claim(session, NOW, 8)]
        assert first == [1, long, long + 2], "without a chat it waits until it is among the first"
        await inbox.done(session, [row.update_id for row in await inbox.claim(session, NOW, 8)], NOW)
    assert await take(database) == 2


async def test_a_retry_comes_when_its_time_has_come(database: Database) -> None:
    await keep(database, (1, 10))
    async with database.transaction() as session:
        await inbox.failed(session, 1, "boom", NOW)
    assert await take(database) is None
    assert await take(database, NOW + timedelta(seconds=2)) == 1


async def test_several_workers_keep_the_order_of_each_chat(database: Database) -> None:
    await keep(database, *((i, i % 3) for i in range(60)))
    seen: list[int] = []

    async def work() -> None:
        while True:
            async with database.transaction() as session:
                rows = await inbox.claim(session, NOW, 2)
                if not rows and await inbox.waiting(session) == 0:
                    return
                await asyncio.sleep(0)
                seen.extend(row.update_id for row in rows)
                await inbox.done(session, [row.update_id for row in rows], NOW)
            await asyncio.sleep(0.001)

    await asyncio.gather(*(work() for _ in range(4)))
    assert sorted(seen) == list(range(60))
    for chat in range(3):
        mine = [i for i in seen if i % 3 == chat]
        assert mine == sorted(mine)
