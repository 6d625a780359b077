"""What is kept about a person, a copy of it, and being forgotten. Data of the buttons: hd:<yes or no>."""

from datetime import datetime, timedelta

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw
from bot.citizen.follow import me
from bot.config import City, Privacy
from bot.texts import Html, label, moment, say
from bot.texts.cards import Buttons
from storage import forget, outbox, own_data
from storage.tables import Citizen, Lane


class EraseButton(CallbackData, prefix="hd"):
    answer: str


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="rights")
    here.message.register(explain, Command("privasi"))
    here.message.register(copy, Command("dataku"))
    here.message.register(erase, Command("hapusdata"))
    here.callback_query.register(decide, EraseButton.filter(F.answer.in_({"yes", "no"})))
    return here


async def explain(message: Message, city: City, keeping: Privacy) -> None:
    await message.answer(say("rights.privacy", city=city.name, days=keeping.keep_days, wait=keeping.erase_after_days))


async def copy(message: Message, session: AsyncSession, now: datetime) -> None:
    """Two files, to read and to take elsewhere; what the sender makes them of is wiped afterwards."""
    citizen = await me(session, message, now)
    data = await own_data.of(session, citizen)
    for form in ("text", "json"):
        await outbox.put(
            session,
            now=now,
            lane=Lane.REPLY,
            chat_id=message.chat.id,
            notice="my_data",
            payload={"form": form, "data": data},
        )


async def erase(message: Message, session: AsyncSession, now: datetime, city: City, keeping: Privacy) -> None:
    text, buttons = question(await me(session, message, now), city, keeping)
    await message.answer(text, reply_markup=inline(buttons))


async def decide(
    callback: CallbackQuery,
    callback_data: EraseButton,
    session: AsyncSession,
    now: datetime,
    city: City,
    keeping: Privacy,
) -> None:
    citizen = await me(session, callback, now)
    if callback_data.answer == "yes":
        forget.ask(citizen, now, timedelta(days=keeping.erase_after_days))
        await redraw(callback, *question(citizen, city, keeping))
        return
    forget.keep(citizen)
    await redraw(callback, say("rights.kept"), [])


def question(citizen: Citizen, city: City, keeping: Privacy) -> tuple[Html, Buttons]:
    """Whether they really want it; or, once they said so, until when they may change their mind."""
    if citizen.erase_at is not None:
        stop: Buttons = [[(label("button.erase_stop"), "hd:no")]]
        return say("rights.erase_waits", at=moment(citizen.erase_at, city.timezone)), stop
    buttons: Buttons = [[(label("button.erase_yes"), "hd:yes"), (label("button.keep"), "hd:no")]]
    return say("rights.erase", wait=keeping.erase_after_days), buttons
