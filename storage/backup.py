"""A sealed copy of the whole database, made while the service runs, and the way back."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from storage import envelope, migrate
from storage.engine import Database

PIECE = 1 << 20
Counts = dict[str, int]


class NotEmpty(Exception):
    """There is something in the database that a restore would mix with."""

    code = "not_empty"


class WrongEngine(Exception):
    """The copy is of the other database engine; `aspirasi move` goes from one to the other."""

    code = "wrong_engine"


class ToolFailed(Exception):
    """pg_dump or pg_restore is missing or ended badly; the message is its own."""

    code = "tool_failed"


def counts(connection: Connection) -> Counts:
    """Rows of every table."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }


async def require_empty(database: Database) -> None:
    """Raises: NotEmpty."""
    async with database.engine.connect() as connection:
        if await connection.run_sync(lambda c: inspect(c).get_table_names()):
            raise NotEmpty


async def make(database: Database, target: Path, key: str, now: datetime) -> Counts:
    """Write a sealed copy of the database as it is at one moment. The file appears whole or not at all.

    Raises: envelope.BadKey, ToolFailed.
    """
    envelope.cipher(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    head = {"schema": await migrate.current(database), "made_at": now.isoformat()}
    try:
        with unfinished.open("wb") as out:
            unfinished.chmod(0o600)
            async with database.engine.connect() as connection:
                await connection.execution_options(reads_only=True, isolation_level="SERIALIZABLE")
                copy = _copy_sqlite if database.is_sqlite else _copy_postgresql
                found: Counts = await connection.run_sync(copy, out, key, head)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return found


def _copy_sqlite(connection: Connection, out: Any, key: str, head: dict[str, Any]) -> Counts:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        original = str(connection.engine.url.database)
        with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)  # SQLite's online backup: one moment, others go on writing
        found = _counts_in(copy)
        with copy.open("rb") as whole:
            envelope.write(out, key, head | {"engine": "sqlite", "counts": found}, iter(lambda: whole.read(PIECE), b""))
    return found


def _counts_in(file: Path) -> Counts:
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as copy:
            return counts(copy)
    finally:
        engine.dispose()


def _copy_postgresql(connection: Connection, out: Any, key: str, head: dict[str, Any]) -> Counts:
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    found = counts(connection)
    url = connection.engine.url
    command = [_tool("pg_dump"), "--format=custom", f"--snapshot={snapshot}", "--no-owner", *_where(url)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(url)) as dump:  # noqa: S603
        if dump.stdout is None or dump.stderr is None:
            raise ToolFailed("pg_dump said nothing")
        parts = iter(lambda: dump.stdout.read(PIECE) if dump.stdout else b"", b"")
        envelope.write(out, key, head | {"engine": "postgresql", "counts": found}, parts)
        said = dump.stderr.read().decode(errors="replace").strip()
    if dump.returncode:
        raise ToolFailed(said.splitlines()[-1] if said else "pg_dump failed")
    return found


async def restore(database: Database, source: Path, key: str) -> tuple[Counts, Counts]:
    """Fill an empty database from a sealed copy; returns (rows as promised by the copy, rows as found afterwards).

    Raises: NotEmpty, WrongEngine, ToolFailed, envelope.NotABackup, envelope.BadKey, envelope.CannotOpen.
    """
    with source.open("rb") as sealed:
        head = envelope.header(sealed)
    if (head["engine"] == "sqlite") != database.is_sqlite:
        raise WrongEngine(head["engine"])
    if not database.is_sqlite or Path(str(make_url(database.url).database)).exists():  # a look would make the file  # noqa: ASYNC240
        await require_empty(database)
    await database.engine.dispose()
    with tempfile.TemporaryDirectory() as folder:
        opened = Path(folder) / "opened"
        with source.open("rb") as sealed, opened.open("wb") as out:
            for part in envelope.read(sealed, key):
                out.write(part)
        url = make_url(database.url)
        if database.is_sqlite:
            shutil.move(opened, str(url.database))
        else:
            command = [_tool("pg_restore"), "--no-owner", "--exit-on-error", "--single-transaction", *_where(url)]
            done = subprocess.run([*command, str(opened)], capture_output=True, env=_environment(url), check=False)  # noqa: ASYNC221, S603
            if done.returncode:
                raise ToolFailed(done.stderr.decode(errors="replace").strip().splitlines()[-1])
    async with database.engine.connect() as connection:
        return head["counts"], await connection.run_sync(counts)


def _tool(name: str) -> str:
    """The newest one installed: an older one cannot dump a newer server. Raises: ToolFailed."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parent.parent.name))
    tool = str(found[-1]) if found else shutil.which(name)
    if tool is None:
        raise ToolFailed(f"{name} is not installed; on Debian or Ubuntu: apt-get install postgresql-client")
    return tool


def _where(url: URL) -> Iterator[str]:
    for option, value in (("host", url.host), ("port", url.port), ("username", url.username), ("dbname", url.database)):
        if value:
            yield f"--{option}={value}"


def _environment(url: URL) -> dict[str, str]:
    """The password goes where `ps` does not show it."""
    return {"PATH": os.environ.get("PATH", "")} | ({"PGPASSWORD": url.password} if url.password else {})
