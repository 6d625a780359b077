"""Issues of periodic jobs: begun once whoever asks, carried on by any process, slice by slice."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import upsert
from storage.tables import Run, RunState


async def is_known(session: AsyncSession, job: str, period: datetime) -> bool:
    """Whether the issue that was due at `period` was begun already."""
    return (await session.exec(select(Run.id).where(Run.job == job, Run.period == period))).first() is not None


async def begin(session: AsyncSession, job: str, period: datetime, now: datetime, *, again: bool = False) -> bool:
    """Begin the issue of a moment; `again` makes one more of it. Of many processes one does; older ones are dropped."""
    last = (await session.exec(select(func.max(Run.issue)).where(Run.job == job, Run.period == period))).one() or 0
    if last and not again:
        return False
    values = {"job": job, "period": period, "issue": last + 1, "state": RunState.RUNNING, "started_at": now}
    statement = upsert(session, Run).values(**values, cursor=0, done=0, total=0)
    statement = statement.on_conflict_do_nothing(index_elements=["job", "period", "issue"]).returning(col(Run.id))
    begun = (await session.exec(statement)).first() is not None
    if begun:
        await session.exec(
            update(Run)
            .where(col(Run.job) == job, col(Run.state) == RunState.RUNNING, col(Run.period) < period)
            .values(state=RunState.DROPPED, finished_at=now)
        )
    return begun


async def take(session: AsyncSession, job: str) -> Run | None:
    """The oldest unfinished issue of a job, held until this transaction ends; None where another process is at it."""
    statement = select(Run).where(Run.job == job, Run.state == RunState.RUNNING).order_by(col(Run.id)).limit(1)
    return (await session.exec(statement.with_for_update(skip_locked=True))).first()


def advance(run: Run, *, served: int, cursor: int | None, now: datetime) -> None:
    """A slice is done. `cursor` is the last reader served; None ends the issue."""
    run.done += served
    run.error = None
    if cursor is None:
        run.state, run.finished_at = RunState.DONE, now
        run.total = max(run.total, run.done)
    else:
        run.cursor = cursor


async def failed(session: AsyncSession, job: str, error: str) -> None:
    """Write down why the present issue of a job stands still."""
    await session.exec(
        update(Run).where(col(Run.job) == job, col(Run.state) == RunState.RUNNING).values(error=error[:300])
    )


async def last(session: AsyncSession, job: str) -> Run | None:
    """The latest issue of one job."""
    return (await session.exec(select(Run).where(Run.job == job).order_by(col(Run.id).desc()).limit(1))).first()


async def newest(session: AsyncSession) -> list[Run]:
    """The latest issue of each job, by its name."""
    latest = select(func.max(Run.id)).group_by(col(Run.job))
    return list((await session.exec(select(Run).where(col(Run.id).in_(latest)).order_by(Run.job))).all())
