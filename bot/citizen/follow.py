"""A citizen's own reports: the list, one report, and more words on it. Data: r:<report>:<verb>, l:<shelf>:<page>."""

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
from bot.citizen.albums import WholeAlbum
from bot.citizen.draft import Unacceptable, tidy
from bot.config import City
from bot.texts import Html, label, own_words, paragraphs, say, shorten
from bot.texts.cards import Buttons, own_report
from bot.texts.known import supported_report
from bot.texts.mask import masked
from storage import appeals, ending, notices, pauses, people, reads, reports, support, thread
from storage.evidence import File
from storage.lifecycle import OPEN, ForbiddenMove, Status
from storage.numbers import number_in
from storage.reports import Actor, UnknownReport
from storage.standing import can_reopen, standing
from storage.tables import ActorKind, Citizen, Report
from storage.thread import Said

LONGEST_NOTE = 2000


class ReportButton(CallbackData, prefix="r"):
    report: int
    verb: str


class PageButton(CallbackData, prefix="l"):
    shelf: str
    page: int


class Tell(StatesGroup):
    """The citizen is about to write something on one of their reports."""

    ANSWER = State()  # the answer to a question, or an addition
    NOT_FIXED = State()  # why it is not done
    WORD = State()  # something to go with a rating; whoever writes about something else is not held to it
    OBJECTION = State()


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="follow")
    here.message.middleware(WholeAlbum())
    here.message.register(mine, Command("laporanku"))
    here.message.register(status, Command("status"))
    idle = StateFilter(None, Tell.WORD)
    here.message.register(typed_number, idle, F.text.regexp(r"^\s*[A-Za-z]{2,5}-\d{2}-\d{1,6}\s*$"))
    here.message.register(typed_number, idle, F.text.regexp(r"^\s*#?\d{1,6}\s*$"), is_own_number)
    here.message.register(stop, Command("batal"), StateFilter(Tell))
    said = F.text | F.caption | F.location | F.func(file_in)
    here.message.register(take_answer, StateFilter(Tell.ANSWER), said, ~F.text.startswith("/"))
    here.callback_query.register(turn_page, PageButton.filter())
    for handler in (see, answer, add, dispute, withdraw, withdraw_yes):
        here.callback_query.register(handler, ReportButton.filter(F.verb == handler.__name__))
    return here


async def me(session: AsyncSession, event: Message | CallbackQuery, now: datetime) -> Citizen:
    """The citizen who wrote or pressed."""
    if event.from_user is None:
        raise UnknownReport
    return await people.citizen_at(session, event.from_user.id, name_of(event.from_user), now)


async def own(session: AsyncSession, event: CallbackQuery, report_id: int, now: datetime) -> tuple[Report, Citizen]:
    """Raises: UnknownReport, also for a report of somebody else."""
    citizen = await me(session, event, now)
    return await reports.of_citizen(session, report_id, citizen.id or 0), citizen


async def view(session: AsyncSession, report: Report, city: City, now: datetime) -> tuple[Html, Buttons]:
    """The report as its citizen sees it."""
    facts = await notices.facts_of(session, report)
    overdue = pauses.is_overdue(report, now)
    may = {
        "nudge": overdue and await ending.nudged_at(session, report.id or 0) is None,
        "object": appeals.may_object(report, now),
        "late": not can_reopen(report, now),
    }
    return own_report(
        facts,
        city.timezone,
        overdue=overdue,
        last=await reads.last_note(session, report.id or 0),
        may=frozenset(name for name, so in may.items() if so),
    )


SHELVES = {"all": frozenset(Status), "open": OPEN | {Status.RESOLVED}, "ended": frozenset(Status) - OPEN}
"""What a list may be narrowed to. What an office calls done is on both: its citizen has yet to say so."""


async def listed(session: AsyncSession, citizen: Citizen, shelf: str, page: int) -> tuple[Html, Buttons]:
    """A page of the citizen's reports, with a button for each, and the other shelves."""
    found, total, followed = await reads.of_citizen(session, citizen.id or 0, page, SHELVES[shelf])
    shelves = [(label(f"button.show_{name}"), f"l:{name}:0") for name in SHELVES if name != shelf]
    others = [[(label("button.supported", count=followed), "sl:0")]] if followed else []
    if not found:
        return (say("mine.none"), others) if shelf == "all" else (say(f"mine.none_{shelf}"), [shelves])
    text = paragraphs(
        say("mine.title" if shelf == "all" else f"mine.title_{shelf}", total=total),
        *(
            say(
                "mine.line",
                number=r.number,
                status=label(own_words(r.kind, f"status.{standing(r)}")),
                text=shorten(r.text, 80),
            )
            for r in found
        ),
    )
    buttons = [[(r.number, f"r:{r.id}:see")] for r in found]
    return text, [*buttons, *pages(f"l:{shelf}", page, total), shelves, *others]


async def mine(message: Message, session: AsyncSession, now: datetime) -> None:
    text, buttons = await listed(session, await me(session, message, now), "all", 0)
    await message.answer(text, reply_markup=inline(buttons))


async def turn_page(callback: CallbackQuery, callback_data: PageButton, session: AsyncSession, now: datetime) -> None:
    citizen = await me(session, callback, now)
    shelf = callback_data.shelf if callback_data.shelf in SHELVES else "all"
    await redraw(callback, *await listed(session, citizen, shelf, max(0, min(callback_data.page, 100_000))))


async def status(message: Message, command: CommandObject, session: AsyncSession, now: datetime, city: City) -> None:
    """One report by its number; without a number the only one there is."""
    if command.args:
        await show_number(message, command.args, session, now, city)
        return
    found, total, _ = await reads.of_citizen(session, (await me(session, message, now)).id or 0, 0)
    if total == 1:
        await show(message, found[0], session, now, city)
    else:
        await message.answer(say("mine.which", prefix=city.prefix))


async def typed_number(message: Message, session: AsyncSession, now: datetime, city: City) -> None:
    await show_number(message, message.text or "", session, now, city)


async def is_own_number(message: Message, session: AsyncSession, now: datetime, city: City) -> bool:
    """Whether bare digits are the number of a report of this citizen; if not, they are words like any others."""
    citizen = await me(session, message, now)
    report = await reads.by_number(session, number_in(message.text or "", city.prefix, now))
    return report is not None and report.citizen_id == citizen.id


async def show_number(message: Message, said: str, session: AsyncSession, now: datetime, city: City) -> None:
    citizen = await me(session, message, now)
    report = await reads.by_number(session, number_in(said, city.prefix, now))
    if report is None:
        raise UnknownReport
    if report.citizen_id == citizen.id:
        await show(message, report, session, now, city)
        return
    text, buttons = await supported(session, report.id or 0, citizen.id or 0, city, now)
    await message.answer(text, reply_markup=inline(buttons))


async def show(message: Message, report: Report, session: AsyncSession, now: datetime, city: City) -> None:
    text, buttons = await view(session, report, city, now)
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
    if report.status not in OPEN:
        raise ForbiddenMove(report.status, report.status)
    await state.set_state(to)
    await state.set_data({"report": report.id})
    await tell(callback, say(question, number=report.number))


async def take_answer(
    message: Message, files: tuple[File, ...], state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    data: dict[str, Any] = await state.get_data()
    citizen = await me(session, message, now)
    await message.answer(await tell_office(session, citizen, data["report"], said_in(message, files), now))
    await state.clear()


async def tell_office(session: AsyncSession, citizen: Citizen, report_id: int, said: Said, now: datetime) -> Html:
    """Pass on what the citizen says on their report; returns the words of thanks. Raises: ForbiddenMove."""
    before = await reports.of_citizen(session, report_id, citizen.id or 0)
    asked = before.status is Status.NEEDS_INFO
    report = await thread.say_more(session, report_id, citizen_id=citizen.id or 0, now=now, said=said)
    return say("mine_do.answered" if asked else "mine_do.added", number=report.number)


def said_in(message: Message, files: tuple[File, ...]) -> Said:
    """Words and pin of a message with its files. Raises: Unacceptable."""
    note, place = note_in(message), message.location
    if place:
        note = label("mine_do.pin", latitude=place.latitude, longitude=place.longitude)
    return Said(
        note or label("mine_do.file_only"),
        files,
        (place.latitude, place.longitude) if place else None,
        wordless=not any(c.isalnum() for c in note),
    )


def note_in(message: Message) -> str:
    """Raises: Unacceptable."""
    note = tidy(message.text or message.caption or "")
    if len(note) > LONGEST_NOTE:
        raise Unacceptable("note_too_long")
    return note


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
