"""What every test may ask for: a database of either engine, a trained model, a running service with people around it."""

import itertools
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import config
from bot.config import Settings
from storage import migrate
from storage.engine import Database
from tests import cluster
from tests.town import Town

CACHE = Path(__file__).parent.parent / ".cache"
ENGINES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of this run's own PostgreSQL server."""
    with cluster.running() as url:
        yield url


@pytest.fixture(params=ENGINES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, once for each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return await _fresh(request.getfixturevalue("postgres"))


async def _fresh(server: str) -> str:
    """A new database in the cluster, copied from one that has its tables (fast) once that exists."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    admin = Database(f"{server}/postgres")
    async with admin.engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text(f'CREATE DATABASE "{name}"'))
    await admin.close()
    return f"{server}/{name}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with all tables."""
    database = Database(database_url)
    await migrate.upgrade(database)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def classifier():  # type: ignore[no-untyped-def]
    """The model trained on the whole corpus, kept in .cache between runs as long as data and code stay the same."""
    from tests.models import full_model

    return full_model(CACHE)


@pytest.fixture
async def town(database_url: str, classifier) -> AsyncIterator[Town]:  # type: ignore[no-untyped-def]
    """The running service on a simulator, with an administrator; people join by name."""
    async with open_town(database_url, classifier) as town:
        yield town


@asynccontextmanager
async def open_town(database_url: str, classifier, **changes: object) -> AsyncIterator[Town]:  # type: ignore[no-untyped-def]
    async with Town.running(database_url, classifier, **changes) as town:
        yield town


def settings_for(database_url: str, api: str = "http://127.0.0.1:1", **changes: object) -> Settings:
    return config.check({"telegram": {"token": "123456:TEST", "api": api}, "database": {"url": database_url}} | changes)


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds
