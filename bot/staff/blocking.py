"""/blokir <number> <reason> and /bukablokir <number>: by the number of a report, so that nobody learns who it is.

Data: bl:<report>, in the message that asks once more.
"""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw
from bot.config import City
from bot.staff.access import Action, permit
from bot.staff.case import open_case
from bot.texts import label, say
from storage import pace, reads
from storage.lifecycle import NoteRequired
from storage.numbers import number_in
from storage.reports import UnknownReport
from storage.tables import Citizen, Officer, Report

LONGEST = 300


class BlockButton(CallbackData, prefix="bl"):
    report: int


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="blocking")
    here.message.register(block, Command("blokir"))
    here.message.register(unblock, Command("bukablokir"))
    here.callback_query.register(block_yes, BlockButton.filter())
    return here


async def asked_for(
    message: Message, command: CommandObject, session: AsyncSession, now: datetime, officer: Officer | None, city: City
) -> tuple[Report | None, str]:
    """The report that was named, and the words after it. Raises: Refused."""
    number, _, words = (command.args or "").strip().partition(" ")
    report = await reads.by_number(session, number_in(number, city.prefix, now)) if number and officer else None
    await permit(session, officer, Action.BLOCK, chat_id=message.chat.id, now=now, report=report)
    return report, words.strip()


async def block(
    message: Message,
    command: CommandObject,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Ask once more, with the words the person will read. Raises: UnknownReport, NoteRequired."""
    report, reason = await asked_for(message, command, session, now, officer, city)
    if not command.args:
        await message.answer(say("block.how", prefix=city.prefix))
        return
    if report is None:
        raise UnknownReport
    if not any(c.isalnum() for c in reason):
        raise NoteRequired
    await state.set_data({"block": report.id, "reason": reason[:LONGEST]})
    text = say("block.sure", number=report.number, reason=reason[:LONGEST])
    await message.answer(text, reply_markup=inline([[(label("block.yes"), f"bl:{report.id}")]]))


async def block_yes(
    callback: CallbackQuery,
    callback_data: BlockButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    report, _ = await open_case(session, officer, Action.BLOCK, callback, callback_data.report, now)
    data = await state.get_data()
    if data.get("block") != report.id:
        await callback.answer(label("errors.old_button"), show_alert=True)
        return
    await pace.block(session, report.citizen_id, data["reason"], now)
    await state.clear()
    citizen = await session.get_one(Citizen, report.citizen_id)
    if citizen.chat_id is not None and callback.bot is not None:
        await callback.bot.send_message(citizen.chat_id, say("block.you", reason=data["reason"]))
    await redraw(callback, say("block.done", number=report.number), [])


async def unblock(
    message: Message,
    command: CommandObject,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Raises: UnknownReport."""
    report, _ = await asked_for(message, command, session, now, officer, city)
    if report is None:
        raise UnknownReport
    await pace.unblock(session, report.citizen_id)
    citizen = await session.get_one(Citizen, report.citizen_id)
    if citizen.chat_id is not None and message.bot is not None:
        await message.bot.send_message(citizen.chat_id, say("block.you_may"))
    await message.answer(say("block.lifted", number=report.number))
