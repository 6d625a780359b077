"""What is owed goes out once, the urgent first, in order within a chat."""

from datetime import UTC, datetime, timedelta

from storage import outbox
from storage.engine import Database
from storage.tables import Citizen, Lane, Outbox, OutboxState

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


async def owe(
    database: Database, chat: int | None, lane: Lane = Lane.REPLY, key: str | None = None, **more: timedelta
) -> bool:
    async with database.transaction() as session:
        return await outbox.put(
            session, now=NOW, lane=lane, chat_id=chat, method="sendMessage", payload={"n": 1}, dedupe_key=key, **more
        )


async def claim(database: Database, limit: int = 10, at: datetime = NOW, resting: tuple[int, ...] = ()) -> list[int]:
    async with database.transaction() as session:
        return [row.id for row in await outbox.claim(session, at, limit, resting)]


async def state(database: Database, row_id: int) -> OutboxState:
    async with database.reading() as session:
        return (await session.get_one(Outbox, row_id)).state


async def test_a_notice_with_a_key_is_owed_once(database: Database) -> None:
    assert await owe(database, 1, key="a")
    assert not await owe(database, 1, key="a")
    assert await claim(database) == [1]


async def test_the_urgent_lane_goes_first_and_a_chat_one_by_one(database: Database) -> None:
    await owe(database, 1, Lane.DIGEST)
    await owe(database, 2, Lane.NOTICE)
    await owe(database, 2, Lane.REPLY)
    await owe(database, None, Lane.INSTANT)
    assert await claim(database) == [4, 3, 1], "the notice of chat 2 waits for the reply of chat 2"
    async with database.transaction() as session:
        await outbox.sent(session, 3, NOW, 77)
    assert await claim(database) == [2]


async def test_a_row_that_must_wait_holds_up_its_chat(database: Database) -> None:
    await owe(database, 1)
    await owe(database, 1)
    await claim(database)
    async with database.transaction() as session:
        await outbox.retry(session, 1, NOW + timedelta(seconds=5), "later")
    assert await claim(database) == []
    assert await claim(database, at=NOW + timedelta(seconds=6)) == [1]


async def test_resting_chats_are_left_alone_but_a_toast_is_not(database: Database) -> None:
    await owe(database, 1)
    await owe(database, None, Lane.INSTANT)
    assert await claim(database, resting=(1,)) == [2]


async def test_what_came_too_late_is_dropped(database: Database) -> None:
    await owe(database, None, Lane.INSTANT, lifetime=timedelta(seconds=15))
    assert await claim(database, at=NOW + timedelta(seconds=16)) == []
    assert await state(database, 1) is OutboxState.STALE


async def test_a_claim_of_a_dead_process_is_taken_over(database: Database) -> None:
    await owe(database, 1)
    assert await claim(database) == [1]
    assert await claim(database) == []
    assert await claim(database, at=NOW + outbox.LEASE + timedelta(seconds=1)) == [1]
    async with database.transaction() as session:
        assert await outbox.reclaim(session) == 1
    assert await claim(database) == [1]


async def test_nothing_waits_for_somebody_who_is_gone(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Citizen(chat_id=1, name="Siti", created_at=NOW))
    await owe(database, 1)
    await owe(database, 1)
    await owe(database, 2)
    async with database.transaction() as session:
        await outbox.unreachable(session, 1, NOW, "blocked")
    assert await claim(database) == [3]
    async with database.reading() as session:
        assert not (await session.get_one(Citizen, 1)).reachable


async def test_a_group_with_a_new_id_gets_what_waits(database: Database) -> None:
    await owe(database, -5)
    await owe(database, -5)
    await claim(database)
    async with database.transaction() as session:
        await outbox.readdress(session, 1, -5, -100)
    async with database.reading() as session:
        rows = [await session.get_one(Outbox, i) for i in (1, 2)]
    assert [(row.chat_id, row.state) for row in rows] == [(-100, OutboxState.WAITING)] * 2
