"""Whose weekly digest somebody wants: /langganan, chosen with buttons, ended with one. Data: g:<verb>:<argument>."""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline, redraw
from bot.citizen.follow import me
from bot.config import City
from bot.intake import Intake
from bot.texts import Html, label, lines, paragraphs, say
from bot.texts.cards import Buttons
from storage import subscriptions
from storage.subscriptions import MOST, Scope
from storage.tables import Citizen, Subscription
from storage.topic_groups import GROUPS


class FollowButton(CallbackData, prefix="g"):
    verb: str
    arg: str = ""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="subscribe")
    here.message.register(mine, Command("langganan"))
    for handler in (show, stop, city, districts, villages, topics, district, village, topic):
        here.callback_query.register(handler, FollowButton.filter(F.verb == handler.__name__))
    return here


async def mine(message: Message, session: AsyncSession, now: datetime, city: City) -> None:
    text, buttons = await listed(session, await me(session, message, now), city)
    await message.answer(text, reply_markup=inline(buttons))


async def show(callback: CallbackQuery, session: AsyncSession, now: datetime, city: City) -> None:
    await redraw(callback, *await listed(session, await me(session, callback, now), city))


async def stop(
    callback: CallbackQuery, callback_data: FollowButton, session: AsyncSession, now: datetime, city: City
) -> None:
    """One's own only; pressed twice, or on an old list, the list just says how things stand."""
    citizen = await me(session, callback, now)
    if callback_data.arg.isdecimal() and len(callback_data.arg) < 16:
        await subscriptions.stop(session, citizen.id or 0, int(callback_data.arg))
    await redraw(callback, *await listed(session, citizen, city))


async def districts(callback: CallbackQuery, intake: Intake) -> None:
    pairs = sorted((name, f"g:villages:{code}") for code, name in intake.kecamatan.items())
    await redraw(callback, say("follow.which_kecamatan"), [*columns(pairs, 2), back("show")])


async def villages(callback: CallbackQuery, callback_data: FollowButton, intake: Intake) -> None:
    name = intake.kecamatan.get(callback_data.arg)
    if name is None:
        return
    whole = [(label("button.whole_kecamatan", kecamatan=name), f"g:district:{callback_data.arg}")]
    pairs = sorted((k.name, f"g:village:{code}") for code, k in intake.kelurahan.items() if k.kecamatan == name)
    await redraw(
        callback, say("follow.which_kelurahan", kecamatan=name), [whole, *columns(pairs, 2), back("districts")]
    )


async def topics(callback: CallbackQuery) -> None:
    pairs = [(label(f"topic_group.{group}"), f"g:topic:{group}") for group in GROUPS]
    await redraw(callback, say("follow.which_topic"), [*columns(pairs, 1), back("show")])


async def city(callback: CallbackQuery, session: AsyncSession, now: datetime, city: City) -> None:
    await add(callback, session, now, city, Scope.CITY, "")


async def district(
    callback: CallbackQuery,
    callback_data: FollowButton,
    session: AsyncSession,
    now: datetime,
    city: City,
    intake: Intake,
) -> None:
    if name := intake.kecamatan.get(callback_data.arg):
        await add(callback, session, now, city, Scope.KECAMATAN, name)


async def village(
    callback: CallbackQuery,
    callback_data: FollowButton,
    session: AsyncSession,
    now: datetime,
    city: City,
    intake: Intake,
) -> None:
    if found := intake.kelurahan.get(callback_data.arg):
        await add(callback, session, now, city, Scope.KELURAHAN, f"{found.name}, {found.kecamatan}")


async def topic(
    callback: CallbackQuery, callback_data: FollowButton, session: AsyncSession, now: datetime, city: City
) -> None:
    if callback_data.arg in GROUPS:
        await add(callback, session, now, city, Scope.TOPIC, callback_data.arg)


async def add(
    callback: CallbackQuery, session: AsyncSession, now: datetime, city: City, scope: Scope, value: str
) -> None:
    """Raises: TooMany."""
    citizen = await me(session, callback, now)
    await subscriptions.add(session, citizen.id or 0, scope, value, now)
    await redraw(callback, *await listed(session, citizen, city))


async def listed(session: AsyncSession, citizen: Citizen, city: City) -> tuple[Html, Buttons]:
    """What they get now, a button to end each, and what may be added."""
    rows = await subscriptions.of(session, citizen.id or 0)
    text = paragraphs(
        say("follow.title"),
        lines(*(say("follow.line", name=name_of(row, city)) for row in rows)) if rows else say("follow.none"),
        say("follow.full") if len(rows) >= MOST else say("follow.more"),
    )
    buttons: Buttons = [[(label("button.end", name=name_of(row, city)), f"g:stop:{row.id}")] for row in rows]
    if len(rows) < MOST:
        buttons += [
            [(label("button.follow_place"), "g:districts:"), (label("button.follow_topic"), "g:topics:")],
            [(label("button.follow_city", city=city.name), "g:city:")],
        ]
    return text, buttons


def name_of(row: Subscription, city: City) -> str:
    """What a subscription is about, as a person says it."""
    match row.scope:
        case Scope.CITY:
            return label("follow.city", city=city.name)
        case Scope.TOPIC:
            return label(f"topic_group.{row.value}") if row.value in GROUPS else row.value
        case Scope.KECAMATAN:
            return label("follow.kecamatan", name=row.value)
        case _:
            return label("follow.kelurahan", name=row.value)


def back(verb: str) -> list[tuple[str, str]]:
    return [(label("button.back"), f"g:{verb}:")]
