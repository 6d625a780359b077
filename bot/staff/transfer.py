"""Handing a report on: to an office, a body outside the city, or the desk. Data: k:<report>:<verb>:<argument>."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, redraw, tell
from bot.config import City
from bot.intake import Intake
from bot.staff.access import DESK, Action, permit
from bot.staff.case import CaseButton, card, open_case
from bot.staff.words import Write, checked, words_please
from bot.texts import Html, label, say, shorten
from bot.texts.cards import Buttons
from storage import agencies, casework, reads, reports
from storage.lifecycle import Status
from storage.reports import Actor, UnknownReport
from storage.tables import ActorKind, Officer, Report

OUTSIDE = ("owner", "region", "law", "level")
"""Why a report belongs to a body outside the city; each has its polite text, which the citizen reads."""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="transfer")
    here.message.register(why, StateFilter(Write.WHY), F.text, ~F.text.startswith("/"))
    here.message.register(words_please, StateFilter(Write.WHY), ~F.text)
    here.callback_query.register(since, CaseButton.filter(F.verb == "since"), StateFilter(Write.WHY))
    for handler in (transfer, offices, outside, to, desk):
        here.callback_query.register(handler, CaseButton.filter(F.verb == handler.__name__))
    return here


async def may_move(
    session: AsyncSession, officer: Officer | None, callback: CallbackQuery, report_id: int, now: datetime
) -> tuple[Report, Officer]:
    """Raises: UnknownReport, Refused."""
    return await open_case(session, officer, Action.TRANSFER, callback, report_id, now)


async def transfer(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    intake: Intake,
) -> None:
    """The likely ones first: what the classifier thinks of the text, without who has it now."""
    report, _ = await may_move(session, officer, callback, callback_data.report, now)
    likely = [agency for agency, _ in intake.look(report.text).alternatives if agency != report.agency_id]
    rows: Buttons = [
        [(shorten(intake.bodies[agency].name, 60), f"k:{report.id}:to:{agency}")]
        for agency in likely
        if agency in intake.bodies
    ]
    rows += [
        [(label("button.other_office"), f"k:{report.id}:offices:")],
        [(label("button.outside"), f"k:{report.id}:outside:")],
    ]
    if report.status is not Status.TRIAGE:
        rows.append([(label("button.to_desk"), f"k:{report.id}:desk:")])
    await tell(callback, say("staff.choose_office", number=report.number), rows)


async def offices(
    callback: CallbackQuery, callback_data: CaseButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    await list_bodies(callback, callback_data, session, now, officer, "city")


async def outside(
    callback: CallbackQuery, callback_data: CaseButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    await list_bodies(callback, callback_data, session, now, officer, "outside")


async def list_bodies(
    callback: CallbackQuery,
    button: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    scope: str,
) -> None:
    report, _ = await may_move(session, officer, callback, button.report, now)
    bodies = await agencies.answering(session, scope, now.date())
    pairs = [(body.short, f"k:{report.id}:to:{body.id}") for body in bodies if body.id != report.agency_id]
    rows = [*columns(pairs, 2), [(label("button.back"), f"k:{report.id}:transfer:")]]
    await redraw(callback, say("staff.choose_office", number=report.number), rows)


async def to(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """The desk's choice needs no reason; an office says why it hands on."""
    report, by = await may_move(session, officer, callback, callback_data.report, now)
    agency = await agencies.standing(session, callback_data.arg, now.date())
    if agency is None:
        await callback.answer(label("errors.old_button"), show_alert=True)
        return
    if report.status is Status.TRIAGE:
        actor = Actor(ActorKind.OFFICER, by.id)
        report = await reports.assign(session, report.id or 0, agency.id, by=actor, now=now)
        await redraw(callback, *await card(session, report, city))
        return
    question = say("staff.ask_transfer", number=report.number, agency=agency.name)
    reasons = OUTSIDE if agency.scope == "outside" else ()
    await ask_why(callback, state, report, agency.id, question, reasons)


async def desk(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    report, _ = await may_move(session, officer, callback, callback_data.report, now)
    await ask_why(callback, state, report, None, say("staff.ask_return", number=report.number))


async def ask_why(
    callback: CallbackQuery,
    state: FSMContext,
    report: Report,
    agency_id: str | None,
    text: Html,
    reasons: Sequence[str] = (),
) -> None:
    await state.set_state(Write.WHY)
    await state.set_data({"report": report.id, "agency": agency_id})
    await redraw(callback, text, [[(label(f"refer.{reason}"), f"k:{report.id}:since:{reason}")] for reason in reasons])


async def why(
    message: Message, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    """The reason of a transfer; whoever takes over reads it, and for a body outside the city the citizen."""
    data, words = await state.get_data(), checked(message.text or "")
    await message.answer(await move(session, data, words, officer, message.chat.id, now))
    await state.clear()


async def since(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    """A reason from the list, in its polite words."""
    data = await state.get_data()
    if data.get("report") != callback_data.report or callback_data.arg not in OUTSIDE:
        raise UnknownReport
    words = label(f"refer_text.{callback_data.arg}")
    await redraw(callback, await move(session, data, words, officer, callback.from_user.id, now), [])
    await state.clear()


async def move(
    session: AsyncSession, data: dict[str, Any], words: str, officer: Officer | None, chat_id: int, now: datetime
) -> Html:
    """Hand the report on, and say where it went. Raises: Refused, UnknownReport, ForbiddenMove."""
    report = await reports.lock(session, data["report"])
    action = Action.CHOOSE if report.status is Status.TRIAGE else Action.TRANSFER
    by = await permit(session, officer, action, chat_id=chat_id, now=now, report=report)
    actor, wanted = Actor(ActorKind.OFFICER, by.id), data.get("agency")
    if wanted is None:
        report = await reports.return_to_desk(session, report.id or 0, by=actor, now=now, note=words)
    else:
        report = await casework.hand_on(
            session, report.id or 0, wanted, by=actor, now=now, note=words, decides=by.role in DESK
        )
    agency = await reads.agency(session, report.agency_id)
    if agency is None and wanted is not None:
        return say("staff.desk_decides", number=report.number)
    return say("staff.moved", number=report.number, agency=agency.name if agency else label("staff.queue_desk"))
