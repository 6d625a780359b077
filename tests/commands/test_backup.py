"""A copy made under load comes back whole; what is damaged, foreign or in the way is refused in one sentence."""

import asyncio
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.__main__ import app
from storage import audit, backup, envelope, migrate, moving, people, reports, staff
from storage.calendar import Calendar
from storage.engine import Database
from storage.envelope import CHUNK
from storage.lifecycle import Kind
from storage.reports import Opening
from storage.tables import Report
from tests.watch import Watch

NOW = Watch()()
KEY = Fernet.generate_key().decode()
CALENDAR = Calendar.of("Asia/Jakarta")
LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASPIRASI_TELEGRAM_TOKEN", "1:a")
    monkeypatch.setenv("ASPIRASI_BACKUP_KEY", KEY)


async def aspirasi(url: str, *words: str, **environment: str) -> Result:
    env = {"ASPIRASI_DATABASE_URL": url, **environment}
    return await asyncio.to_thread(CliRunner().invoke, app, list(words), env=env)


async def fill(database: Database, count: int, words: str = "", draft: str = "d") -> None:
    async with database.transaction() as session:
        citizen = await people.citizen_at(session, 7, "Siti", NOW)
        for number in range(count):
            opening = Opening(f"{draft}{number}", citizen.id or 0, words or LAMP, Kind.COMPLAINT, urgent=False)
            await reports.open_report(session, opening, prefix="DPK", calendar=CALENDAR, now=NOW)


async def table_counts(database: Database) -> dict[str, int]:
    async with database.engine.connect() as connection:
        return await connection.run_sync(backup.counts)


async def test_the_drill_backup_under_load_wipe_restore(database_url: str, empty_url: str, tmp_path: Path) -> None:
    copy, watch = tmp_path / "city.backup", Watch()
    database = Database(database_url)
    await fill(database, 20)
    async with database.transaction() as session:
        for _ in range(30):
            staff.record(session, now=NOW, chat_id=5, officer=None, action="see", report_id=1, allowed=False)
    watch.turn(minutes=5)
    async with database.transaction() as session:
        assert await audit.seal(session, watch())

    enough = asyncio.Event()

    async def load() -> None:
        """Citizens do not wait for a backup."""
        for number in range(100, 10_000):
            if enough.is_set():  # between two reports: one that is cut off in its transaction keeps SQLite's lock
                return
            await fill(database, 1, draft=f"load{number}")

    loading = asyncio.create_task(load())
    made = await aspirasi(database_url, "backup", "--out", str(copy))
    enough.set()
    await loading
    assert made.exit_code == 0, made.output
    with copy.open("rb") as sealed:
        promised = envelope.header(sealed)["counts"]
    there = await table_counts(database)
    assert 20 <= promised["report"] <= there["report"]
    await database.close()
    assert LAMP.encode() not in copy.read_bytes()
    assert copy.stat().st_mode & 0o077 == 0

    if database_url.startswith("sqlite") == empty_url.startswith("sqlite"):
        back = await aspirasi(empty_url, "restore", str(copy))
        assert (back.exit_code, "all there" in back.output) == (0, True), back.output
        again = Database(empty_url)
        await migrate.check(again)
        assert await table_counts(again) == promised
        proven = await aspirasi(empty_url, "audit", "verify")
        assert proven.exit_code == 0, proven.output
        await again.close()
        assert "not empty" in (await aspirasi(empty_url, "restore", str(copy))).output
    else:
        assert "The copy is of" in (await aspirasi(empty_url, "restore", str(copy))).output


async def test_a_damaged_or_foreign_file_or_key_is_refused(
    sqlite_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, copy = f"sqlite:///{tmp_path / 'full.db'}", tmp_path / "city.backup"
    (tmp_path / "full.db").write_bytes(sqlite_file.read_bytes())
    database = Database(full)
    await fill(database, 3, "panjang " * (CHUNK // 8))
    await database.close()
    assert (await aspirasi(full, "backup", "--out", str(copy))).exit_code == 0
    whole = copy.read_bytes()
    assert len(whole) > 2 * CHUNK

    def tampered(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    middle = len(whole) // 2
    for name, content, said in [
        ("cut", whole[:-40], "does not open"),
        ("cut-at-a-chunk", whole[: whole.index(b"\n", 20) + 1 + CHUNK + 16], "does not open"),
        ("changed", whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], "does not open"),
        ("counts-changed", whole.replace(b'"report": 3', b'"report": 4', 1), "does not open"),
        ("foreign", b"PK\x03\x04 something else", "is not a backup"),
        ("empty", b"", "is not a backup"),
    ]:
        new = tmp_path / f"{name}.db"
        refused = await aspirasi(f"sqlite:///{new}", "restore", tampered(name, content))
        assert refused.exit_code == 2, name
        assert said in refused.output, name
        assert not new.exists(), name  # nothing half restored
    other = {"ASPIRASI_BACKUP_KEY": Fernet.generate_key().decode()}
    new = f"sqlite:///{tmp_path / 'new.db'}"
    assert "does not open" in (await aspirasi(new, "restore", str(copy), **other)).output
    assert "32 random bytes" in (await aspirasi(new, "restore", str(copy), ASPIRASI_BACKUP_KEY="short")).output
    monkeypatch.delenv("ASPIRASI_BACKUP_KEY")
    assert "Set ASPIRASI_BACKUP_KEY" in (await aspirasi(full, "backup")).output


async def test_from_sqlite_to_postgresql_with_every_row_and_numbers_that_go_on(
    sqlite_file: Path, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "SLICE", 2)  # so that no table goes in one
    small = f"sqlite:///{tmp_path / 'small.db'}"
    (tmp_path / "small.db").write_bytes(sqlite_file.read_bytes())
    there = Database(small)
    await fill(there, 5)
    async with there.transaction() as session:
        first = await session.get_one(Report, 1)
        first.merged_into_id = 4  # points at a row that is copied later
    await there.close()
    server = Database(f"{postgres}/postgres")
    async with server.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text("CREATE DATABASE grown"))
    await server.close()
    large = f"{postgres}/grown"
    moved = await aspirasi(small, "move", "--to", large)
    assert (moved.exit_code, "all there" in moved.output) == (0, True), moved.output
    here = Database(large)
    async with here.transaction() as session:
        assert (await session.get_one(Report, 1)).merged_into_id == 4
        opening = Opening("later", 1, LAMP, Kind.COMPLAINT, urgent=False)
        report, new = await reports.open_report(session, opening, prefix="DPK", calendar=CALENDAR, now=NOW)
        assert (report.id, new) == (6, True)
    await here.close()
    assert "not empty" in (await aspirasi(small, "move", "--to", large)).output
    assert "from SQLite to PostgreSQL" in (await aspirasi(large, "move", "--to", small)).output
