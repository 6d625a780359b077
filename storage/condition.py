"""How the service is: what waits, who works, what went wrong, how far the periodic jobs are, how large the database."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import backlog, broadcasts, processes, runs, troubles
from storage.backlog import Coming, Going
from storage.tables import Broadcast, Run, Trouble

SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


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
