"""Pressing the buttons of a draft's card. Data: d:<draft>:<verb>:<argument>."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiogram import BaseMiddleware, F, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, TelegramObject
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import name_of, redraw, tell
from bot.citizen.draft import DESK, Draft
from bot.citizen.questions import (
    Ask,
    ask_next,
    card,
    change_buttons,
    keep,
    load,
    office_buttons,
)
from bot.citizen.report import take_words, told_more
from bot.citizen.where import ask_where
from bot.config import City, Limits
from bot.intake import Guess, Intake
from bot.texts import Html, label, moment, own_words, say, shorten
from storage import pace, people, privacy, reads
from storage.lifecycle import Kind, Status
from storage.tables import Report

PRIVACY: dict[str, dict[str, bool]] = {
    "be_anonymous": {"anonymous": True},
    "be_named": {"anonymous": False},
    "be_confidential": {"confidential": True},
    "be_public": {"confidential": False},
}
"""Button -> what it decides."""


class DraftButton(CallbackData, prefix="d"):
    draft: str
    verb: str
    arg: str = ""


class OwnDraft(BaseMiddleware):
    """Gives a handler the draft only if the button belongs to it; an older card says what became of its report."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        draft = await load(data["state"])
        button: DraftButton = data["callback_data"]
        if draft is not None and draft.id == button.draft:
            return await handler(event, data | {"draft": draft})
        sent = await reads.by_draft(data["session"], button.draft)
        if isinstance(event, CallbackQuery):
            await tell(event, say("draft.already_sent", number=sent.number) if sent else say("draft.old_button"))
        return None


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="card")
    here.callback_query.middleware(OwnDraft())
    for handler in (
        send,
        cancel,
        change,
        show,
        change_text,
        change_place,
        change_files,
        drop_files,
        change_kind,
        kind,
        change_office,
        office,
        really,
        split,
        same_matter,
        other_matter,
    ):
        here.callback_query.register(handler, DraftButton.filter(F.verb == handler.__name__))
    here.callback_query.register(choose_privacy, DraftButton.filter(F.verb.in_(PRIVACY)))
    return here


async def send(
    callback: CallbackQuery,
    draft: Draft,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    intake: Intake,
    city: City,
    limits: Limits,
) -> None:
    if not draft.text or not draft.placed or draft.asks_conduct:
        if isinstance(callback.message, Message):
            await ask_next(callback.message, state, draft, intake, session)
        return
    citizen = await people.citizen_at(session, callback.from_user.id, name_of(callback.from_user), now, agrees=True)
    opening = draft.opening(citizen.id or 0)
    if not opening.urgent:
        await pace.check_reports(session, citizen, now, limits.reports_per_hour)
    report, _ = await intake.open(session, opening, draft.guess or Guess(), draft.office, now)
    await state.clear()
    await redraw(callback, await receipt(session, report, city), _after(report))
    if isinstance(callback.message, Message):
        await go_on(callback.message, state, draft, intake, session)


async def go_on(message: Message, state: FSMContext, draft: Draft, intake: Intake, session: AsyncSession) -> None:
    """What the citizen also wanted to say, once this draft is settled."""
    if draft.also:
        agency_id, topic = intake.about(draft.also)
        await message.answer(say("ask.next_matter", text=topic))
        await ask_next(message, state, draft.follower(agency_id), intake, session)
    elif draft.later:
        await message.answer(say("ask.next_matter", text=shorten(draft.later[0], 200)))
        await take_words(message, state, Draft(later=draft.later[1:]), draft.later[0], intake, session)


async def receipt(session: AsyncSession, report: Report, city: City) -> Html:
    """What the citizen reads when the report is in: its number, who answers, and until when."""
    if report.misconduct:
        return say("draft.sent_sealed", number=report.number, due=moment(report.due_at, city.timezone))
    agency = await reads.agency(session, report.agency_id)
    due = moment(report.due_at, city.timezone)
    if report.status is Status.REFERRED and agency:
        return say("draft.sent_outside", number=report.number, agency=agency.name, channel=agency.channel)
    if agency is None:
        return say(own_words(report.kind, "draft.sent_desk"), number=report.number, due=due)
    return say(own_words(report.kind, "draft.sent"), number=report.number, agency=agency.name, due=due)


def _after(report: Report) -> list[list[tuple[str, str]]]:
    if report.status is Status.REFERRED:
        return [[(label("button.city_after_all"), f"r:{report.id}:dispute")]]
    return [[(label("button.see"), f"r:{report.id}:see")]]


async def cancel(callback: CallbackQuery, state: FSMContext) -> None:
    await state.clear()
    await redraw(callback, say("draft.cancelled"), [])


async def show(callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession) -> None:
    await state.set_state(Ask.CHECK)
    await keep(state, draft)
    first = not await privacy.has_agreed(session, callback.from_user.id)
    await redraw(callback, *card(draft, intake, first=first))


async def change(callback: CallbackQuery, draft: Draft) -> None:
    await redraw(callback, say("card.change"), change_buttons(draft))


async def change_text(callback: CallbackQuery, draft: Draft, state: FSMContext) -> None:
    await state.set_state(Ask.TEXT)
    await keep(state, replace(draft, text="", guess=None, kind=None, office=None, conduct=""))
    await redraw(callback, say("ask.text_again"), [])


async def change_place(callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake) -> None:
    await state.set_state(Ask.PLACE)
    draft = draft.without_place()
    await keep(state, draft)
    if isinstance(callback.message, Message):
        await ask_where(callback.message, draft, intake)


async def change_files(callback: CallbackQuery) -> None:
    await redraw(callback, say("ask.photos"), [])


async def drop_files(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    await show(callback, replace(draft, files=()), state, intake, session)


async def change_kind(callback: CallbackQuery, draft: Draft) -> None:
    kinds = (Kind.COMPLAINT, Kind.ASPIRATION, Kind.INFORMATION)
    rows = [[(label(f"kind.{kind}"), f"d:{draft.id}:kind:{kind}")] for kind in kinds]
    await redraw(callback, say("ask.kind"), [*rows, [(label("button.back"), f"d:{draft.id}:show:")]])


async def kind(
    callback: CallbackQuery,
    callback_data: DraftButton,
    draft: Draft,
    state: FSMContext,
    intake: Intake,
    session: AsyncSession,
) -> None:
    if callback_data.arg in set(Kind):
        draft = replace(draft, kind=callback_data.arg)
    await show(callback, draft, state, intake, session)


async def change_office(callback: CallbackQuery, draft: Draft, intake: Intake) -> None:
    rows = office_buttons(draft, draft.guess or Guess(), intake)
    await redraw(callback, say("card.choose_office"), [*rows, [(label("button.back"), f"d:{draft.id}:show:")]])


async def office(
    callback: CallbackQuery,
    callback_data: DraftButton,
    draft: Draft,
    state: FSMContext,
    intake: Intake,
    session: AsyncSession,
) -> None:
    """Only an office that was offered, or the desk, can be chosen: the data of a button may be forged."""
    offered = {agency for agency, _ in (draft.guess or Guess()).alternatives}
    if callback_data.arg in offered | {DESK}:
        draft = replace(draft, office=callback_data.arg)
    await show(callback, draft, state, intake, session)


async def choose_privacy(
    callback: CallbackQuery,
    callback_data: DraftButton,
    draft: Draft,
    state: FSMContext,
    intake: Intake,
    session: AsyncSession,
) -> None:
    choice = {"anonymous": draft.anonymous, "confidential": draft.confidential} | PRIVACY[callback_data.verb]
    draft = replace(draft, anonymous=choice["anonymous"], confidential=choice["confidential"])
    await show(callback, draft, state, intake, session)


async def really(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    """What looked like chatter is a report, says the citizen: a person at the desk will read it."""
    if isinstance(callback.message, Message):
        guess = replace(intake.look(draft.text), decision="triage")
        await ask_next(callback.message, state, draft.with_guess(guess), intake, session)


async def split(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    """Two things in one message: this card is for the first, the second follows when it is sent."""
    guess = draft.guess or Guess()
    if guess.second:
        await show(callback, replace(draft, also=guess.second[0]), state, intake, session)


async def same_matter(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    if draft.pending and isinstance(callback.message, Message):
        draft = replace(told_more(draft, draft.pending, intake), pending="")
        await ask_next(callback.message, state, draft, intake, session)


async def other_matter(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    """It waits its turn: first this report, then the other."""
    if draft.pending and isinstance(callback.message, Message):
        draft = replace(draft, pending="", later=(*draft.later, draft.pending))
        await redraw(callback, say("ask.matter_noted"), [])
        await ask_next(callback.message, state, draft, intake, session)
