"""What an officer writes to a citizen: words and photos taken, shown as the citizen will read them, then sent.

Data: k:<report>:<verb>: begins, w:<report>:send and w:<report>:again end it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InputMediaPhoto, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw, tell
from bot.config import City
from bot.intake import Intake
from bot.staff.access import Action, permit
from bot.staff.case import CaseButton, open_case
from bot.staff.photos import taken
from bot.texts import Html, label, moment, own_words, say
from bot.texts.cards import Buttons
from storage import amend, casework, notices, reports, templates
from storage.engine import calendar_of
from storage.evidence import File
from storage.lifecycle import WITH_AN_OFFICE, ForbiddenMove, Kind, LifecycleError, NoteRequired, Status, check_move
from storage.reports import Actor, UnknownReport
from storage.tables import ActorKind, Officer, Report

LONGEST = 2000


class Write(StatesGroup):
    """An officer is writing: to the citizen, or a colleague."""

    WORDS = State()
    WHY = State()  # of a transfer
    NOTE = State()  # for inside
    NUMBER = State()  # of the report that goes on
    CONFIRM = State()


class WordsButton(CallbackData, prefix="w"):
    report: int
    verb: str


@dataclass(frozen=True)
class Letter:
    """One kind of news: what it takes to send, what the officer is asked for, and the notice that the citizen reads."""

    action: Action
    question: str
    notice: str
    to: Status | None = None
    """Where it leads; None: the report stays where it is."""
    photos: bool = False


LETTERS = {
    "ask": Letter(Action.ASK, "staff.ask_question", "your_report_needs_info", Status.NEEDS_INFO),
    "progress": Letter(Action.PROGRESS, "staff.ask_progress", "your_report_progressed", photos=True),
    "resolve": Letter(Action.RESOLVE, "staff.ask_resolution", "your_report_was_resolved", Status.RESOLVED, photos=True),
    "reject": Letter(Action.REJECT, "staff.ask_rejection", "your_report_was_rejected", Status.REJECTED),
    "extend": Letter(Action.EXTEND, "staff.ask_extension", "your_report_was_extended"),
}
AT_ONCE = ("ask", "progress", "resolve")
"""Verbs whose words are asked for at once; a refusal and an extension are chosen from a list first."""

OF_EVENT = {"asked": "ask", "progressed": "progress", "resolved": "resolve", "rejected": "reject", "extended": "extend"}
"""Event -> the letter it came from, for putting its words right."""


class NoteTooLong(LifecycleError):
    """More than the citizen would read."""

    code = "note_too_long"


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="words")
    here.message.register(stop, Command("batal"), StateFilter(Write))
    here.message.register(take_photo, StateFilter(Write.WORDS, Write.CONFIRM), F.photo | F.document | F.video)
    here.message.register(take, StateFilter(Write.WORDS, Write.CONFIRM), F.text, ~F.text.startswith("/"))
    here.message.register(words_please, StateFilter(Write.WORDS, Write.CONFIRM), ~F.text)
    here.callback_query.register(write, CaseButton.filter(F.verb.in_(AT_ONCE)))
    here.callback_query.register(put_right, CaseButton.filter(F.verb == "amend"))
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


def possible(report: Report, letter: Letter) -> None:
    """Raises: ForbiddenMove when this news cannot be given as the report stands."""
    if letter.to is not None:
        check_move(report.status, letter.to, "-")
    elif report.status not in WITH_AN_OFFICE:
        raise ForbiddenMove(report.status, report.status)


async def write(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    intake: Intake,
) -> None:
    """Ask the officer for the words. Raises: ForbiddenMove when the news cannot be given now."""
    letter = LETTERS[callback_data.verb]
    report, _ = await open_case(session, officer, letter.action, callback, callback_data.report, now)
    possible(report, letter)
    owed = callback_data.verb == "resolve" and report.kind is Kind.COMPLAINT and intake.wants_proof(report.topic)
    await state.set_state(Write.WORDS)
    await state.set_data({"report": report.id, "verb": callback_data.verb, "proof": owed})
    ready: Buttons = [[(one.title, f"tp:use:{one.id}")] for one in await templates.offered(session, report)]
    question = "staff.ask_proof" if owed else own_words(report.kind, letter.question)
    await tell(callback, say(question, number=report.number), ready)


async def put_right(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    """Other words for an answer that has just gone out. Raises: UnknownReport, TooLateToAmend."""
    report, by = await open_case(session, officer, Action.AMEND, callback, callback_data.report, now)
    event_id = int(callback_data.arg) if callback_data.arg.isdecimal() and len(callback_data.arg) < 18 else 0
    event = await amend.check(session, event_id, officer_id=by.id or 0, now=now)
    if event.report_id != report.id:
        raise UnknownReport
    await state.set_state(Write.WORDS)
    await state.set_data({"report": report.id, "verb": OF_EVENT[event.kind], "amends": event.id})
    await tell(callback, say("staff.ask_amendment", number=report.number))


async def writes(
    session: AsyncSession, officer: Officer | None, data: dict[str, Any], chat_id: int, now: datetime
) -> tuple[Report, Officer]:
    """The report that is written about, and the officer who may still do so. Raises: Refused, UnknownReport."""
    action = Action.AMEND if "amends" in data else LETTERS[data["verb"]].action
    report = await reports.lock(session, data["report"])
    return report, await permit(session, officer, action, chat_id=chat_id, now=now, report=report)


async def take(
    message: Message, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None, city: City
) -> None:
    """What is written after a reason was chosen is added to it."""
    data, words = await state.get_data(), checked(message.text or "")
    await writes(session, officer, data, message.chat.id, now)
    data["words"] = checked(f"{data['reason']}\n\n{words}") if "reason" in data else words
    await review(message, state, data, session, city)


async def take_photo(
    message: Message,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
    intake: Intake,
) -> None:
    """A photo that goes with the words; its caption is the words. The pictures of an album come one by one.

    Raises: ProofRefused for a photo that is not new, NoteTooLong.
    """
    data = await state.get_data()
    photos = data.get("photos", [])
    report, _ = await writes(session, officer, data, message.chat.id, now)
    if not LETTERS[data["verb"]].photos or "amends" in data:
        await words_please(message)
        return
    photo = await taken(message, data, report, session, now, intake)
    known = {unique for _, _, unique in photos}
    if photo.unique_id not in known:
        data["photos"] = [*photos, [photo.kind, photo.file_id, photo.unique_id]]
    if message.caption:
        data["words"] = checked(message.caption)
    same_album = message.media_group_id is not None and message.media_group_id == data.get("album")
    data["album"] = message.media_group_id
    if same_album:
        await state.set_data(data)
        return
    await review(message, state, data, session, city)


async def review(message: Message, state: FSMContext, data: dict[str, Any], session: AsyncSession, city: City) -> None:
    """Ask for what is missing, else show what the citizen will read."""
    letter, words = LETTERS[data["verb"]], data.get("words", "")
    report = await reports.lock(session, data["report"])
    if "amends" not in data:
        possible(report, letter)
    await state.set_data(data)
    if not words:
        await message.answer(say("staff.photo_taken"))
        return
    if data.get("proof") and not data.get("photos"):
        await message.answer(say("staff.photo_owed"))
        return
    await state.set_state(Write.CONFIRM)
    if photos := data.get("photos", []):
        caption = label("staff.preview_photos", number=report.number)
        album = [InputMediaPhoto(media=file_id, caption=caption if i == 0 else None)
                 for i, (_, file_id, _) in enumerate(photos)]  # fmt: skip
        if len(album) == 1:
            await message.answer_photo(photos[0][1], caption=caption)
        else:
            await message.answer_media_group(list(album))
    await message.answer(
        say("staff.preview", text=await reading(session, report, data, city)),
        reply_markup=inline(send_or_again(report)),
    )


def send_or_again(report: Report) -> Buttons:
    """Under what the citizen would read."""
    return [
        [(label("button.send_answer"), f"w:{report.id}:send")],
        [(label("button.write_again"), f"w:{report.id}:again")],
    ]


async def reading(session: AsyncSession, report: Report, data: dict[str, Any], city: City) -> Html:
    """The words as the citizen will have them."""
    facts = await notices.facts_of(session, report)
    due = report.due_at
    if "days" in data and due is not None and "amends" not in data:
        due = calendar_of(session).later(due, data["days"])
    return say(
        own_words(report.kind, f"notice.{LETTERS[data['verb']].notice}"),
        number=report.number,
        agency=facts["agency"] or city.government,
        note=data["words"],
        due=moment(due, city.timezone),
    )


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
    report, by = await writes(session, officer, data, callback.from_user.id, now)
    report = await deliver(session, report.id or 0, data, by.id or 0, now)
    await state.clear()
    await redraw(callback, sent(report), await change_button(session, report, by.id or 0))


async def deliver(
    session: AsyncSession, report_id: int, data: dict[str, Any], officer_id: int, now: datetime
) -> Report:
    """The one change these words belong to. Raises: whatever that change refuses."""
    words, by = data["words"], Actor(ActorKind.OFFICER, officer_id)
    if "amends" in data:
        return await amend.amend(session, data["amends"], words, officer_id=officer_id, now=now)
    verb, photos = data["verb"], [File(*photo) for photo in data.get("photos", [])]
    if verb == "progress":
        return await casework.progress(session, report_id, words, by=by, now=now, photos=photos)
    if verb == "resolve":
        owed = bool(data.get("proof"))
        return await casework.resolve(session, report_id, words, by=by, now=now, photos=photos, proof_owed=owed)
    to = LETTERS[verb].to
    if to is None:
        return await casework.extend(session, report_id, words, days=data["days"], by=by, now=now)
    return await reports.change_status(session, report_id, to, by=by, now=now, note=words)


async def again(callback: CallbackQuery, state: FSMContext) -> None:
    data = await state.get_data()
    await state.set_state(Write.WORDS)
    await state.set_data({key: value for key, value in data.items() if key not in {"words", "photos", "album"}})
    await redraw(callback, say("staff.write_again"), [])


async def change_button(session: AsyncSession, report: Report, officer_id: int) -> Buttons:
    """For a slip that is noticed at once."""
    event = await amend.newest(session, report.id or 0, officer_id)
    return [[(label("button.amend"), f"k:{report.id}:amend:{event.id}")]] if event else []


def sent(report: Report) -> Html:
    return say("staff.sent", number=report.number, status=label(f"status_staff.{report.status}"))


async def words_please(message: Message) -> None:
    await message.answer(say("staff.words_please"))


async def stop(message: Message, state: FSMContext) -> None:
    await state.clear()
    await message.answer(say("staff.cancelled"))
