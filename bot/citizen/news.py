"""How much news a citizen wants of their own reports, and the way out of the weekly digest. Data: u:<all|main|stop>."""

from datetime import datetime
from typing import Literal

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, name_of, redraw, tell
from bot.texts import Html, label, paragraphs, say
from bot.texts.cards import Buttons
from storage import people
from storage.tables import Citizen


class NewsButton(CallbackData, prefix="u"):
    what: Literal["all", "main", "stop"]


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="news")
    here.message.register(news, Command("kabar"))
    here.callback_query.register(stop, NewsButton.filter(F.what == "stop"))
    here.callback_query.register(choose, NewsButton.filter())
    return here


async def news(message: Message, session: AsyncSession, now: datetime) -> None:
    if message.from_user is None:
        return
    citizen = await people.citizen_at(session, message.chat.id, name_of(message.from_user), now)
    text, buttons = choice(citizen)
    await message.answer(text, reply_markup=inline(buttons))


async def choose(callback: CallbackQuery, callback_data: NewsButton, session: AsyncSession, now: datetime) -> None:
    user = callback.from_user
    citizen = await people.citizen_at(session, user.id, name_of(user), now)
    citizen.updates = callback_data.what
    await redraw(callback, *choice(citizen))
    await callback.answer(label("news.kept"))


async def stop(callback: CallbackQuery, session: AsyncSession) -> None:
    """The digest is a picture, which cannot turn into words: the answer is a message of its own."""
    await people.unsubscribe(session, callback.from_user.id)
    await tell(callback, say("news.stopped"))


def choice(citizen: Citizen) -> tuple[Html, Buttons]:
    """What they get now, and a button for the other way."""
    other = "main" if citizen.updates == "all" else "all"
    text = paragraphs(say("news.title"), say(f"news.now_{citizen.updates}"), say("news.always"))
    return text, [[(label(f"button.news_{other}"), f"u:{other}")]]
