"""`aspirasi run` and `aspirasi migrate`, as an operator meets them."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from sqlmodel import func, select
from typer.testing import CliRunner

from bot import config
from bot.__main__ import app
from bot.simulator import Limits, Simulator
from storage import migrate
from storage.engine import Database
from storage.tables import Inbox, InboxState, Outbox, OutboxState
from tests.commands.test_settings import own_logging  # noqa: F401  (a fixture)

TOKEN = "123456:AAH-very_secret"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in (*config.ENVIRONMENT, "ASPIRASI_CONFIG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("ASPIRASI_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def settings_file(folder: Path, *, database: str, model: Path, api: str = "http://127.0.0.1:1") -> Path:
    path = folder / "settings.toml"
    path.write_text(
        f'[telegram]\napi = "{api}"\n[database]\nurl = "{database}"\n[model]\nfolder = "{model}"\n', encoding="utf-8"
    )
    return path


@asynccontextmanager
async def started(log: Path, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m bot ...`, its standard error in a file; ended at the end, whatever happens."""
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, env=dict(os.environ), stderr=file
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@contextmanager
def in_another_thread(simulator: Simulator) -> Iterator[None]:
    """The simulator at work while this thread belongs to a command, which needs it for its signals."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(simulator.start(), loop).result(10)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(simulator.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def make_outdated(url: str) -> None:
    """Some migrations are still to come."""
    database = Database(url)
    await migrate.downgrade(database, "0008")
    await database.close()


def test_migrate_says_what_it_did_and_does_nothing_the_second_time(empty_url: str, tmp_path: Path) -> None:
    path = str(settings_file(tmp_path, database=empty_url, model=tmp_path))
    newest = migrate.newest()
    first, second = [CliRunner().invoke(app, ["migrate", "-c", path]) for _ in range(2)]
    assert (first.exit_code, first.stdout) == (0, f"Schema empty -> {newest}\n")
    assert (second.exit_code, second.stdout) == (0, f"Schema {newest}: nothing to do\n")


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    path = settings_file(tmp_path, database=f"sqlite:///{tmp_path}/share/aspirasi/aspirasi.db", model=tmp_path)
    assert CliRunner().invoke(app, ["migrate", "-c", str(path)]).exit_code == 0
    assert (tmp_path / "share" / "aspirasi" / "aspirasi.db").exists()


@pytest.mark.usefixtures("own_logging")
def test_run_refuses_an_outdated_schema_and_names_the_command(
    database_url: str, model_root: Path, tmp_path: Path
) -> None:
    asyncio.run(make_outdated(database_url))
    path = settings_file(tmp_path, database=database_url, model=model_root)
    result = CliRunner().invoke(app, ["run", "--config", str(path)])
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1].endswith("Run: aspirasi migrate")
    assert "very_secret" not in result.output


@pytest.mark.usefixtures("own_logging")
def test_run_with_a_token_telegram_does_not_know_says_so(model_root: Path, tmp_path: Path) -> None:
    simulator = Simulator(token="654321:OTHER")
    with in_another_thread(simulator):
        path = settings_file(tmp_path, database=f"sqlite:///{tmp_path / 'x.db'}", model=model_root, api=simulator.url)
        result = CliRunner().invoke(app, ["run", "--config", str(path)])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "Telegram does not know this bot token. @BotFather shows the right one."
    assert "very_secret" not in result.output


async def test_the_service_works_until_sigterm_and_ends_cleanly(model_root: Path, tmp_path: Path) -> None:
    async with Simulator.running(token=TOKEN, limits=Limits.off()) as sim:
        url = f"sqlite:///{tmp_path / 'aspirasi.db'}"
        path, log = settings_file(tmp_path, database=url, model=model_root, api=sim.url), tmp_path / "log"
        sim.faults.next("getMe", kind="502")  # a bumpy start
        siti = sim.person("Siti")
        await siti.starts()
        async with started(log, "run", "-c", str(path), "--log-level", "debug") as process:
            await siti.waits_for("Halo", timeout=60)
            await siti.says("Rahasia: lampu gang kami mati sudah tiga malam")
            await siti.waits_for("Di mana tempatnya", timeout=20)
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 10)
        said = log.read_text()
        assert process.returncode == 0, said[-2000:]
        assert "ready as @AspirasiDepokBot" in said
        assert "Traceback" not in said
        for secret in ("very_secret", "Rahasia", "Siti"):
            assert secret not in said
        assert re.search(r" DEBUG bot.incoming.worker: \[u\d+\] \d+ handled in", said)
        assert await left_over(url) == 0


START = """
import sys
from bot import __main__
from bot.incoming import late
late.import_aiogram()
import bot.app, classifier, classifier.faq
model = classifier.load(sys.argv[1])
classifier.faq.Faq(classifier.faq.written().values(), model).find("apa syarat ktp hilang?", model.predict("lampu mati"))
print(*sorted(set(sys.argv[2:]) & set(sys.modules)))
"""
HEAVY = ["sklearn", "scipy", "pandas", "matplotlib", "PIL", "imagehash", "openpyxl", "reportlab", "shapely"]


def test_the_start_imports_nothing_that_only_training_pictures_and_files_need(model_root: Path) -> None:
    command = [sys.executable, "-c", START, str(model_root), *HEAVY]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == ""


async def left_over(url: str) -> int:
    """Rows that were being worked on when the service ended."""
    database = Database(url)
    async with database.reading() as session:
        coming = select(func.count()).select_from(Inbox).where(Inbox.state != InboxState.DONE)
        going = select(func.count()).select_from(Outbox).where(Outbox.state != OutboxState.SENT)
        count = (await session.exec(coming)).one() + (await session.exec(going)).one()
    await database.close()
    return count
