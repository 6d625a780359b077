"""Numbers that only grow: report numbers of a year, the newest digest that was made."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import upsert
from storage.tables import Counter


async def next_in(session: AsyncSession, series: str) -> int:
    """The next number of a series, from 1, never given twice."""
    statement = (
        upsert(session, Counter)
        .values(series=series, last=1)
        .on_conflict_do_update(index_elements=["series"], set_={"last": Counter.last + 1})
        .returning(col(Counter.last))
    )
    return int((await session.exec(statement)).scalar_one())


async def advance(session: AsyncSession, series: str, to: int) -> bool:
    """Move a series forward to `to`. False if it was there already, then nothing changes."""
    last = (await session.exec(select(Counter.last).where(Counter.series == series))).first()
    if last is not None and last >= to:
        return False
    statement = upsert(session, Counter).values(series=series, last=to)
    await session.exec(statement.on_conflict_do_update(index_elements=["series"], set_={"last": to}))
    return True
