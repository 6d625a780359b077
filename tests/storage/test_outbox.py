"""What is owed goes out once, the urgent first, in order within a chat."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from storage import claims, heads, outbox
from storage.claims import Owed, Together
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
        return [row.id for row in await claims.claim(session, at, limit, resting)]


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
        await outbox.sent(session, {3: 77}, NOW)
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
    assert await claim(database, at=NOW + claims.LEASE + timedelta(seconds=1)) == [1]
    async with database.transaction() as session:
        assert await outbox.take_over(session, None) == 1
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


async def news(database: Database, report: int, notice: str = "moved", **facts: object) -> None:
    async with database.transaction() as session:
        await outbox.put(
            session, now=NOW, lane=Lane.NOTICE, chat_id=1, notice=notice, payload={"note": ""} | facts, report_id=report
        )


async def claim_together(database: Database, at: datetime = NOW, window: float = 60) -> list[Owed]:
    together = Together(frozenset({"moved"}), timedelta(seconds=window))
    async with database.transaction() as session:
        return await claims.claim(session, at, 10, together=together)


async def test_several_news_of_one_report_go_in_one_message_and_nothing_is_lost(database: Database) -> None:
    for note in ("satu", "dua", "tiga"):
        await news(database, 7, note=note)
    await news(database, 8)
    await news(database, 7, "asks_for_a_rating")
    (owed,) = await claim_together(database)
    assert [one.payload["note"] for one in (*owed.earlier, owed)] == ["satu", "dua", "tiga"]
    assert await claim_together(database) == [], "one at a time in a chat"
    async with database.transaction() as session:
        for one in (*owed.earlier, owed):
            await outbox.sent(session, {one.id: 5}, NOW)
    (other,) = await claim_together(database)
    assert (other.id, other.earlier) == (4, ())


async def test_what_follows_within_a_minute_waits_for_the_minute_to_pass(database: Database) -> None:
    await news(database, 7)
    ((owed),) = await claim_together(database)
    async with database.transaction() as session:
        await outbox.sent(session, {owed.id: 5}, NOW)
    await news(database, 7, note="dua")
    await news(database, 7, note="tiga")
    assert await claim_together(database, NOW + timedelta(seconds=30)) == []
    ((later),) = await claim_together(database, NOW + timedelta(seconds=61))
    assert [one.payload["note"] for one in (*later.earlier, later)] == ["dua", "tiga"]


async def test_long_words_and_pictures_are_not_squeezed_into_one_message(database: Database) -> None:
    await news(database, 7, note="x" * 2000)
    await news(database, 7, note="y" * 2000)
    ((first),) = await claim_together(database, window=0)
    assert first.earlier == ()
    async with database.transaction() as session:
        await outbox.sent(session, {first.id: 5}, NOW)
    await news(database, 7, photos=["file"])
    ((second),) = await claim_together(database, window=0)
    assert (second.id, second.earlier) == (2, ())


async def test_at_night_only_answers_and_danger_go_out(database: Database) -> None:
    await owe(database, 1, Lane.DIGEST)
    await owe(database, 1, Lane.NOTICE)
    await owe(database, 1, Lane.REPLY)
    async with database.transaction() as session:
        assert [row.id for row in await claims.claim(session, NOW, 10, asleep=True)] == [3]
        await outbox.sent(session, {3: 5}, NOW)
        assert await claims.claim(session, NOW, 10, asleep=True) == []
        assert [row.id for row in await claims.claim(session, NOW, 10)] == [2]


async def test_a_long_outbox_is_searched_by_its_indexes(database: Database) -> None:
    """On SQLite a partial index serves only a statement that repeats its condition literally."""
    if not database.is_sqlite:
        return
    plans: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if "outbox" in statement and not statement.startswith("EXPLAIN"):
            raw = connection.connection.driver_connection._conn
            plans.extend(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", explain)
    await claim(database)
    assert plans
    walks = [plan for plan in plans if plan.startswith("SCAN") and "VIRTUAL TABLE" not in plan]  # lists of values
    window = ("SCAN first_rows", "SCAN in_order", "SCAN (subquery")
    assert [plan for plan in walks if "INDEX ix_outbox_" not in plan and not plan.startswith(window)] == []


async def test_a_long_queue_hides_no_chat_behind_it(database: Database) -> None:
    readers = [(chat, f"{number}") for number, chat in enumerate([1] * heads.WINDOW + [2, 3])]
    async with database.transaction() as session:
        await outbox.put_many(session, now=NOW, lane=Lane.REPLY, notice="x", payload={}, readers=readers)
    assert await claim(database) == [1, heads.WINDOW + 1, heads.WINDOW + 2]
    assert await claim(database) == []
    assert await claim(database, resting=(1,)) == []


async def test_who_was_taken_for_dead_and_comes_late_settles_nothing_anew(database: Database) -> None:
    async with database.transaction() as session:
        await outbox.put(session, now=NOW, lane=Lane.REPLY, chat_id=1, method="sendMessage", payload={})
        (row,) = await claims.claim(session, NOW, 1)
        await outbox.sent(session, {row.id: 77}, NOW)
        await outbox.retry(session, row.id, NOW, "late")
        await outbox.sent(session, {row.id: 78}, NOW + timedelta(minutes=1))
    async with database.reading() as session:
        kept = await session.get_one(Outbox, row.id)
    assert (kept.state, kept.settled_at, kept.message_id) == (OutboxState.SENT, NOW, 77)
