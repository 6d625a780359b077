"""/kelola: offices, who answers a topic, days off, answers on file, how much the log says. Data: ad:<verb>:<argument>.

Every change is shown once more before it is made: what the administrator wrote is kept in the conversation until then.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw
from bot.config import City
from bot.intake import Intake
from bot.staff import admin_answers, admin_rules
from bot.staff.access import Action, permit
from bot.staff.screens import LOOKING, SCREENS, Admin, ask, menu_buttons
from bot.staff.typed import typed
from bot.texts import Html, date_in_words, say
from bot.texts.cards import Buttons
from storage import days, faq, offices
from storage.offices import OfficeError
from storage.tables import Officer

OF_INTAKE = {**admin_answers.SCREENS, **admin_rules.SCREENS}
"""Screens of what the intake answers and routes with."""


class AdminButton(CallbackData, prefix="ad"):
    verb: str
    arg: str = ""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="administration")
    here.message.register(menu, Command("kelola"))
    here.message.register(stop, Command("batal"), StateFilter(Admin))
    for state, handler in WRITTEN.items():
        here.message.register(handler, StateFilter(state), F.text, ~F.text.startswith("/"))
    for name in (*SCREENS, *OF_INTAKE):
        here.callback_query.register(screen, AdminButton.filter(F.verb == name))
    here.callback_query.register(sure, AdminButton.filter(F.verb == "yes"), StateFilter(Admin.SURE))
    here.callback_query.register(stop_pressed, AdminButton.filter(F.verb == "no"))
    return here


def today(now: datetime, city: City) -> date:
    return now.astimezone(ZoneInfo(city.timezone)).date()


async def menu(message: Message, session: AsyncSession, now: datetime, officer: Officer | None) -> None:
    await permit(session, officer, Action.ADMINISTER, chat_id=message.chat.id, now=now)
    await message.answer(say("admin.menu"), reply_markup=inline(menu_buttons()))


async def screen(
    callback: CallbackQuery,
    callback_data: AdminButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
    intake: Intake,
) -> None:
    """Any screen: drawn in place of the one before. Raises: OfficeError, BadAnswer."""
    await permit(session, officer, Action.ADMINISTER, chat_id=callback.from_user.id, now=now, screen=callback_data.verb)
    if callback_data.verb in LOOKING:
        await state.clear()
    asked = (session, callback_data.arg, today(now, city), state)
    more = OF_INTAKE.get(callback_data.verb)
    text, buttons = await (more(*asked, intake) if more else SCREENS[callback_data.verb](*asked))
    await redraw(callback, text, buttons)


def three_lines(text: str) -> tuple[str, str, str]:
    """Full name, short name, date: one in each line. Raises: OfficeError."""
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) != 3:
        raise OfficeError("office_lines")
    return found[0], found[1], found[2]


async def created(message: Message, state: FSMContext, session: AsyncSession, now: datetime, city: City) -> None:
    name, short, day = three_lines(message.text or "")
    when = typed(day, today(now, city))
    text = say("admin.sure_create", name=name, short=short, day=date_in_words(when))
    await answer(message, await ask(state, text, "create", name=name, short=short, day=str(when)))


async def renamed(message: Message, state: FSMContext, session: AsyncSession, now: datetime, city: City) -> None:
    data, (name, short, day) = await state.get_data(), three_lines(message.text or "")
    agency, when = await offices.find(session, data["agency"]), typed(day, today(now, city))
    text = say("admin.sure_rename", was=agency.name, name=name, short=short, day=date_in_words(when))
    await answer(message, await ask(state, text, "rename", agency=agency.id, name=name, short=short, day=str(when)))


async def ended(message: Message, state: FSMContext, session: AsyncSession, now: datetime, city: City) -> None:
    data, when = await state.get_data(), typed(message.text or "", today(now, city))
    agency = await offices.find(session, data["agency"])
    heir = await offices.find(session, data["heir"]) if data["heir"] else None
    text = (
        say("admin.sure_merge", name=agency.name, heir=heir.name, day=date_in_words(when))
        if heir
        else say("admin.sure_end", name=agency.name, day=date_in_words(when))
    )
    await answer(message, await ask(state, text, "end", agency=agency.id, heir=data["heir"], day=str(when)))


async def topic_word(message: Message, state: FSMContext, session: AsyncSession, now: datetime, city: City) -> None:
    found = await offices.topics_like(session, message.text or "", today(now, city))
    if not found:
        raise OfficeError("topic_unknown")
    rows: Buttons = [[(name[:60], f"ad:topic:{topic}")] for topic, name in found]
    await answer(message, (say("admin.which_topic"), rows))


async def topic_day(message: Message, state: FSMContext, session: AsyncSession, now: datetime, city: City) -> None:
    data, when = await state.get_data(), typed(message.text or "", today(now, city))
    topic, agency = await offices.topic_name(session, data["topic"]), await offices.find(session, data["agency"])
    text = say("admin.sure_topic", topic=topic, name=agency.name, day=date_in_words(when))
    await answer(message, await ask(state, text, "topic", topic=data["topic"], agency=agency.id, day=str(when)))


async def day_typed(message: Message, state: FSMContext, session: AsyncSession, now: datetime, city: City) -> None:
    first, _, name = (message.text or "").strip().partition("\n")
    when = typed(first, today(now, city))
    if not name.strip():
        raise OfficeError("day_lines")
    text = say("admin.sure_day", day=date_in_words(when), name=name.strip()[:100])
    await answer(message, await ask(state, text, "day", day=str(when), name=name.strip()[:100]))


WRITTEN: dict[State, Callable[..., Awaitable[None]]] = {
    Admin.CREATE: created,
    Admin.RENAME: renamed,
    Admin.END: ended,
    Admin.TOPIC: topic_word,
    Admin.TOPIC_DAY: topic_day,
    Admin.DAY: day_typed,
    **admin_answers.WRITTEN,
    **admin_rules.WRITTEN,
}
"""What was asked -> who takes the answer."""


async def answer(message: Message, screen: tuple[Html, Buttons]) -> None:
    await message.answer(screen[0], reply_markup=inline(screen[1]))


async def sure(
    callback: CallbackQuery,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Make the change that was shown. Raises: OfficeError, BadAnswer."""
    data = await state.get_data()
    by = await permit(session, officer, Action.ADMINISTER, chat_id=callback.from_user.id, now=now, **logged(data))
    day, when = today(now, city), date.fromisoformat(data.get("day", "2000-01-01"))
    match data.get("what"):
        case "create":
            await offices.create(session, data["name"], data["short"], when)
        case "rename":
            await offices.rename(session, data["agency"], data["name"], data["short"], when, day)
        case "end":
            await offices.end(session, data["agency"], when, data["heir"])
            await offices.follow(session, day, now)
        case "topic":
            await offices.answer_topic(session, data["topic"], data["agency"], when)
        case "day":
            await days.declare(session, when, data["name"], by=by.id, now=now)
        case "drop":
            await days.revoke(session, when)
        case "faq":
            await admin_answers.keep(session, data, by=by.id, now=now, day=day)
        case "faq_end":
            await faq.end(session, data["entry"], by=by.id, now=now, day=day)
        case "rule":
            await days.put_rule(session, data["rule"], data["value"], by=by.id, now=now)
        case "level":
            await days.put(session, days.LOG_LEVEL, data["level"], by=by.id, now=now)
    await state.clear()
    await redraw(callback, say("admin.done"), menu_buttons())


def logged(data: dict[str, Any]) -> dict[str, Any]:
    """What the log keeps of a change: everything that is public anyway."""
    return {"change": {key: value for key, value in data.items() if value is not None}}


async def stop(message: Message, state: FSMContext) -> None:
    await state.clear()
    await message.answer(say("staff.cancelled"))


async def stop_pressed(callback: CallbackQuery, state: FSMContext) -> None:
    await state.clear()
    await redraw(callback, say("staff.cancelled"), [])
