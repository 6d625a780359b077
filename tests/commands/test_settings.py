"""A bad configuration is told whole and at once, and the token is never told at all."""

import asyncio
import gc
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from bot import config
from bot.__main__ import app
from bot.commands import settings
from bot.config import BadConfiguration
from bot.simulator import Simulator
from storage.requests import of_request

TOKEN = "123456:AAH-very_secret"

WRONG = """
[telegram]
token = "123456 AAH-very_secret"
api = "api.telegram.org"
colour = "blue"
[database]
url = "mysql://root:hunter2@db/aspirasi"
workers = 0
[city]
prefix = "depok"
timezone = "Mars/Olympus"
days_off = ["besok"]
mayor = "Budi"
channel = "depok mendengar"
[staff]
administrators = ["dewi"]
[schedule]
quiet_from = "late"
tell_citizen_after_days = -1
every_seconds = "often"
[sending]
per_second = 5000
at_once = 1000
[weather]
rain = true
"""

FAULTS = (
    "telegram.token is not a bot token (123456:ABC...); @BotFather gives one",
    "telegram.api ",
    "telegram.colour is not a setting; see config.example.toml",
    "database.url must begin with sqlite:/// or postgresql://",
    "database.workers ",
    "city.prefix ",
    "city.timezone is no time zone; for example Asia/Jakarta",
    "city.days_off.0 ",
    "city.channel ",
    "city.mayor is not a setting",
    "staff.administrators.0 ",
    "schedule.quiet_from ",
    "schedule.tell_citizen_after_days ",
    "schedule.every_seconds ",
    "sending.per_second ",
    "sending.at_once ",
    "weather is not a setting",
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings from outside, and a working folder without a config.toml."""
    for variable in (*config.ENVIRONMENT, "ASPIRASI_CONFIG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def own_logging() -> Iterator[None]:
    """The root logger to play with; afterwards it is pytest's again."""
    root = logging.getLogger()
    handlers, level, noisy = root.handlers[:], root.level, logging.getLogger("httpx").level
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)
    logging.getLogger("httpx").setLevel(noisy)


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["run", "migrate", "doctor"])
def test_every_fault_is_named_at_once_and_no_value_is_repeated(command: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [command, "--config", str(written(tmp_path, WRONG))])
    assert result.exit_code == 2
    said = [line.strip() for line in result.stderr.splitlines()]
    assert said[0] == "The configuration has faults:"
    for fault in FAULTS:
        assert [line.startswith(fault) for line in said].count(True) == 1, fault
    assert len(said) == 1 + len(FAULTS)
    for secret in ("very_secret", "hunter2"):
        assert secret not in result.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "telegram.token is missing; set it in the file or in ASPIRASI_TELEGRAM_TOKEN"),
        ("[telegram]\n", "telegram.token is missing; set it in the file or in ASPIRASI_TELEGRAM_TOKEN"),
        ('telegram = "123456:AAH-very_secret"', "telegram is a section: [name] in a line of its own"),
        ("[telegram\ntoken = 123456:AAH-very_secret", "settings.toml: "),
    ],
)
def test_a_file_of_the_wrong_shape_is_told_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    result = CliRunner().invoke(app, ["migrate", "-c", str(written(tmp_path, text))])
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 2
    assert "very_secret" not in result.output


def test_a_section_that_is_no_section_is_a_fault_also_beside_the_environment(tmp_path: Path) -> None:
    path = written(tmp_path, 'telegram = 5\ndatabase = "sqlite:///x.db"')
    with pytest.raises(BadConfiguration) as told:
        config.load(path, {"ASPIRASI_TELEGRAM_TOKEN": TOKEN, "ASPIRASI_DATABASE_URL": "sqlite:///y.db"})
    assert [fault.split()[0].split(".")[0] for fault in told.value.faults] == ["telegram", "database"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'[city]\nname = "D\xe9pok"\n')
    for name in ("nowhere.toml", "latin.toml", "."):
        result = CliRunner().invoke(app, ["doctor", "--config", str(tmp_path / name)])
        assert result.exit_code == 2
        assert str(tmp_path / name) in result.stderr
    assert "copy config.example.toml" in CliRunner().invoke(app, ["doctor", "-c", "nowhere.toml"]).stderr


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, '[telegram]\ntoken = "1:FILE"\n[database]\nurl = "sqlite:///file.db"\nworkers = 7\n')
    found = config.load(
        path,
        {
            "ASPIRASI_TELEGRAM_TOKEN": TOKEN,
            "ASPIRASI_DATABASE_URL": "postgresql://db/aspirasi",
            "ASPIRASI_MODEL_DIR": "/models",
        },
    )
    assert (found.telegram.token, found.database.url) == (TOKEN, "postgresql://db/aspirasi")
    assert (found.model.folder, found.database.workers) == (Path("/models"), 7)
    kept = config.load(path, {"ASPIRASI_TELEGRAM_TOKEN": ""})
    assert kept.telegram.token == "1:FILE", "an empty variable says nothing"
    assert config.load(None, {"ASPIRASI_TELEGRAM_TOKEN": TOKEN}).city.prefix == "DPK"


def test_the_file_is_the_one_given_else_the_one_named_else_the_one_lying_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.find(None) is None
    (tmp_path / "config.toml").touch()
    assert settings.find(None) == Path("config.toml")
    monkeypatch.setenv("ASPIRASI_CONFIG", "/etc/aspirasi.toml")
    assert settings.find(None) == Path("/etc/aspirasi.toml")
    assert settings.find(Path("given.toml")) == Path("given.toml")


@pytest.mark.usefixtures("own_logging")
async def test_no_library_can_write_the_token_into_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    settings.logs("debug", TOKEN)
    logging.getLogger("httpx").setLevel(logging.INFO)  # it is quieter by default: this is the worst case
    async with Simulator.running(token=TOKEN) as sim, httpx.AsyncClient() as http:
        await http.post(f"{sim.url}/bot{TOKEN}/getMe")
    assert "/bot<token>/getMe" in told(capsys), "httpx told the address it asked"

    application = web.Application()
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with httpx.AsyncClient() as http:
        await http.get(f"http://127.0.0.1:{runner.addresses[0][1]}/bot{TOKEN}/getUpdates")
    await runner.cleanup()
    assert '"GET /bot<token>/getUpdates' in told(capsys), "aiohttp told what it was asked"


@pytest.mark.usefixtures("own_logging")
def test_neither_does_a_traceback_tell_it(capsys: pytest.CaptureFixture[str]) -> None:
    settings.logs("info", TOKEN)
    try:
        raise ValueError(f"bad address: https://api.telegram.org/bot{TOKEN}/getMe")
    except ValueError as error:
        logging.getLogger("aiohttp.client").error("failed: %s", error, exc_info=error)
    logging.getLogger("odd").warning("at %(url)s", {"url": TOKEN}, stack_info=True)
    logging.getLogger("bot").info("ready with %s workers", 4)
    said = told(capsys)
    assert said.count("<token>") == 2, "in two messages; the error's own words are not told at all"
    assert "ValueError: tests/commands/test_settings.py:" in said
    assert "INFO bot: [-] ready with 4 workers" in said


@pytest.mark.usefixtures("own_logging")
def test_no_secret_of_the_settings_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    key = Fernet.generate_key().decode()
    given = config.check(
        {
            "telegram": {"token": TOKEN},
            "webhook": {"secret": "hook-secret-of-ours"},
            "database": {"url": "postgresql://aspirasi:hunter2@db/aspirasi", "identity_keys": key},
        }
    )
    secrets = settings.secrets_of(given)
    assert secrets == [TOKEN, "hook-secret-of-ours", key, "hunter2"]
    settings.logs("info", *secrets)
    logging.getLogger("odd").warning("all of it: %s", " ".join(secrets))
    assert "all of it: <token> <secret> <secret> <secret>" in told(capsys)


@pytest.mark.usefixtures("own_logging")
async def test_a_line_names_its_request_and_an_error_nobody_waited_for_says_only_where(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.logs("info", TOKEN, as_json=True)
    with of_request("u77"):
        try:
            raise KeyError("Siti Aminah")
        except KeyError:
            logging.getLogger("bot").exception("failed: %s", TOKEN)
    asyncio.get_running_loop().set_exception_handler(settings.unhandled)
    task = asyncio.create_task(asyncio.to_thread(int, "Siti Aminah"))
    await asyncio.wait([task])
    del task
    gc.collect()
    first, second = (json.loads(line) for line in told(capsys).splitlines())
    assert (first["level"], first["part"], first["request"], first["message"]) == (
        "error",
        "bot",
        "u77",
        "failed: <token>",
    )
    assert first["error"].startswith("KeyError: tests/commands/test_settings.py:")
    assert second["message"].startswith("Task exception was never retrieved: ValueError")
    assert "Siti" not in str((first, second))


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What was logged since the last look; never the token."""
    said = capsys.readouterr().err
    assert "very_secret" not in said
    return said
