"""A citizen's own reports: the list, one report, and what may be done with it. Data: r:<report>:<verb>, l:<page>."""

from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import file_in, inline, name_of, pages, redraw, tell
from bot.citizen.draft import Unacceptable, tidy
from bot.config import City
from bot.texts import Html, label, paragraphs, say, shorten
from bot.texts.cards import Buttons, own_report
from bot.texts.known import supported_report
from bot.texts.mask import masked
from storage import notices, pauses, reads, reports, support
from storage.lifecycle import OPEN, ForbiddenMove, Status
from storage.numbers import number_in
from storage.reports import Actor, UnknownReport
from storage.tables import ActorKind, Citizen, Report

LONGEST_NOTE = 2000


class ReportButton(CallbackData, prefix="r"):
    report: int
    verb: str


class PageButton(CallbackData, prefix="l"):
    page: int


class Tell(StatesGroup):
    """The citizen is about to write something on one of their reports."""

    ANSWER = State()  # the answer to a question, or an addition
    NOT_FIXED = State()


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="follow")
    here.message.register(mine, Command("laporanku"))
    here.message.register(status, Command("status"))
    here.message.register(typed_number, StateFilter(None), F.text.regexp(r"^\s*[A-Za-z]{2,5}-\d{2}-\d{1,6}\s*$"))
    here.message.register(stop, Command("batal"), StateFilter(Tell))
    here.message.register(
        take_answer, StateFilter(Tell.ANSWER), F.text | F.caption | F.func(file_in), ~F.text.startswith("/")
    )
    here.message.register(take_dispute, StateFilter(Tell.NOT_FIXED), F.text, ~F.text.startswith("/"))
    here.callback_query.register(turn_page, PageButton.filter())
    for handler in (see, answer, add, fixed, reopen, dispute, withdraw, withdraw_yes):
        here.callback_query.register(handler, ReportButton.filter(F.verb == handler.__name__))
    return here


async def me(session: AsyncSession, event: Message | CallbackQuery, now: datetime) -> Citizen:
    """The citizen who wrote or pressed."""
    if event.from_user is None:
        raise UnknownReport
    return await reports.citizen_at(session, event.from_user.id, name_of(event.from_user), now)


async def own(session: AsyncSession, event: CallbackQuery, report_id: int, now: datetime) -> tuple[Report, Citizen]:
    """Raises: UnknownReport, also for a report of somebody else."""
    citizen = await me(session, event, now)
    return await reports.of_citizen(session, report_id, citizen.id or 0), citizen


async def view(session: AsyncSession, report: Report, city: City, now: datetime) -> tuple[Html, Buttons]:
    """The report as its citizen sees it."""
    facts = await notices.facts_of(session, report)
    overdue = pauses.is_overdue(report, now)
    return own_report(facts, city.timezone, overdue=overdue, last=await reads.last_note(session, report.id or 0))


async def listed(session: AsyncSession, citizen: Citizen, page: int) -> tuple[Html, Buttons]:
    """A page of the citizen's reports, with a button for each."""
    found, total = await reads.of_citizen(session, citizen.id or 0, page)
    _, followed = await support.page_of(session, citizen.id or 0, 0)
    others = [[(label("button.supported", count=followed), "sl:0")]] if followed else []
    if not found:
        return say("mine.none"), others
    text = paragraphs(
        say("mine.title", total=total),
        *(
            say("mine.line", number=r.number, status=label(f"status.{r.status}"), text=shorten(r.text, 80))
            for r in found
        ),
    )
    return text, [*([(r.number, f"r:{r.id}:see")] for r in found), *pages("l", page, total), *others]


async def mine(message: Message, session: AsyncSession, now: datetime) -> None:
    text, buttons = await listed(session, await me(session, message, now), 0)
    await message.answer(text, reply_markup=inline(buttons))


async def turn_page(callback: CallbackQuery, callback_data: PageButton, session: AsyncSession, now: datetime) -> None:
    citizen = await me(session, callback, now)
    await redraw(callback, *await listed(session, citizen, max(0, min(callback_data.page, 100_000))))


async def status(message: Message, command: CommandObject, session: AsyncSession, now: datetime, city: City) -> None:
    if not command.args:
        await message.answer(say("mine.which", prefix=city.prefix))
        return
    await show_number(message, command.args, session, now, city)


async def typed_number(message: Message, session: AsyncSession, now: datetime, city: City) -> None:
    await show_number(message, message.text or "", session, now, city)


async def show_number(message: Message, said: str, session: AsyncSession, now: datetime, city: City) -> None:
    citizen = await me(session, message, now)
    report = await reads.by_number(session, number_in(said, city.prefix, now))
    if report is None:
        raise UnknownReport
    if report.citizen_id == citizen.id:
        text, buttons = await view(session, report, city, now)
    else:
        text, buttons = await supported(session, report.id or 0, citizen.id or 0, city, now)
    await message.answer(text, reply_markup=inline(buttons))


async def supported(
    session: AsyncSession, report_id: int, citizen_id: int, city: City, now: datetime
) -> tuple[Html, Buttons]:
    """Somebody else's report, as who supports it sees it. Raises: UnknownReport for everybody else."""
    report = await support.supported(session, report_id, citizen_id)
    facts = await notices.facts_of(session, report)
    return supported_report(facts, city.timezone, overdue=pauses.is_overdue(report, now))


async def see(
    callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime, city: City
) -> None:
    report, _ = await own(session, callback, callback_data.report, now)
    await tell(callback, *await view(session, report, city, now))


async def answer(
    callback: CallbackQuery, callback_data: ReportButton, state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    await wait_for_words(callback, callback_data, state, session, now, Tell.ANSWER, "mine_do.answer")


async def add(
    callback: CallbackQuery, callback_data: ReportButton, state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    await wait_for_words(callback, callback_data, state, session, now, Tell.ANSWER, "mine_do.add")


async def reopen(
    callback: CallbackQuery, callback_data: ReportButton, state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    await wait_for_words(callback, callback_data, state, session, now, Tell.NOT_FIXED, "mine_do.not_fixed")


async def wait_for_words(
    callback: CallbackQuery,
    button: ReportButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    to: State,
    question: str,
) -> None:
    report, _ = await own(session, callback, button.report, now)
    allowed = {Status.RESOLVED} if to is Tell.NOT_FIXED else OPEN
    if report.status not in allowed:
        raise ForbiddenMove(report.status, report.status)
    await state.set_state(to)
    await state.set_data({"report": report.id})
    await tell(callback, say(question, number=report.number))


async def take_answer(message: Message, state: FSMContext, session: AsyncSession, now: datetime) -> None:
    data: dict[str, Any] = await state.get_data()
    citizen = await me(session, message, now)
    file = file_in(message)
    before = await reports.of_citizen(session, data["report"], citizen.id or 0)
    asked = before.status is Status.NEEDS_INFO
    report = await reports.answer(
        session,
        data["report"],
        citizen_id=citizen.id or 0,
        now=now,
        note=note_in(message),
        files=(file,) if file else (),
    )
    await state.clear()
    await message.answer(say("mine_do.answered" if asked else "mine_do.added", number=report.number))


async def take_dispute(message: Message, state: FSMContext, session: AsyncSession, now: datetime) -> None:
    data: dict[str, Any] = await state.get_data()
    citizen = await me(session, message, now)
    report = await reports.of_citizen(session, data["report"], citizen.id or 0)
    by = Actor(ActorKind.CITIZEN, citizen.id)
    await reports.change_status(
        session, report.id or 0, Status.IN_PROGRESS, by=by, now=now, note=note_in(message), event="reopened"
    )
    await state.clear()
    await message.answer(say("mine_do.reopened", number=report.number))


def note_in(message: Message) -> str:
    """Raises: Unacceptable."""
    note = tidy(message.text or message.caption or "")
    if len(note) > LONGEST_NOTE:
        raise Unacceptable("note_too_long")
    return note


async def fixed(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    report, citizen = await own(session, callback, callback_data.report, now)
    by = Actor(ActorKind.CITIZEN, citizen.id)
    await reports.change_status(session, report.id or 0, Status.CLOSED, by=by, now=now, event="confirmed")
    await redraw(callback, say("mine_do.confirmed", number=report.number), [])


async def dispute(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    report, citizen = await own(session, callback, callback_data.report, now)
    by = Actor(ActorKind.CITIZEN, citizen.id)
    await reports.dispute(session, report.id or 0, by=by, now=now)
    await tell(callback, say("mine_do.disputed", number=report.number))


async def withdraw(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    report, _ = await own(session, callback, callback_data.report, now)
    if report.status not in OPEN:
        raise ForbiddenMove(report.status, Status.WITHDRAWN)
    behind = (await support.counts(session, [report.id or 0])).get(report.id or 0, 0)
    question = say("mine_do.withdraw_supported" if behind else "mine_do.withdraw", number=report.number, count=behind)
    yes = [(label("button.withdraw_yes"), f"r:{report.id}:withdraw_yes"), (label("button.keep"), f"r:{report.id}:see")]
    await tell(callback, question, [yes])


async def withdraw_yes(
    callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime
) -> None:
    report, citizen = await own(session, callback, callback_data.report, now)
    words = masked(report.text)
    goes_on = await support.withdraw(session, report.id or 0, citizen.id or 0, now=now, text=words)
    await redraw(callback, say("mine_do.handed_on" if goes_on else "mine_do.withdrawn", number=report.number), [])


async def stop(message: Message, state: FSMContext) -> None:
    await state.clear()
    await message.answer(say("staff.cancelled"))
