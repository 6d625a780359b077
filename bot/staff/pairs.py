"""Two matters in one report are split, one matter in two reports is merged.

Data: k:<report>:<verb>:<argument>; the argument is an office (part, part_yes) or another report (into, into_yes).
"""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline, redraw, tell
from bot.config import City
from bot.intake import Intake
from bot.staff.access import Action, permit
from bot.staff.case import CaseButton, open_case
from bot.staff.queue import line
from bot.staff.words import Write, words_please
from bot.texts import Html, label, paragraphs, say, shorten
from bot.texts.cards import Buttons
from bot.texts.mask import masked
from storage import agencies, pairs, reads, reports
from storage.lifecycle import OPEN, ForbiddenMove
from storage.numbers import number_in
from storage.reports import Actor, UnknownReport
from storage.tables import ActorKind, Agency, Officer, Report


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="pairs")
    here.message.register(take_number, StateFilter(Write.NUMBER), F.text, ~F.text.startswith("/"))
    here.message.register(words_please, StateFilter(Write.NUMBER), ~F.text)
    for handler in (similar, split, part, part_yes, merge, into, into_yes):
        here.callback_query.register(handler, CaseButton.filter(F.verb == handler.__name__))
    return here


async def similar(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Open reports of the office around this one on the same topic, each with the way to its card."""
    report, _ = await open_case(session, officer, Action.SEE, callback, callback_data.report, now)
    found = await pairs.alike(session, report)
    text = say("staff.alike" if found else "staff.none_alike", number=report.number)
    buttons = columns([(one.number, f"k:{one.id}:see:") for one in found], 2)
    await tell(callback, paragraphs(text, *(line(one, city) for one in found)), buttons)


async def split(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    intake: Intake,
) -> None:
    """Which office shall have the second matter? The one the classifier sees in the words comes first."""
    report, _ = await open_case(session, officer, Action.SPLIT, callback, callback_data.report, now)
    if report.status not in OPEN:
        raise ForbiddenMove(report.status, report.status)
    likely = [intake.about(topic)[0] for topic in intake.look(report.text).second]
    bodies = [body for body in await agencies.answering(session, "city", now.date()) if body.id != report.agency_id]
    bodies.sort(key=lambda body: body.id not in likely)
    pairs_ = [(body.short, f"k:{report.id}:part:{body.id}") for body in bodies]
    await tell(callback, say("staff.split_to", number=report.number), columns(pairs_, 2))


async def the_office(session: AsyncSession, agency_id: str, now: datetime) -> Agency:
    """Raises: UnknownReport for an office that does not answer today."""
    agency = await agencies.standing(session, agency_id, now.date())
    if agency is None or agency.scope != "city":
        raise UnknownReport
    return agency


async def part(
    callback: CallbackQuery, callback_data: CaseButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    report, _ = await open_case(session, officer, Action.SPLIT, callback, callback_data.report, now)
    agency = await the_office(session, callback_data.arg, now)
    yes = [(label("button.part_yes"), f"k:{report.id}:part_yes:{agency.id}")]
    back = [(label("button.back"), f"k:{report.id}:less:")]
    await redraw(callback, say("staff.split_sure", number=report.number, agency=agency.name), [yes, back])


async def part_yes(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    report, by = await open_case(session, officer, Action.SPLIT, callback, callback_data.report, now)
    agency, actor = await the_office(session, callback_data.arg, now), Actor(ActorKind.OFFICER, by.id)
    second = await pairs.split(session, callback_data.report, agency.id, prefix=city.prefix, by=actor, now=now)
    await redraw(callback, say("staff.was_split", number=report.number, second=second.number, agency=agency.name), [])


async def merge(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    """Which report goes on? One of those that look alike, or a number."""
    report, _ = await open_case(session, officer, Action.MERGE, callback, callback_data.report, now)
    found = await pairs.alike(session, report)
    rows: Buttons = [
        [(shorten(f"{one.number} {masked(one.text)}", 60), f"k:{report.id}:into:{one.id}")] for one in found
    ]
    await state.set_state(Write.NUMBER)
    await state.set_data({"report": report.id})
    await tell(callback, say("staff.merge_into", number=report.number), rows)


async def take_number(
    message: Message, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None, city: City
) -> None:
    data = await state.get_data()
    report = await reports.lock(session, data["report"])
    await permit(session, officer, Action.MERGE, chat_id=message.chat.id, now=now, report=report)
    into = await reads.by_number(session, number_in(message.text or "", city.prefix, now))
    if into is None:
        raise UnknownReport
    await permit(session, officer, Action.MERGE, chat_id=message.chat.id, now=now, report=into)
    text, buttons = sure(report, into)
    await state.clear()
    await message.answer(text, reply_markup=inline(buttons))


async def both(
    session: AsyncSession, officer: Officer | None, callback: CallbackQuery, button: CaseButton, now: datetime
) -> tuple[Report, Report, Officer]:
    """The report and the one that goes on, if this officer may merge both. Raises: UnknownReport, Refused."""
    if not (button.arg.isdecimal() and len(button.arg) < 18):
        raise UnknownReport
    if officer is not None:  # in one order, so that two mergers never wait for each other
        for report_id in sorted({button.report, int(button.arg)}):
            await reports.lock(session, report_id)
    report, by = await open_case(session, officer, Action.MERGE, callback, button.report, now)
    into, _ = await open_case(session, officer, Action.MERGE, callback, int(button.arg), now)
    return report, into, by


def sure(report: Report, into: Report) -> tuple[Html, Buttons]:
    """Asks once more, with both words. Raises: NotTogether."""
    pairs.may_merge(report, into)
    text = say(
        "staff.merge_sure",
        number=report.number,
        text=shorten(masked(report.text), 300),
        into=into.number,
        goes_on=shorten(masked(into.text), 300),
    )
    yes = [(label("button.into_yes"), f"k:{report.id}:into_yes:{into.id}")]
    return text, [yes, [(label("button.back"), f"k:{report.id}:less:")]]


async def into(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    report, other, _ = await both(session, officer, callback, callback_data, now)
    await redraw(callback, *sure(report, other))
    await state.clear()


async def into_yes(
    callback: CallbackQuery, callback_data: CaseButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    report, other, by = await both(session, officer, callback, callback_data, now)
    actor = Actor(ActorKind.OFFICER, by.id)
    other = await pairs.merge(session, report.id or 0, other.id or 0, by=actor, now=now)
    go_on = [(label("button.see"), f"k:{other.id}:see:")]
    await redraw(callback, say("staff.was_merged", number=report.number, into=other.number), [go_on])
