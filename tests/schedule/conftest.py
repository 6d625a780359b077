"""The city that the tests of this folder turn the clock of."""

from collections.abc import AsyncIterator

import pytest

from storage.engine import Database
from tests.conftest import settings_for
from tests.schedule.city import City


@pytest.fixture
async def city(database_url: str) -> AsyncIterator[City]:
    database = Database(database_url)
    city = City(database, settings_for(database_url, city={"channel": "@depokmendengar"}))
    await city.begins()
    yield city
    await database.close()
