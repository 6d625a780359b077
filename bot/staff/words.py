"""The words an officer writes to go with a move: taken, shown as the citizen will read them, then sent."""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw
from bot.config import City
from bot.staff.access import Action, permit
from bot.texts import Html, label, say
from storage import notices, reads, reports
from storage.lifecycle import LifecycleError, NoteRequired, Status, check_move
from storage.reports import Actor, UnknownReport
from storage.tables import ActorKind, Officer, Report

LONGEST = 2000


class Write(StatesGroup):
    """An officer is writing: to the citizen, or a colleague at another office."""

    WORDS = State()
    WHY = State()  # of a transfer
    CONFIRM = State()


class WordsButton(CallbackData, prefix="w"):
    report: int
    verb: str


ACTIONS = {Status.NEEDS_INFO: Action.ASK, Status.RESOLVED: Action.RESOLVE, Status.REJECTED: Action.REJECT}
"""Where an officer's words lead -> what it takes to send them."""


class NoteTooLong(LifecycleError):
    """More than the citizen would read."""

    code = "note_too_long"


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="words")
    here.message.register(stop, Command("batal"), StateFilter(Write))
    here.message.register(take, StateFilter(Write.WORDS, Write.CONFIRM), F.text, ~F.text.startswith("/"))
    here.message.register(why, StateFilter(Write.WHY), F.text, ~F.text.startswith("/"))
    here.message.register(words_please, StateFilter(Write), ~F.text)
    here.callback_query.register(send, WordsButton.filter(F.verb == "send"), StateFilter(Write.CONFIRM))
    here.callback_query.register(again, WordsButton.filter(F.verb == "again"), StateFilter(Write.CONFIRM))
    return here


def checked(words: str) -> str:
    """Raises: NoteRequired, NoteTooLong."""
    words = words.strip()
    if not any(c.isalnum() for c in words):
        raise NoteRequired
    if len(words) > LONGEST:
        raise NoteTooLong
    return words


async def take(message: Message, state: FSMContext, session: AsyncSession, city: City) -> None:
    data = await state.get_data()
    to, words = Status(data["to"]), checked(message.text or "")
    report = await reports.lock(session, data["report"])
    check_move(report.status, to, words)
    await state.set_state(Write.CONFIRM)
    await state.set_data(data | {"words": words})
    facts = await notices.facts_of(session, report)
    reading = say(
        f"notice.your_report_{'needs_info' if to is Status.NEEDS_INFO else 'was_' + to.value}",
        number=report.number,
        agency=facts["agency"] or city.government,
        note=words,
    )
    buttons = [
        [(label("button.send_answer"), f"w:{report.id}:send")],
        [(label("button.write_again"), f"w:{report.id}:again")],
    ]
    await message.answer(say("staff.preview", text=reading), reply_markup=inline(buttons))


async def send(
    callback: CallbackQuery,
    callback_data: WordsButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    data = await state.get_data()
    if data.get("report") != callback_data.report:
        raise UnknownReport
    report = await reports.lock(session, data["report"])
    to = Status(data["to"])
    by = await permit(session, officer, ACTIONS[to], chat_id=callback.from_user.id, now=now, report=report)
    actor = Actor(ActorKind.OFFICER, by.id)
    report = await reports.change_status(session, report.id or 0, to, by=actor, now=now, note=data["words"])
    await state.clear()
    await redraw(callback, sent(report), [])


async def again(callback: CallbackQuery, state: FSMContext) -> None:
    await state.set_state(Write.WORDS)
    await redraw(callback, say("staff.write_again"), [])


async def why(
    message: Message, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None, city: City
) -> None:
    """The reason of a transfer; the office that takes over reads it."""
    data, words = await state.get_data(), checked(message.text or "")
    report = await reports.lock(session, data["report"])
    action = Action.CHOOSE if report.status is Status.TRIAGE else Action.TRANSFER
    by = await permit(session, officer, action, chat_id=message.chat.id, now=now, report=report)
    actor = Actor(ActorKind.OFFICER, by.id)
    agency_id = data.get("agency")
    if agency_id is None:
        report = await reports.return_to_desk(session, report.id or 0, by=actor, now=now, note=words)
    else:
        report = await reports.assign(session, report.id or 0, agency_id, by=actor, now=now, note=words)
    await state.clear()
    agency = await reads.agency(session, report.agency_id)
    await message.answer(
        say("staff.moved", number=report.number, agency=agency.name if agency else label("staff.queue_desk"))
    )


def sent(report: Report) -> Html:
    return say("staff.sent", number=report.number, status=label(f"status_staff.{report.status}"))


async def words_please(message: Message) -> None:
    await message.answer(say("staff.words_please"))


async def stop(message: Message, state: FSMContext) -> None:
    await state.clear()
    await message.answer(say("staff.cancelled"))
