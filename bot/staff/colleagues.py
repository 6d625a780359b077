"""Work among colleagues: released, handed over, noted, put first. Nothing of it reaches the citizen.

Data: k:<report>:<verb>:, and k:<report>:give:<officer>.
"""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, redraw, tell
from bot.config import City
from bot.staff.access import Action, permit
from bot.staff.case import CaseButton, card, open_case
from bot.staff.words import Write, checked, words_please
from bot.texts import label, say, shorten
from storage import casework, reads, reports
from storage.casework import NotAColleague
from storage.reports import Actor
from storage.tables import ActorKind, Officer


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="colleagues")
    here.message.register(take_note, StateFilter(Write.NOTE), F.text, ~F.text.startswith("/"))
    here.message.register(words_please, StateFilter(Write.NOTE), ~F.text)
    for handler in (release, hand, give, note):
        here.callback_query.register(handler, CaseButton.filter(F.verb == handler.__name__))
    here.callback_query.register(prioritise, CaseButton.filter(F.verb.in_({"raise", "lower"})))
    return here


async def release(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    _, by = await open_case(session, officer, Action.RELEASE, callback, callback_data.report, now)
    report = await casework.release(session, callback_data.report, by=Actor(ActorKind.OFFICER, by.id), now=now)
    await redraw(callback, *await card(session, report, city))
    await callback.answer(label("staff.released", number=report.number))


async def hand(
    callback: CallbackQuery, callback_data: CaseButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    """Who shall have it? Only who works in this office today."""
    report, _ = await open_case(session, officer, Action.HAND, callback, callback_data.report, now)
    found = await casework.colleagues(session, report)
    pairs = [(shorten(one.name, 40), f"k:{report.id}:give:{one.id}") for one in found]
    await tell(
        callback,
        say("staff.which_colleague" if pairs else "staff.no_colleague", number=report.number),
        columns(pairs, 2),
    )


async def give(
    callback: CallbackQuery, callback_data: CaseButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    _, by = await open_case(session, officer, Action.HAND, callback, callback_data.report, now)
    if not (callback_data.arg.isdecimal() and len(callback_data.arg) < 10):
        raise NotAColleague
    actor, to = Actor(ActorKind.OFFICER, by.id), int(callback_data.arg)
    report = await casework.hand(session, callback_data.report, to, by=actor, now=now)
    taker = await reads.officer(session, to)
    await redraw(callback, say("staff.handed", number=report.number, name=taker.name if taker else ""), [])


async def note(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    report, _ = await open_case(session, officer, Action.NOTE, callback, callback_data.report, now)
    await state.set_state(Write.NOTE)
    await state.set_data({"report": report.id})
    await tell(callback, say("staff.ask_note", number=report.number))


async def take_note(
    message: Message, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    data, words = await state.get_data(), checked(message.text or "")
    report = await reports.lock(session, data["report"])
    by = await permit(session, officer, Action.NOTE, chat_id=message.chat.id, now=now, report=report)
    await casework.note(session, report.id or 0, words, by=Actor(ActorKind.OFFICER, by.id), now=now)
    await state.clear()
    await message.answer(say("staff.noted", number=report.number))


async def prioritise(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    _, by = await open_case(session, officer, Action.PRIORITY, callback, callback_data.report, now)
    actor, first = Actor(ActorKind.OFFICER, by.id), callback_data.verb == "raise"
    report = await casework.prioritise(session, callback_data.report, first, by=actor, now=now)
    await redraw(callback, *await card(session, report, city))
