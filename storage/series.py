"""Numbers that only grow: report numbers of a year, the newest digest that was made."""

from functools import cache
from typing import Any

from sqlalchemy import Engine, func
from sqlalchemy.orm import Session
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import ask, dialect_of, inserting, upsert
from storage.tables import Counter


async def next_in(session: AsyncSession, series: str) -> int:
    """The next number of a series, from 1, never given twice."""
    return int(await ask(session, _counting(dialect_of(session)), {"series": series, "last": 1}))


async def next_aside(session: AsyncSession, series: str) -> int:
    """The next number of a series, at once and for good, so that others need not wait until this transaction ends.

    A number whose transaction comes to nothing is not given again. SQLite has one writer, who keeps nobody waiting.
    """
    if dialect_of(session) == "sqlite":
        return await next_in(session, series)

    def take(plain: Session) -> int:
        engine: Engine = plain.get_bind()  # type: ignore[assignment]  # ours are bound to nothing else
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as aside:
            return int(aside.execute(_counting_aside(), {"series": series, "last": 1}).one()[0])

    return await session.run_sync(take)


@cache
def _counting(dialect: str) -> Any:
    further = {"last": Counter.last + 1}
    counted = inserting(dialect, Counter).on_conflict_do_update(index_elements=["series"], set_=further)
    return counted.returning(col(Counter.last))


@cache
def _counting_aside() -> Any:
    """Its commit does not wait for the disk: whatever uses the number is committed later, and so is its log written."""
    return _counting("postgresql").returning(func.set_config("synchronous_commit", "off", True))


async def last(session: AsyncSession, series: str) -> int:
    """Where a series stands; 0 before its first number."""
    return (await session.exec(select(Counter.last).where(Counter.series == series))).first() or 0


async def advance(session: AsyncSession, series: str, to: int, *, below: int | None = None) -> bool:
    """Move a series forward to `to` if it stands below `below` (None: below `to`). Of many processes, one does it."""
    statement = (
        upsert(session, Counter)
        .values(series=series, last=to)
        .on_conflict_do_update(
            index_elements=["series"],
            set_={"last": to},
            where=col(Counter.last) < (to if below is None else below),
        )
        .returning(col(Counter.last))
    )
    return (await session.exec(statement)).first() is not None
