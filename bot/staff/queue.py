"""What waits: an office's reports, or the desk's. Data: q:<page>."""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, pages, redraw
from bot.config import City
from bot.staff.access import OFFICE, Action, permit
from bot.texts import Html, day, label, paragraphs, say, shorten
from bot.texts.cards import Buttons
from bot.texts.mask import masked
from storage import reads
from storage.tables import Officer


class QueueButton(CallbackData, prefix="q"):
    page: int


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="queue")
    here.message.register(queue, Command("antrian"))
    here.callback_query.register(turn_page, QueueButton.filter())
    return here


async def queue(message: Message, session: AsyncSession, now: datetime, officer: Officer | None, city: City) -> None:
    by = await permit(session, officer, Action.QUEUE, chat_id=message.chat.id, now=now)
    text, buttons = await listed(session, by, 0, city)
    await message.answer(text, reply_markup=inline(buttons))


async def turn_page(
    callback: CallbackQuery,
    callback_data: QueueButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    by = await permit(session, officer, Action.QUEUE, chat_id=callback.from_user.id, now=now)
    await redraw(callback, *await listed(session, by, max(0, min(callback_data.page, 100_000)), city))


async def listed(session: AsyncSession, officer: Officer, page: int, city: City) -> tuple[Html, Buttons]:
    """A page of the officer's queue: their office's reports; the desk's for everybody who has no office."""
    agency_id = officer.agency_id if officer.role in OFFICE else None
    found, total = await reads.queue(session, agency_id, page)
    if not found:
        return say("staff.queue_empty"), []
    agency = await reads.agency(session, agency_id)
    text = paragraphs(
        say("staff.queue_title", agency=agency.name if agency else label("staff.queue_desk"), total=total),
        *(
            say(
                "staff.queue_line",
                number=report.number,
                status=label(f"status_staff.{report.status}"),
                urgent=label("staff.queue_urgent") if report.urgent else "",
                due=day(report.due_at, city.timezone),
                text=shorten(masked(report.text), 80),
            )
            for report in found
        ),
    )
    return text, [*([(report.number, f"k:{report.id}:see:")] for report in found), *pages("q", page, total)]
