"""A citizen's objection, decided by the head of the office or by Diskominfo. Data: k:<report>:appeal_<verb>:, w:..."""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw, tell
from bot.config import City
from bot.staff.access import Action, permit
from bot.staff.case import CaseButton
from bot.staff.words import WordsButton, checked, send_or_again, stop, words_please
from bot.texts import say
from storage import appeals, reads, reports
from storage.appeals import NoObjection, Stage
from storage.reports import Actor, UnknownReport
from storage.tables import ActorKind, Officer, Report

DECIDES = {Stage.HEAD: Action.DECIDE, Stage.DESK: Action.DECIDE_FINALLY}
"""Where an objection stands -> what it takes to decide it."""

READS = {Stage.HEAD: "notice.your_appeal_was_answered", Stage.DESK: "notice.your_appeal_was_decided"}


class Decide(StatesGroup):
    """Somebody writes what becomes of an objection."""

    WORDS = State()
    CONFIRM = State()


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="appeal")
    here.message.register(stop, Command("batal"), StateFilter(Decide))
    here.message.register(take, StateFilter(Decide), F.text, ~F.text.startswith("/"))
    here.message.register(words_please, StateFilter(Decide), ~F.text)
    here.callback_query.register(write, CaseButton.filter(F.verb.in_({"appeal_answer", "appeal_again"})))
    here.callback_query.register(send, WordsButton.filter(F.verb == "send"), StateFilter(Decide.CONFIRM))
    here.callback_query.register(again, WordsButton.filter(F.verb == "again"), StateFilter(Decide.CONFIRM))
    return here


async def to_decide(
    session: AsyncSession, officer: Officer | None, chat_id: int, report_id: int, now: datetime
) -> tuple[Report, Officer]:
    """A report whose objection waits for this officer. Raises: Refused, UnknownReport, NoObjection."""
    report = await reports.lock(session, report_id) if officer else None
    stage = Stage(report.appeal) if report else Stage.HEAD
    by = await permit(session, officer, DECIDES.get(stage, Action.DECIDE), chat_id=chat_id, now=now, report=report)
    if report is None:
        raise UnknownReport
    if stage not in DECIDES:
        raise NoObjection
    return report, by


async def write(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    report, _ = await to_decide(session, officer, callback.from_user.id, callback_data.report, now)
    again = callback_data.verb == "appeal_again"
    await state.set_state(Decide.WORDS)
    await state.set_data({"report": report.id, "again": again})
    await tell(callback, say("appeal.write_again" if again else "appeal.write_answer", number=report.number))


async def take(
    message: Message, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None, city: City
) -> None:
    """Show the words as the citizen will read them."""
    data, words = await state.get_data(), checked(message.text or "")
    report, _ = await to_decide(session, officer, message.chat.id, data["report"], now)
    key = "notice.your_appeal_was_granted" if data["again"] else READS.get(Stage(report.appeal))
    if key is None:
        raise NoObjection
    await state.set_state(Decide.CONFIRM)
    await state.set_data(data | {"words": words})
    agency = await reads.agency(session, report.agency_id)
    reading = say(key, number=report.number, agency=agency.name if agency else city.government, note=words)
    await message.answer(say("staff.preview", text=reading), reply_markup=inline(send_or_again(report)))


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
    report, by = await to_decide(session, officer, callback.from_user.id, callback_data.report, now)
    actor = Actor(ActorKind.OFFICER, by.id)
    await appeals.decide(session, report.id or 0, by=actor, now=now, note=data["words"], again=data["again"])
    await state.clear()
    await redraw(callback, say("appeal.reopened" if data["again"] else "appeal.sent", number=report.number), [])


async def again(callback: CallbackQuery, state: FSMContext) -> None:
    await state.set_state(Decide.WORDS)
    await redraw(callback, say("staff.write_again"), [])
