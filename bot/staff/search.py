"""Looking for reports: by number, words, place and days. Data: c:<what was said>:<page>."""

import re
from datetime import datetime

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline, pages, redraw
from bot.config import City
from bot.intake import Intake
from bot.staff.access import OFFICE, Action, Refused, permit
from bot.staff.asking import wanted_of
from bot.staff.case import card
from bot.staff.queue import line
from bot.texts import Html, label, paragraphs, say
from bot.texts.cards import Buttons
from storage import reads, search
from storage.engine import calendar_of
from storage.numbers import number_in
from storage.tables import Officer

NUMBER = re.compile(r"\s*(?:[A-Za-z]{2,5}[- ]?)?(?:\d{2}[- ])?\d{1,6}\s*")
LONGEST = 48
"""Bytes of a question that its buttons can carry."""

PERIODS = ("today", "week", "month")


class SearchButton(CallbackData, prefix="c"):
    said: str
    page: int


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="search")
    here.message.register(look_for, Command("cari"))
    here.callback_query.register(look, SearchButton.filter())
    return here


async def look_for(
    message: Message,
    command: CommandObject,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
    intake: Intake,
) -> None:
    by = await permit(session, officer, Action.SEARCH, chat_id=message.chat.id, now=now)
    said = asked(command.args or "")
    if NUMBER.fullmatch(said) and (report := await reads.by_number(session, number_in(said, city.prefix, now))):
        await permit(session, officer, Action.SEE, chat_id=message.chat.id, now=now, report=report)
        text, buttons = await card(session, report, city)
    elif said:
        text, buttons = await results(session, by, said, 0, now, city)
    else:
        text, buttons = say("search.how", prefix=city.prefix), suggestions(intake)
    await message.answer(text, reply_markup=inline(buttons))


async def look(
    callback: CallbackQuery,
    callback_data: SearchButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Another page, or one of the questions that were offered."""
    by = await permit(session, officer, Action.SEARCH, chat_id=callback.from_user.id, now=now)
    page = max(0, min(callback_data.page, 1000))
    await redraw(callback, *await results(session, by, asked(callback_data.said), page, now, city))


def asked(said: str) -> str:
    """A question as its buttons carry it: without what would break them, at most LONGEST bytes, cut between words."""
    words = re.sub(r"[^\w\s/–-]", " ", said.lower()).split()
    while len(" ".join(words).encode()) > LONGEST and len(words) > 1:
        words.pop()
    return " ".join(words) if len(" ".join(words).encode()) <= LONGEST else ""


def suggestions(intake: Intake) -> Buttons:
    """Questions for who did not ask one: days, and kecamatan."""
    days = [(label(f"search.{period}"), f"c:{label(f'search.{period}').lower()}:0") for period in PERIODS]
    places = [(name, f"c:{name.lower()}:0") for name in intake.kecamatan.values()]
    return [*columns(days, 3), *columns(places, 2)]


async def results(
    session: AsyncSession, officer: Officer, said: str, page: int, now: datetime, city: City
) -> tuple[Html, Buttons]:
    """A page of what was found, newest first: an office finds its own reports, the desk and readers all."""
    if officer.role in OFFICE and officer.agency_id is None:
        raise Refused("wrong_office", Action.SEARCH)
    office = officer.agency_id if officer.role in OFFICE else None
    wanted = wanted_of(said, office, now, calendar_of(session).zone)
    found = await search.find(session, wanted, limit=reads.PAGE + 1, offset=page * reads.PAGE)
    if not found:
        return say("search.nothing", said=said), []
    shown = found[: reads.PAGE]
    text = paragraphs(say("search.title", said=said), *(line(report, city) for report in shown))
    cards = columns([(report.number, f"k:{report.id}:see:") for report in shown], 2)
    return text, [*cards, *pages(f"c:{said}", page, page * reads.PAGE + len(found))]
