"""Files of an office's reports. Data: export:<xlsx or csv>:<first day>:<last day>:<agency>."""

from datetime import date, datetime
from typing import Literal

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import tell
from bot.config import City
from bot.staff.access import Action, permit
from bot.staff.statistics import of
from bot.texts import label, say, thousands
from storage import outbox, periods, reads, rows
from storage.counting import sight_of
from storage.periods import BadPeriod
from storage.tables import Lane, Officer

MOST = 200_000
"""Rows of one file: about 40 MB, and Telegram takes 50."""


class ExportButton(CallbackData, prefix="export"):
    format: Literal["xlsx", "csv"]
    first: str
    last: str
    agency: str = ""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="export")
    here.callback_query.register(export, ExportButton.filter())
    return here


async def export(
    callback: CallbackQuery,
    callback_data: ExportButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Owe the file; it is made where it is sent. Who asked for what stands in the log."""
    by = await permit(session, officer, Action.EXPORT, chat_id=callback.from_user.id, now=now)
    agency_id = of(by, callback_data.agency)
    agency = await reads.agency(session, agency_id)
    try:
        first, last = date.fromisoformat(callback_data.first), date.fromisoformat(callback_data.last)
    except ValueError as error:
        raise BadPeriod("old_button") from error
    if agency_id and agency is None:
        raise BadPeriod("old_button")
    sight = sight_of(by.agency_id)
    period = periods.days(first, last, city.timezone)
    total = await rows.count(session, period, sight=sight, agency_id=agency_id or None)
    if not total:
        raise BadPeriod("nothing_to_export")
    if total > MOST:
        raise BadPeriod("export_too_large")
    facts = {
        "format": callback_data.format,
        "agency_id": agency_id,
        "agency": agency.name if agency else label("stat.city"),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "sight": sight.name,
    }
    await tell(callback, say("export.begun", count=thousands(total)))
    await outbox.put(session, now=now, lane=Lane.NOTICE, chat_id=by.chat_id, notice="export", payload=facts)
