"""What every test may ask for: a database of either engine, a trained model, a running service."""

import asyncio
import itertools
import logging
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text

from bot import config
from bot.commands.settings import Secretive
from bot.config import Settings
from bot.simulator import Limits, Simulator
from storage import migrate
from storage.engine import Database
from tests import cluster
from tests.town import Town

collect_ignore_glob = ["benchmarks/*"]

CACHE = Path(__file__).parent.parent / ".cache"
ENGINES = ("sqlite", "postgresql")
OURS = ("bot", "storage", "classifier", "asyncio", "aiohttp", "sqlalchemy", "alembic")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of this run's own PostgreSQL server, with a database `ready` that has all tables, to copy."""
    with cluster.running() as url:
        asyncio.run(_statement(f"{url}/postgres", "CREATE DATABASE ready"))
        asyncio.run(_migrate(f"{url}/ready"))
        yield url


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to copy."""
    path = tmp_path_factory.mktemp("ready") / "ready.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


async def _migrate(url: str) -> None:
    database = Database(url)
    await migrate.upgrade(database)
    await database.close()


async def _statement(url: str, statement: str) -> None:
    server = Database(url)
    async with server.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text(statement))
    await server.close()


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database with all tables and no rows, once for each engine."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "test.db")
        return f"sqlite:///{tmp_path / 'test.db'}"
    server, name = request.getfixturevalue("postgres"), f"t{next(_numbers)}"
    asyncio.run(_statement(f"{server}/postgres", f"CREATE DATABASE {name} TEMPLATE ready"))
    return f"{server}/{name}"


@pytest.fixture(params=ENGINES)
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], AbstractContextManager[str]]:
    """Makes databases with all tables and no rows, each gone after its use; once for each engine."""

    @contextmanager
    def small() -> Iterator[str]:
        file = tmp_path / f"fresh{next(_numbers)}.db"
        shutil.copy(request.getfixturevalue("sqlite_file"), file)
        yield f"sqlite:///{file}"
        for part in tmp_path.glob(f"{file.name}*"):
            part.unlink()

    @contextmanager
    def large() -> Iterator[str]:
        server, name = request.getfixturevalue("postgres"), f"t{next(_numbers)}"
        asyncio.run(_statement(f"{server}/postgres", f"CREATE DATABASE {name} TEMPLATE ready"))
        yield f"{server}/{name}"
        asyncio.run(_statement(f"{server}/postgres", f"DROP DATABASE {name}"))

    return small if request.param == "sqlite" else large


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without anything in it, once for each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server, name = request.getfixturevalue("postgres"), f"e{next(_numbers)}"
    asyncio.run(_statement(f"{server}/postgres", f"CREATE DATABASE {name}"))
    return f"{server}/{name}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with all tables and no rows."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def model_root() -> Path:
    """Folder of the model trained on the whole corpus, kept in .cache as long as data and code stay the same."""
    from tests.models import model_folder

    return model_folder(CACHE)


@pytest.fixture(scope="session")
def classifier(model_root: Path):  # type: ignore[no-untyped-def]
    """That model, loaded."""
    import classifier

    return classifier.load(model_root)


@pytest.fixture
async def town(database_url: str, classifier) -> AsyncIterator[Town]:  # type: ignore[no-untyped-def]
    """The running service on a simulator, with an administrator; people join by name."""
    async with Town.running(database_url, classifier) as town:
        yield town


UNSPEAKABLE = ("123456:TEST", "Siti Aminah", "Budi Hartono", "Dewi Lestari", "sudah tiga malam")
"""A token, names and words of people in the tests: no line of the log may tell them."""


@pytest.fixture(autouse=True)
def silent_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Searches the whole log of every test, as an operator would read it, for secrets and for people."""
    yield
    reader = Secretive("123456:TEST")
    for record in caplog.get_records("call"):
        if record.levelno >= logging.INFO and record.name.partition(".")[0] in OURS:
            line = reader.format(record)
            assert not [word for word in UNSPEAKABLE if word in line], line


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A Bot API with nobody at it yet, and no limits."""
    async with Simulator.running(limits=Limits.off()) as simulator:
        yield simulator


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def settings_for(database_url: str, api: str = "http://127.0.0.1:1", **changes: object) -> Settings:
    given = {
        "telegram": {"token": "123456:TEST", "api": api},
        "database": {"url": database_url},
        "limits": {"reports_per_hour": 1_000, "messages_per_minute": 1_000},
    }
    return config.check(given | changes)
