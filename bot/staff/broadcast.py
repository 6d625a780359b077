"""/siaran: a message to all citizens or staff, shown with its count, confirmed twice. Data: bc:<verb>:<audience>."""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw
from bot.staff.access import Action, permit
from bot.staff.words import checked
from bot.texts import label, say
from storage import broadcasts
from storage.broadcasts import AUDIENCES
from storage.tables import Officer


class Tell(StatesGroup):
    """An administrator writes to many."""

    TEXT = State()
    SURE = State()


class BroadcastButton(CallbackData, prefix="bc"):
    verb: str
    arg: str = ""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="broadcast")
    here.message.register(begin, Command("siaran"))
    here.message.register(stop, Command("batal"), StateFilter(Tell))
    here.message.register(take, StateFilter(Tell.TEXT), F.text, ~F.text.startswith("/"))
    for handler in (to, yes, really):
        here.callback_query.register(
            handler, BroadcastButton.filter(F.verb == handler.__name__), StateFilter(Tell.SURE)
        )
    here.callback_query.register(drop, BroadcastButton.filter(F.verb == "drop"))
    return here


async def begin(
    message: Message, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    await permit(session, officer, Action.BROADCAST, chat_id=message.chat.id, now=now)
    await state.set_state(Tell.TEXT)
    await state.set_data({})
    await message.answer(say("broadcast.ask"))


async def take(message: Message, state: FSMContext) -> None:
    """Raises: NoteRequired, NoteTooLong."""
    await state.set_data({"text": checked(message.text or "")})
    await state.set_state(Tell.SURE)
    rows = [[(label(f"broadcast.{name}"), f"bc:to:{name}") for name in AUDIENCES], [(label("button.keep"), "bc:drop:")]]
    await message.answer(say("broadcast.to_whom"), reply_markup=inline(rows))


async def to(
    callback: CallbackQuery,
    callback_data: BroadcastButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    """The preview, with how many will read it."""
    await permit(session, officer, Action.BROADCAST, chat_id=callback.from_user.id, now=now)
    audience = callback_data.arg if callback_data.arg in AUDIENCES else AUDIENCES[-1]
    data = await state.get_data()
    await state.set_data(data | {"audience": audience})
    total = await broadcasts.count(session, audience)
    text = say("broadcast.preview", audience=label(f"broadcast.{audience}"), total=total, text=data["text"])
    await redraw(callback, text, [[(label("broadcast.go_on"), "bc:yes:")], [(label("button.keep"), "bc:drop:")]])


async def yes(
    callback: CallbackQuery, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    """The second confirmation."""
    await permit(session, officer, Action.BROADCAST, chat_id=callback.from_user.id, now=now)
    total = await broadcasts.count(session, (await state.get_data()).get("audience", AUDIENCES[-1]))
    rows = [[(label("broadcast.send", total=total), "bc:really:")], [(label("button.keep"), "bc:drop:")]]
    await redraw(callback, say("broadcast.sure", total=total), rows)


async def really(
    callback: CallbackQuery, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    data = await state.get_data()
    audience = data.get("audience", AUDIENCES[-1])
    by = await permit(session, officer, Action.BROADCAST, chat_id=callback.from_user.id, now=now, audience=audience)
    row = await broadcasts.confirm(session, data["text"], audience, by=by.id, now=now)
    await state.clear()
    await redraw(callback, say("broadcast.confirmed", total=row.expected), [])


async def drop(callback: CallbackQuery, state: FSMContext) -> None:
    await state.clear()
    await redraw(callback, say("staff.cancelled"), [])


async def stop(message: Message, state: FSMContext) -> None:
    await state.clear()
    await message.answer(say("staff.cancelled"))
