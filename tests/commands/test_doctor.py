"""`aspirasi doctor` looks at everything the service stands on; each fault comes with what to do about it."""

import asyncio
import base64
import json
import os
import re
import shutil
import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from bot import config
from bot.__main__ import app
from bot.commands import doctor
from bot.commands.doctor import Unwell
from bot.simulator import Simulator
from bot.simulator.methods.setup import commands_for
from storage import envelope, migrate, staff
from storage.engine import Database
from tests import cluster, grounds
from tests.conftest import settings_for

TOKEN = "123456:AAH-very_secret"
THIS_YEAR = datetime.now(UTC).year
DAYS_OFF = f"[{THIS_YEAR}-12-31, {THIS_YEAR + 1}-12-31]"  # so that these tests pass in every year


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (*config.ENVIRONMENT, "ASPIRASI_CONFIG"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator.running(token=TOKEN) as simulator:
        yield simulator


async def examine(folder: Path, *more: str, api: str, database: str, model: Path, token: str = TOKEN) -> Result:
    """What the doctor says about such a configuration. In a thread: the command has an event loop of its own."""
    path = folder / "settings.toml"
    path.write_text(
        f'[telegram]\ntoken = "{token}"\napi = "{api}"\n[database]\nurl = "{database}"\n'
        f'[model]\nfolder = "{model}"\n[city]\ndays_off = {DAYS_OFF}\n',
        encoding="utf-8",
    )
    result = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", "--config", str(path), *more])
    assert "very_secret" not in result.output
    return result


def new_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def faults(result: Result) -> list[str]:
    assert result.exit_code == 1
    said = [line.removeprefix("FAULT  ") for line in result.stdout.splitlines() if line.startswith("FAULT")]
    assert result.stderr.strip() == f"{len(said)} of {len(doctor.CHECKS) + 1} checks failed."
    return said


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
async def careful_url(database_url: str) -> AsyncIterator[str]:
    """A database that keeps what it has confirmed; the test run's own PostgreSQL does not."""
    if database_url.startswith("sqlite"):
        yield database_url
        return
    with cluster.running(durable=True) as server:
        database = Database(f"{server}/postgres")
        await migrate.upgrade(database)
        await database.close()
        yield f"{server}/postgres"


async def test_a_healthy_service_is_ok_line_by_line(
    sim: Simulator, careful_url: str, model_root: Path, tmp_path: Path
) -> None:
    result = await examine(tmp_path, api=sim.url, database=careful_url, model=model_root)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[:2] == ["ok     configuration", "ok     token: @AspirasiDepokBot"]
    assert re.fullmatch(r"ok     clock: within \d+ s of Telegram's", lines[2])
    assert lines[3].startswith("ok     database: schema 0")
    assert lines[4] == f"ok     model: version {(model_root / 'current').read_text().strip()}"
    assert lines[5].startswith("ok     calendar: ")


async def test_apply_sets_what_people_see_of_the_bot(sim: Simulator, careful_url: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    siti, budi = sim.person("Siti Aminah"), sim.person("Budi Hartono")
    await budi.starts()
    sim.world.menu_buttons[0] = {"type": "default"}
    database = Database(careful_url)
    async with database.transaction() as session:
        await staff.ensure_administrators(session, [budi.id, 999], now)
    await database.close()

    given: dict[str, Any] = {"api": sim.url, "database": careful_url, "model": tmp_path / "model"}
    first = await examine(tmp_path, "--apply", **given)
    assert first.exit_code == 0, first.output
    *_, name, description, short, button, commands = first.stdout.splitlines()
    assert [name, description, short, button] == [
        f"ok     {what}: set" for what in ("name", "description", "short_description", "menu button")
    ]
    assert commands == "ok     commands: set for citizens, groups and 1 of the staff; 1 have not written to the bot yet"
    assert sim.world.profile["name"] == "Aspirasi Kota Depok"
    assert "Darurat?" in sim.world.profile["description"]
    assert sim.world.menu_buttons[0] == {"type": "commands"}
    seen = {who.name: {c["command"] for c in commands_for(sim.world, who.id, who.id)} for who in (siti, budi)}
    assert {"lapor", "privasi"} <= seen[siti.name]
    assert "kelola" not in seen[siti.name]
    assert {"lapor", "privasi", "kelola"} <= seen[budi.name]

    again = await examine(tmp_path, "--apply", **given)
    assert again.stdout.count("as it should be") == 4


async def test_apply_tells_what_telegram_said(sim: Simulator, tmp_path: Path) -> None:
    sim.faults.next("setMyName", kind="429", retry_after=86400)
    new = f"sqlite:///{tmp_path / 'new.db'}"
    result = await examine(tmp_path, "--apply", api=sim.url, database=new, model=tmp_path / "model")
    assert result.exit_code == 1
    assert "FAULT  profile: Telegram did not take it (Too Many Requests: retry after 86400)" in result.stdout


async def test_before_the_first_start_nothing_is_missing(sim: Simulator, tmp_path: Path) -> None:
    new = f"sqlite:///{tmp_path / 'data' / 'aspirasi.db'}"
    result = await examine(tmp_path, api=sim.url, database=new, model=tmp_path / "model")
    assert result.exit_code == 0, result.output
    assert "ok     database: empty; the first start makes its tables" in result.stdout
    assert "ok     model: none yet; the first start trains it" in result.stdout


async def test_a_wrong_token_and_an_outdated_schema(sim: Simulator, careful_url: str, tmp_path: Path) -> None:
    database = Database(careful_url)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    await database.close()
    result = await examine(
        tmp_path, api=sim.url, database=careful_url, model=tmp_path / "model", token="999:very_secret_too"
    )
    token, schema = faults(result)
    assert token == "token: Telegram does not know it; @BotFather shows the right one"
    assert schema.startswith("database: schema 0000, this program needs 0")
    assert schema.endswith("; run: aspirasi migrate")


async def test_a_postgresql_that_forgets(sim: Simulator, postgres: str, tmp_path: Path) -> None:
    """As our test run starts its own."""
    result = await examine(tmp_path, api=sim.url, database=f"{postgres}/postgres", model=tmp_path / "model")
    off = "PostgreSQL runs with fsync, full_page_writes, synchronous_commit off"
    assert faults(result) == [f"database: {off}: a crash loses what was confirmed; switch it on"]


async def test_nobody_answers(tmp_path: Path) -> None:
    port = unused_port()
    result = await examine(
        tmp_path,
        api=f"http://127.0.0.1:{port}",
        database=f"postgresql://aspirasi:hunter2@127.0.0.1:{port}/aspirasi",
        model=tmp_path / "model",
    )
    token, clock, database = faults(result)
    assert token.startswith("token: Telegram cannot be reached (")
    assert token.endswith("is this machine online?")
    assert clock.startswith("clock: cannot be compared with Telegram's (")
    assert database.startswith("database: cannot be opened (")
    assert database.endswith("check database.url and that the server runs")
    assert "hunter2" not in result.output


async def test_a_damaged_model(sim: Simulator, model_root: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(model_root, tmp_path / "model"))
    version = copy / "versions" / (copy / "current").read_text().strip()
    stems = version / "stems.json"
    stems.write_text(json.dumps(json.loads(stems.read_text()) | {"jalan": "jamur"}))
    result = await examine(tmp_path, api=sim.url, database=f"sqlite:///{tmp_path / 'new.db'}", model=copy)
    (model,) = faults(result)
    assert "stems.json is damaged or was altered" in model
    assert model.endswith("Train again with `aspirasi train`.")


async def test_a_clock_that_is_wrong(tmp_path: Path) -> None:
    async def an_hour_from_another_year(_request: web.Request) -> web.Response:
        return web.Response(headers={"Date": "Mon, 05 Jan 2026 00:00:00 GMT"})

    elsewhere = web.Application()
    elsewhere.router.add_get("/", an_hour_from_another_year)
    runner = web.AppRunner(elsewhere)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api = f"http://127.0.0.1:{runner.addresses[0][1]}"
    result = await examine(tmp_path, api=api, database=f"sqlite:///{tmp_path / 'x.db'}", model=tmp_path)
    await runner.cleanup()
    (clock,) = [fault for fault in faults(result) if fault.startswith("clock")]
    assert clock.endswith(" s away from Telegram's; let the machine set its clock by NTP")


def test_the_boundaries(tmp_path: Path) -> None:
    def asked(path: Path | str) -> str:
        return doctor.boundaries(settings_for("sqlite:///unused.db", city={"boundaries": str(path)}))

    assert asked("") == "none; only a pin far outside of the city is noticed"
    assert asked(grounds.written(tmp_path)) == "65 polygons, all 63 kelurahan"
    with pytest.raises(Unwell, match=r"no such file; docs/places\.md says how the file is made"):
        asked(tmp_path / "none.geojson")


def test_a_year_whose_joint_leave_nobody_knows_is_a_fault_until_the_days_are_given() -> None:
    plain = settings_for("sqlite:///unused.db")
    assert doctor.calendar(plain, 2025) == "2025 and 2026 known"
    with pytest.raises(Unwell, match=r"no joint leave known for 2090, 2091; put the days into city\.days_off"):
        doctor.calendar(plain, 2090)
    given = settings_for("sqlite:///unused.db", city={"days_off": ["2090-03-01", "2091-03-02"]})
    assert doctor.calendar(given, 2090) == "2090 and 2091 known"


def test_nightly_copies(tmp_path: Path) -> None:
    key, folder = new_key(), tmp_path / "copies"
    settings = settings_for("sqlite:///:memory:", backup={"folder": folder, "key": key})
    assert doctor.copies(settings).endswith("yet; the first is made at half past one at night")

    newest = folder / "aspirasi-20261130.backup"
    with newest.open("wb") as sealed:
        envelope.write(sealed, key, {}, [b"rows"])
    assert doctor.copies(settings) == "1, the newest 0 hours old"

    other = settings_for("sqlite:///:memory:", backup={"folder": folder, "key": new_key()})
    with pytest.raises(Unwell, match=r"does not open with backup\.key"):
        doctor.copies(other)

    os.utime(newest, (time.time() - 3 * 86400,) * 2)
    with pytest.raises(Unwell, match=r"aspirasi-20261130\.backup is the newest, 3\.0 days old"):
        doctor.copies(settings)

    newest.unlink()
    folder.rmdir()
    folder.write_text("not a folder")
    with pytest.raises(Unwell, match="cannot be written to"):
        doctor.copies(settings)
