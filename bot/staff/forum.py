"""/forum: the brief of an office for the planning forum, and the names of its matters.

Data: forum:<pdf, xlsx, names, name or office>:<year>:<agency or key>.
"""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline, tell
from bot.config import City
from bot.staff.access import OFFICE, Action, permit
from bot.staff.statistics import of
from bot.texts import Html, label, say, shorten
from bot.texts.cards import Buttons
from storage import agencies, outbox, reads, statistics, wishes
from storage.counting import sight_of
from storage.periods import BadPeriod
from storage.tables import ClusterName, Lane, Officer

NAMED = 20
"""Matters whose names can be changed in the chat."""


class ForumButton(CallbackData, prefix="forum"):
    verb: Literal["pdf", "xlsx", "names", "name", "office"]
    year: int
    what: str = ""


class Name(StatesGroup):
    WORDS = State()


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="forum")
    here.message.register(command, Command("forum"))
    here.message.register(named, StateFilter(Name.WORDS), F.text, ~F.text.startswith("/"))
    here.callback_query.register(press, ForumButton.filter())
    return here


async def command(
    message: Message, command: CommandObject, state: FSMContext, session: AsyncSession, now: datetime,
    officer: Officer | None, city: City,
) -> None:  # fmt: skip
    """The own office's brief of this year, or of another: /forum 2025."""
    by = await permit(session, officer, Action.FORUM, chat_id=message.chat.id, now=now)
    await state.clear()
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    given = (command.args or "").strip()
    year = int(given) if given.isdigit() and 2000 <= int(given) <= today.year else today.year
    if by.role not in OFFICE:
        found = await agencies.answering(session, "city", today)
        buttons = [(agency.short, f"forum:office:{year}:{agency.id}") for agency in found]
        await message.answer(say("forum.which_office", year=year), reply_markup=inline(columns(buttons, 3)))
        return
    agency_id = of(by, "")
    text, rows = offered(year, agency_id, await name_of(session, agency_id))
    await message.answer(text, reply_markup=inline(rows))


async def press(
    callback: CallbackQuery, callback_data: ForumButton, state: FSMContext, session: AsyncSession, now: datetime,
    officer: Officer | None, city: City,
) -> None:  # fmt: skip
    by = await permit(session, officer, Action.FORUM, chat_id=callback.from_user.id, now=now)
    verb, year = callback_data.verb, callback_data.year
    if not 2000 <= year <= now.year + 1:
        raise BadPeriod("old_button")
    if verb == "name":
        row = await session.get(ClusterName, callback_data.what)
        if row is None or row.agency_id != of(by, row.agency_id):
            raise BadPeriod("old_button")
        await state.set_state(Name.WORDS)
        await state.set_data({"key": row.key})
        await tell(callback, say("forum.ask_name", words=", ".join(row.terms)))
        return
    agency_id = of(by, callback_data.what)
    agency = await name_of(session, agency_id)
    if verb == "office":
        await tell(callback, *offered(year, agency_id, agency))
    elif verb == "names":
        await tell(callback, *await listed(session, agency_id, year))
    else:
        facts = {"format": verb, "year": year, "agency_id": agency_id, "sight": sight_of(by.agency_id).name}
        await tell(callback, say("forum.begun", agency=agency, year=year))
        await outbox.put(session, now=now, lane=Lane.NOTICE, chat_id=by.chat_id, notice="forum_brief", payload=facts)


async def named(
    message: Message, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    by = await permit(session, officer, Action.FORUM, chat_id=message.chat.id, now=now)
    row = await session.get(ClusterName, (await state.get_data()).get("key", ""))
    if row is None or row.agency_id != of(by, row.agency_id):
        raise BadPeriod("old_button")
    await wishes.rename(session, row.key, message.text or "", by.id, now)
    await state.clear()
    await message.answer(say("forum.named", name=row.name))


async def name_of(session: AsyncSession, agency_id: str) -> str:
    """Raises: BadPeriod for an office that is not there."""
    agency = await reads.agency(session, agency_id)
    if agency is None:
        raise BadPeriod("old_button")
    return agency.name


def offered(year: int, agency_id: str, agency: str) -> tuple[Html, Buttons]:
    """What can be had of one office."""
    rows: Buttons = [
        [(label(f"forum.button_{kind}"), f"forum:{kind}:{year}:{agency_id}") for kind in ("pdf", "xlsx")],
        [(label("forum.button_names"), f"forum:names:{year}:{agency_id}")],
    ]
    return say("forum.offer", agency=agency, year=year), rows


async def listed(session: AsyncSession, agency_id: str, year: int) -> tuple[Html, Buttons]:
    """The matters of an office as buttons; one opens its name for change."""
    topics = await statistics.topic_names(session)
    found = sorted(await wishes.known(session, agency_id), key=lambda row: row.seen_at, reverse=True)
    rows = [row for row in found if row.terms][:NAMED]
    if not rows:
        return say("forum.no_names"), []
    usual = [row.name or f"{topics.get(row.topic, row.topic)}: {', '.join(row.terms[:3])}" for row in rows]
    return say("forum.which_name"), [
        [(shorten(name, 60), f"forum:name:{year}:{row.key}")] for name, row in zip(usual, rows, strict=True)
    ]
