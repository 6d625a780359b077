"""Settings that change while the service runs: days off that were declared late, and how much the log says."""

from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import DayOff, Setting

LOG_LEVEL = "log_level"


async def declared(session: AsyncSession, since: date | None = None) -> list[DayOff]:
    """The days off that were declared, from a day on."""
    statement = select(DayOff).order_by(col(DayOff.day))
    return list((await session.exec(statement.where(col(DayOff.day) >= since) if since else statement)).all())


async def declare(session: AsyncSession, day: date, name: str, *, by: int | None, now: datetime) -> None:
    """The city does not work on this day."""
    await session.merge(DayOff(day=day, name=name.strip()[:100], added_by=by, added_at=now))


async def revoke(session: AsyncSession, day: date) -> None:
    """The city works on this day after all."""
    found = await session.get(DayOff, day)
    if found is not None:
        await session.delete(found)


async def setting(session: AsyncSession, key: str) -> str:
    """Empty where nobody has set it."""
    found = await session.get(Setting, key)
    return found.value if found else ""


async def put(session: AsyncSession, key: str, value: str, *, by: int | None, now: datetime) -> None:
    await session.merge(Setting(key=key, value=value, changed_by=by, changed_at=now))
