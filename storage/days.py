"""Settings that change while the service runs: days off that were declared late, and how much the log says."""

from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import DayOff, Setting

LOG_LEVEL = "log_level"
LEVELS = ("debug", "info", "warning", "error")
RULE = "rule:"
OFF = "off"
"""Of a boundary rule: it is switched off. Any other word is the office that it sends to."""

CHANGED = "settings_changed"
"""In `session.info`: once this is committed, every process shall look at once."""


async def declared(session: AsyncSession, since: date | None = None) -> list[DayOff]:
    """The days off that were declared, from a day on."""
    statement = select(DayOff).order_by(col(DayOff.day))
    return list((await session.exec(statement.where(col(DayOff.day) >= since) if since else statement)).all())


async def declare(session: AsyncSession, day: date, name: str, *, by: int | None, now: datetime) -> None:
    """The city does not work on this day."""
    session.info[CHANGED] = True
    await session.merge(DayOff(day=day, name=name.strip()[:100], added_by=by, added_at=now))


async def revoke(session: AsyncSession, day: date) -> None:
    """The city works on this day after all."""
    session.info[CHANGED] = True
    found = await session.get(DayOff, day)
    if found is not None:
        await session.delete(found)


async def setting(session: AsyncSession, key: str) -> str:
    """Empty where nobody has set it."""
    found = await session.get(Setting, key)
    return found.value if found else ""


async def put(session: AsyncSession, key: str, value: str, *, by: int | None, now: datetime) -> None:
    session.info[CHANGED] = True
    await session.merge(Setting(key=key, value=value, changed_by=by, changed_at=now))


async def rules(session: AsyncSession) -> dict[str, str]:
    """Boundary rules that were changed in chat: id -> OFF, or the office that the rule sends to."""
    statement = select(Setting).where(col(Setting.key).startswith(RULE, autoescape=True))
    found = (await session.exec(statement)).all()
    return {row.key.removeprefix(RULE): row.value for row in found}


async def put_rule(session: AsyncSession, rule_id: str, value: str, *, by: int | None, now: datetime) -> None:
    """Change a boundary rule; an empty `value` makes it as the program has it."""
    if value:
        await put(session, f"{RULE}{rule_id}", value, by=by, now=now)
    elif found := await session.get(Setting, f"{RULE}{rule_id}"):
        session.info[CHANGED] = True
        await session.delete(found)
