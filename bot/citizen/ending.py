"""The end of a report, in the citizen's hands: done or not, how good, an objection, four weeks later. Data: r:..."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import anchor, file_in, inline, redraw, tell
from bot.citizen import place
from bot.citizen import report as writing
from bot.citizen.albums import WholeAlbum
from bot.citizen.draft import Draft
from bot.citizen.follow import ReportButton, Tell, me, own, said_in
from bot.citizen.questions import Ask, ask_next, keep, load
from bot.config import City
from bot.intake import Intake
from bot.texts import Html, day, label, own_words, paragraphs, say
from bot.texts.cards import Buttons, ratings
from storage import aftercare, appeals, ending, reads, thread
from storage.ending import LOW, TooLate
from storage.evidence import File
from storage.lifecycle import ForbiddenMove
from storage.standing import UNCONFIRMED, can_reopen, standing
from storage.tables import Report

FEW = 4
"""Words; fewer than these beside a rating are taken as a word on the work, whatever they sound like."""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="ending")
    here.message.middleware(WholeAlbum())
    said = F.text | F.caption | F.func(file_in)
    reasons = StateFilter(Tell.NOT_FIXED, Tell.OBJECTION)
    here.message.register(take_reason, reasons, said, ~F.text.startswith("/"))
    here.message.register(take_word, StateFilter(Tell.WORD), F.text, ~F.text.startswith("/"))
    here.message.register(another_report, StateFilter(Tell.WORD), F.location | F.func(file_in))
    here.callback_query.register(rate, ReportButton.filter(F.verb.regexp(r"^rate_[1-5]$")))
    for handler in (fixed, reopen, skip, word, anew, object_, nudge, holds, broke):
        here.callback_query.register(handler, ReportButton.filter(F.verb == handler.__name__.rstrip("_")))
    return here


async def fixed(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    _, citizen = await own(session, callback, callback_data.report, now)
    report = await ending.confirm(session, callback_data.report, citizen_id=citizen.id or 0, now=now)
    await redraw(callback, *thanks(report))


def thanks(report: Report) -> tuple[Html, Buttons]:
    """After a confirmation: the question how good it was."""
    asked = say(own_words(report.kind, "ending.rate"), number=report.number)
    return paragraphs(say(own_words(report.kind, "mine_do.confirmed"), number=report.number), asked), ratings(
        report.id or 0
    )


async def reopen(
    callback: CallbackQuery, callback_data: ReportButton, state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    report, _ = await own(session, callback, callback_data.report, now)
    await ask_why_not(callback, state, report, now)


async def ask_why_not(
    callback: CallbackQuery, state: FSMContext, report: Report, now: datetime, files: tuple[File, ...] = ()
) -> None:
    """Raises: TooLate, ForbiddenMove."""
    if not can_reopen(report, now):
        raise TooLate if standing(report) in UNCONFIRMED else ForbiddenMove(report.status, report.status)
    unanswered = standing(report) == "unanswered"
    key = "mine_do.answer" if unanswered else own_words(report.kind, "mine_do.not_fixed")
    question = say(key, number=report.number)
    await ask_reason(callback, state, report, Tell.NOT_FIXED, question, files)


async def ask_reason(
    callback: CallbackQuery, state: FSMContext, report: Report, to: Any, question: Html, files: tuple[File, ...] = ()
) -> None:
    await state.set_state(to)
    await state.set_data({"report": report.id, "files": [vars(file) for file in files]})
    await tell(callback, question)


async def take_reason(
    message: Message, files: tuple[File, ...], state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    """Words, with a photo or after one; a photo alone is kept until the words come."""
    data = await state.get_data()
    said, citizen = said_in(message, files), await me(session, message, now)
    files = (*(File(**file) for file in data.get("files", [])), *files)
    if said.wordless:
        number = (await reads.by_id(session, data["report"])).number
        await state.set_data(data | {"files": [vars(file) for file in files]})
        await message.answer(say("mine_do.photo_kept" if files else "errors.text_empty", number=number))
        return
    objects = await state.get_state() == Tell.OBJECTION
    change = appeals.object_ if objects else ending.reopen
    report = await change(session, data["report"], citizen_id=citizen.id or 0, now=now, note=said.note, files=files)
    await state.clear()
    key = "ending.objected" if objects else own_words(report.kind, "mine_do.reopened")
    await message.answer(say(key, number=report.number))


async def rate(
    callback: CallbackQuery, callback_data: ReportButton, state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    """The number; then a word may follow, unless something else is being written or was said before."""
    _, citizen = await own(session, callback, callback_data.report, now)
    rating = int(callback_data.verb[-1])
    report = await ending.rate(session, callback_data.report, rating, citizen_id=citizen.id or 0, now=now)
    waits = await state.get_state() is None and not report.rating_note
    rows: Buttons = [[(label("button.object"), f"r:{report.id}:object")]] if rating <= LOW else []
    if waits:
        await state.set_state(Tell.WORD)
        await state.set_data({"report": report.id})
        rows.append([(label("button.skip"), f"r:{report.id}:skip")])
    text = paragraphs(
        say("ending.rated", rating=rating, number=report.number),
        say("ending.rated_low") if rating <= LOW else "",
        say("ending.word_welcome") if waits else "",
    )
    await redraw(callback, text, rows)


async def skip(
    callback: CallbackQuery, callback_data: ReportButton, state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    report, _ = await own(session, callback, callback_data.report, now)
    data = await state.get_data()
    if await state.get_state() == Tell.WORD and data.get("report") == callback_data.report:
        await state.clear()
    await redraw(callback, say("ending.skipped", number=report.number), [])


async def take_word(message: Message, state: FSMContext, session: AsyncSession, now: datetime, intake: Intake) -> None:
    """The word that goes with a rating. What reads like a complaint may be one: the citizen says."""
    data = await state.get_data()
    said, citizen = said_in(message, ()), await me(session, message, now)
    guess = intake.look(said.note)
    if guess.urgent or (guess.decision == "auto" and len(said.note.split()) >= FEW):
        report = await reads.by_id(session, data["report"])
        await state.clear()
        await thread.hold(session, message.chat.id, said, now)
        rows = [[(label(f"button.{key}"), f"r:{report.id}:{verb}")] for key, verb in CHOICES]
        await message.answer(say("ending.word_or_report", number=report.number), reply_markup=inline(rows))
        return
    report = await ending.explain_rating(session, data["report"], citizen_id=citizen.id or 0, now=now, note=said.note)
    await state.clear()
    await message.answer(say("ending.word_kept", number=report.number))


CHOICES = (("word_on_work", "word"), ("report_anew", "anew"))


async def word(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    _, citizen = await own(session, callback, callback_data.report, now)
    said = await thread.take_held(session, callback.from_user.id, now)
    if said is None:
        await redraw(callback, say("thread.gone"), [])
        return
    report = await ending.explain_rating(
        session, callback_data.report, citizen_id=citizen.id or 0, now=now, note=said.note
    )
    await redraw(callback, say("ending.word_kept", number=report.number), [])


async def anew(
    callback: CallbackQuery, state: FSMContext, session: AsyncSession, now: datetime, intake: Intake
) -> None:
    """What was said is a report of its own."""
    said = await thread.take_held(session, callback.from_user.id, now)
    if said is None:
        await redraw(callback, say("thread.gone"), [])
        return
    message, words = anchor(callback), "" if said.wordless else said.note
    if await comes_later(message, state, words):
        return
    await state.clear()
    draft = Draft(files=said.files)
    if said.pin:
        draft, words = draft.with_pin(*said.pin, intake.where(*said.pin)), ""
    if words:
        await writing.take_words(message, state, draft, words, intake, session)
    else:
        await ask_next(message, state, draft, intake, session)


async def another_report(
    message: Message, files: tuple[File, ...], state: FSMContext, session: AsyncSession, intake: Intake
) -> None:
    """A photo or a pin is no word on the work: a new report begins with it."""
    await state.clear()
    if message.location:
        await place.take_pin(message, state, intake, session)
    else:
        await writing.take_files(message, files, state, intake, session)


async def comes_later(message: Message, state: FSMContext, words: str) -> bool:
    """Whether another report is being written; then these words wait until it is sent."""
    if await state.get_state() not in {Ask.TEXT.state, Ask.PLACE.state, Ask.CHECK.state}:
        return False
    draft = await load(state) or Draft()
    await keep(state, replace(draft, later=(*draft.later, words)) if words else draft)
    await message.answer(say("ask.matter_noted"))
    return True


async def object_(
    callback: CallbackQuery, callback_data: ReportButton, state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    report, _ = await own(session, callback, callback_data.report, now)
    if not appeals.may_object(report, now):
        raise appeals.NoObjection
    question = say("ending.objection_again" if report.appeal else "ending.objection", number=report.number)
    await ask_reason(callback, state, report, Tell.OBJECTION, question)


async def nudge(
    callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime, city: City
) -> None:
    report, citizen = await own(session, callback, callback_data.report, now)
    before = await ending.nudge(session, report.id or 0, citizen_id=citizen.id or 0, now=now)
    if before:
        said = say("ending.nudged_before", day=day(before, city.timezone), number=report.number)
    else:
        agency = await reads.agency(session, report.agency_id)
        said = say("ending.nudged", agency=agency.name if agency else city.government, number=report.number)
    await tell(callback, said)


async def holds(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    _, citizen = await own(session, callback, callback_data.report, now)
    report = await aftercare.answer(session, callback_data.report, citizen_id=citizen.id or 0, now=now, holds=True)
    await redraw(callback, say("ending.holds", number=report.number), [])


async def broke(
    callback: CallbackQuery,
    callback_data: ReportButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    intake: Intake,
) -> None:
    """A new report, written already: same matter, same place, same office, and it says what it continues."""
    _, citizen = await own(session, callback, callback_data.report, now)
    old = await aftercare.answer(session, callback_data.report, citizen_id=citizen.id or 0, now=now, holds=False)
    await redraw(callback, say("ending.broke_again", number=old.number), [])
    draft = continuing(old, intake)
    if not await comes_later(anchor(callback), state, draft.text):
        await state.clear()
        await ask_next(anchor(callback), state, draft, intake, session)


def continuing(old: Report, intake: Intake) -> Draft:
    """The draft of a report that goes on where another one ended."""
    return Draft(
        text=f"{label('ending.continues', number=old.number)} {old.text}",
        guess=intake.look(old.text),
        kind=old.kind.value,
        office=old.agency_id,
        place=old.place,
        kecamatan=old.kecamatan,
        kelurahan=old.kelurahan,
        latitude=old.latitude,
        longitude=old.longitude,
        placed=True,
    )
