"""Forgetting on time: who asked for it, after a last word; and the letters that have been kept long enough."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Settings
from bot.texts.mask import masked
from storage import forget as forgetting
from storage import outbox
from storage.tables import Lane

LAST_WORD = timedelta(days=1)
"""How long before it is done a person is told once more."""


async def forget(session: AsyncSession, now: datetime, settings: Settings) -> int:
    """Warn, erase, empty. Returns the number of warnings."""
    owed = 0
    for citizen in await forgetting.due(session, now + LAST_WORD):
        if citizen.erase_at is not None and citizen.erase_at <= now:
            await forgetting.erase(session, citizen, masked, now)
        elif citizen.erase_at is not None and citizen.reachable:
            owed += await outbox.put(
                session,
                now=now,
                lane=Lane.NOTICE,
                chat_id=citizen.chat_id,
                notice="erased_soon",
                payload={"at": citizen.erase_at.isoformat()},
                dedupe_key=f"erase:{citizen.id}:{int(citizen.erase_at.timestamp())}",
            )
    await forgetting.empty_letters(session, now - timedelta(days=settings.privacy.keep_days))
    return owed
