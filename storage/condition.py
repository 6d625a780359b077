"""How the service is: what waits, who works, what went wrong, how far the periodic jobs are, how large the database."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import backlog, broadcasts, processes, runs, troubles
from storage.backlog import Coming, Going
from storage.engine import Database
from storage.tables import Broadcast, Run, Trouble

SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}

WRITES_FIRST = ("fsync", "full_page_writes", "synchronous_commit")
"""What PostgreSQL must have on to keep what it has confirmed (https://www.postgresql.org/docs/current/wal-reliability.html)."""


@dataclass(frozen=True)
class Condition:
    """As the database knows it at one moment."""

    coming: Coming
    going: Going
    alive: Counter[str]
    """Live processes of each part."""
    wrong: list[Trouble]
    runs: list[Run]
    """The newest issue of each periodic job, by its name."""
    broadcast: Broadcast | None
    """The message to many that was confirmed last."""
    engine: str
    size: int
    """Bytes."""


async def look(session: AsyncSession, now: datetime) -> Condition:
    """The condition now. Some ten small queries; none walks the reports."""
    engine = session.get_bind().dialect.name
    return Condition(
        coming=await backlog.inbox(session, now),
        going=await backlog.outbox(session, now),
        alive=await processes.live(session, now),
        wrong=await troubles.present(session),
        runs=await runs.newest(session),
        broadcast=await broadcasts.newest(session),
        engine=engine,
        size=int((await session.exec(text(SIZE[engine]))).scalar_one()),  # type: ignore[call-overload]
    )


async def careless(database: Database) -> list[str]:
    """Which of `WRITES_FIRST` are off here; none on SQLite, whose settings are ours (storage/sqlite.py)."""
    if database.is_sqlite:
        return []
    off = text("SELECT name FROM pg_settings WHERE name = ANY (:names) AND setting = 'off' ORDER BY name")
    async with database.engine.connect() as connection:
        return list((await connection.execute(off, {"names": list(WRITES_FIRST)})).scalars())
