"""Who wants which digest: at most ten a person, each once, only one's own to end."""

from datetime import UTC, datetime

import pytest

from classifier.tables import topics
from storage import people, subscriptions
from storage.engine import Database
from storage.people import citizen_at
from storage.subscriptions import MOST, Scope, TooMany
from storage.topic_groups import GROUPS

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


async def test_subscribing_reading_and_stopping(database: Database) -> None:
    async with database.transaction() as session:
        siti = (await citizen_at(session, 1, "Siti", NOW)).id or 0
        joko = (await citizen_at(session, 2, "Joko", NOW)).id or 0
        assert await subscriptions.add(session, siti, Scope.CITY, "", NOW)
        assert not await subscriptions.add(session, siti, Scope.CITY, "", NOW)
        assert await subscriptions.add(session, joko, Scope.CITY, "", NOW)
        assert await subscriptions.add(session, joko, Scope.TOPIC, "jalan", NOW)
        assert await subscriptions.wanted(session) == [("city", ""), ("topic", "jalan")]
        first = await subscriptions.readers(session, "city", "", limit=1)
        rest = await subscriptions.readers(session, "city", "", after_id=first[0].id)
        assert [reader.chat_id for reader in (*first, *rest)] == [1, 2]
        assert await subscriptions.readers(session, "city", "", after_id=rest[0].id) == []
        assert await subscriptions.many(session, "city", "") == 2
        assert await subscriptions.stop(session, siti, rest[0].id) is None  # it is Joko's
        stopped = await subscriptions.stop(session, joko, rest[0].id)
        assert stopped is not None
        assert stopped.scope == "city"
        assert await subscriptions.stop(session, joko, rest[0].id) is None
        await people.set_reachable(session, 1, False)
        assert await subscriptions.readers(session, "city", "") == []
        assert [row.value for row in await subscriptions.of(session, joko)] == ["jalan"]


async def test_ten_are_enough_for_one_person(database: Database) -> None:
    async with database.transaction() as session:
        siti = (await citizen_at(session, 1, "Siti", NOW)).id or 0
        for number in range(MOST):
            await subscriptions.add(session, siti, Scope.KELURAHAN, str(number), NOW)
        assert not await subscriptions.add(session, siti, Scope.KELURAHAN, "3", NOW)
        with pytest.raises(TooMany):
            await subscriptions.add(session, siti, Scope.CITY, "", NOW)


def test_each_topic_is_in_one_group_at_most_and_exists() -> None:
    named = [topic for group in GROUPS.values() for topic in group]
    assert len(set(named)) == len(named)
    assert set(named) <= set(topics())
