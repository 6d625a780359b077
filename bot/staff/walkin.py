"""/catat: an officer writes down a report for somebody at the counter, on the telephone, or by letter.

Also /sp4n <number> <tracking number>: where the report stands in SP4N-LAPOR!. Data: wi:<verb>:<argument>.
"""

from datetime import datetime
from uuid import uuid4

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline, redraw
from bot.config import City
from bot.intake import Intake
from bot.staff.access import Action, permit
from bot.texts import label, lines, moment, paragraphs, say, shorten
from storage import reads, walkin
from storage.lifecycle import Kind, NoteRequired
from storage.numbers import number_in
from storage.reports import Opening, UnknownReport
from storage.tables import Officer
from storage.walkin import SOURCES

LONGEST = {"text": 4000, "place": 300, "name": 200}


class WalkIn(StatesGroup):
    """An officer writes down what somebody says."""

    TEXT = State()
    PLACE = State()
    NAME = State()
    SOURCE = State()
    SURE = State()


class WalkInButton(CallbackData, prefix="wi"):
    verb: str
    arg: str = ""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="walkin")
    here.message.register(begin, Command("catat"))
    here.message.register(sp4n, Command("sp4n"))
    here.message.register(stop, Command("batal"), StateFilter(WalkIn))
    here.message.register(take, StateFilter(WalkIn.TEXT, WalkIn.PLACE, WalkIn.NAME), F.text, ~F.text.startswith("/"))
    here.callback_query.register(skip, WalkInButton.filter(F.verb == "skip"), StateFilter(WalkIn.PLACE, WalkIn.NAME))
    here.callback_query.register(source, WalkInButton.filter(F.verb == "source"), StateFilter(WalkIn.SOURCE))
    here.callback_query.register(send, WalkInButton.filter(F.verb == "send"), StateFilter(WalkIn.SURE))
    here.callback_query.register(drop, WalkInButton.filter(F.verb == "drop"))
    return here


async def begin(
    message: Message, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    await permit(session, officer, Action.WALK_IN, chat_id=message.chat.id, now=now)
    await state.set_state(WalkIn.TEXT)
    await state.set_data({"draft": uuid4().hex[:16]})
    await message.answer(say("walkin.ask_text"))


NEXT = {
    WalkIn.TEXT.state: ("text", WalkIn.PLACE, "walkin.ask_place"),
    WalkIn.PLACE.state: ("place", WalkIn.NAME, "walkin.ask_name"),
    WalkIn.NAME.state: ("name", WalkIn.SOURCE, "walkin.ask_source"),
}
"""State -> what its answer is, the state after it, and the next question."""


async def take(message: Message, state: FSMContext) -> None:
    """Raises: NoteRequired for words without a letter."""
    key, after, question = NEXT[await state.get_state()]
    words = (message.text or "").strip()[: LONGEST[key]]
    if not any(c.isalnum() for c in words):
        raise NoteRequired
    await state.update_data({key: words})
    await state.set_state(after)
    await message.answer(say(question), reply_markup=inline(buttons_of(after)))


def buttons_of(state: State) -> list[list[tuple[str, str]]]:
    if state == WalkIn.SOURCE:
        return columns([(label(f"walkin.{name}"), f"wi:source:{name}") for name in SOURCES], 3)
    return [[(label("walkin.skip"), "wi:skip:")]]


async def skip(callback: CallbackQuery, state: FSMContext) -> None:
    key, after, question = NEXT[await state.get_state()]
    await state.update_data({key: ""})
    await state.set_state(after)
    await redraw(callback, say(question), buttons_of(after))


async def source(callback: CallbackQuery, callback_data: WalkInButton, state: FSMContext, intake: Intake) -> None:
    """The whole report once more, and where it would go."""
    data = await state.get_data()
    how = callback_data.arg if callback_data.arg in SOURCES else SOURCES[0]
    await state.update_data({"source": how})
    await state.set_state(WalkIn.SURE)
    guess = intake.look(data["text"])
    body = intake.bodies.get(guess.agency or "") if guess.decision == "auto" else None
    text = paragraphs(
        say("walkin.check"),
        say("card.text", text=shorten(data["text"], 2500)),
        lines(
            say("card.place", place=data["place"] or label("card.place_none")),
            say("walkin.named", name=data["name"] or label("card.place_none")),
            say("walkin.came", source=label(f"walkin.{how}")),
            say("card.office", agency=body.name) if body else say("card.office_desk"),
        ),
    )
    await redraw(callback, text, [[(label("walkin.send"), "wi:send:")], [(label("button.keep"), "wi:drop:")]])


async def send(
    callback: CallbackQuery,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    intake: Intake,
    city: City,
) -> None:
    by = await permit(session, officer, Action.WALK_IN, chat_id=callback.from_user.id, now=now)
    data = await state.get_data()
    guess = intake.look(data["text"])
    citizen = await walkin.person(session, data["name"], now)
    opening = Opening(
        draft_id=data["draft"],
        citizen_id=citizen.id or 0,
        text=data["text"],
        kind=Kind(guess.kind),
        urgent=guess.urgent,
        place=data["place"],
        kecamatan=guess.kecamatan,
        kelurahan=guess.kelurahan,
    )
    report, _ = await intake.open(session, opening, guess, None, now)
    report = await walkin.written_down(session, report.id or 0, data["source"], by.id or 0)
    await state.clear()
    agency = await reads.agency(session, report.agency_id)
    text = say(
        "walkin.sent",
        number=report.number,
        aloud=" ".join(report.number.replace("-", " ")),
        agency=agency.name if agency else label("staff.queue_desk"),
        due=moment(report.due_at, city.timezone) or "-",
    )
    await redraw(callback, text, [])


async def sp4n(
    message: Message,
    command: CommandObject,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Raises: UnknownReport, Sp4nError."""
    number, _, tracking = (command.args or "").strip().partition(" ")
    report = await reads.by_number(session, number_in(number, city.prefix, now)) if number else None
    await permit(session, officer, Action.SP4N, chat_id=message.chat.id, now=now, report=report)
    if not tracking:
        await message.answer(say("walkin.sp4n_how", prefix=city.prefix))
        return
    if report is None:
        raise UnknownReport
    report = await walkin.track(session, report.id or 0, tracking)
    known = report.sp4n_number or label("card.place_none")
    await message.answer(say("walkin.sp4n_done", number=report.number, tracking=known))


async def stop(message: Message, state: FSMContext) -> None:
    await state.clear()
    await message.answer(say("staff.cancelled"))


async def drop(callback: CallbackQuery, state: FSMContext) -> None:
    await state.clear()
    await redraw(callback, say("staff.cancelled"), [])
