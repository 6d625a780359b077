"""/statistik: figures of the own office, or of the city for those who may. Data: stat:<period or offices>:<agency>."""

from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, tell
from bot.config import City
from bot.intake import Intake
from bot.staff.access import MAY, OFFICE, Action, Refused, permit
from bot.staff.dates import dates_in
from bot.texts import say
from storage import agencies, outbox, periods, reads, statistics
from storage.counting import sight_of
from storage.periods import BadPeriod, Period
from storage.tables import Lane, Officer

OFFICES = 30
"""Offices to choose among."""


class StatisticsButton(CallbackData, prefix="stat"):
    period: str
    agency: str = ""


class Ask(StatesGroup):
    RANGE = State()


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="statistics")
    here.message.register(command, Command("statistik"))
    here.message.register(own_range, StateFilter(Ask.RANGE), F.text, ~F.text.startswith("/"))
    here.callback_query.register(offices, StatisticsButton.filter(F.period == "offices"))
    here.callback_query.register(ask_range, StatisticsButton.filter(F.period == "own"))
    here.callback_query.register(named, StatisticsButton.filter(F.period.in_(periods.QUICK)))
    return here


async def command(
    message: Message,
    command: CommandObject,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
    intake: Intake,
) -> None:
    """The running month; dates may follow: /statistik 1-15 nov 2026."""
    by = await permit(session, officer, Action.STATISTICS, chat_id=message.chat.id, now=now)
    await state.clear()
    agency = of(by, "")
    if command.args:
        first, last = dates_in(command.args, now, city.timezone)
        await owe(session, by, agency, "own", periods.days(first, last, city.timezone), now, city, intake)
        return
    await owe(session, by, agency, "month", periods.named("month", now, city.timezone), now, city, intake)


async def named(
    callback: CallbackQuery,
    callback_data: StatisticsButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
    intake: Intake,
) -> None:
    by = await permit(session, officer, Action.STATISTICS, chat_id=callback.from_user.id, now=now)
    period = periods.named(callback_data.period, now, city.timezone)
    await owe(session, by, of(by, callback_data.agency), callback_data.period, period, now, city, intake)


async def ask_range(
    callback: CallbackQuery,
    callback_data: StatisticsButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    by = await permit(session, officer, Action.STATISTICS, chat_id=callback.from_user.id, now=now)
    await state.set_state(Ask.RANGE)
    await state.set_data({"agency": of(by, callback_data.agency)})
    await tell(callback, say("stat.ask_range"))


async def own_range(
    message: Message,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
    intake: Intake,
) -> None:
    by = await permit(session, officer, Action.STATISTICS, chat_id=message.chat.id, now=now)
    first, last = dates_in(message.text or "", now, city.timezone)
    period = periods.days(first, last, city.timezone)
    agency = of(by, (await state.get_data()).get("agency", ""))
    await state.clear()
    await owe(session, by, agency, "own", period, now, city, intake)


async def offices(
    callback: CallbackQuery, session: AsyncSession, now: datetime, officer: Officer | None, city: City
) -> None:
    """The offices of the city, for who may look at all of them."""
    by = await permit(session, officer, Action.STATISTICS, chat_id=callback.from_user.id, now=now)
    if by.role in OFFICE:
        raise Refused("wrong_role", Action.STATISTICS)
    found = await agencies.answering(session, "city", now.astimezone(ZoneInfo(city.timezone)).date())
    buttons = [(agency.short, f"stat:month:{agency.id}") for agency in found][:OFFICES]
    await tell(callback, say("stat.which_office"), columns(buttons, 3))


def of(officer: Officer, wanted: str) -> str:
    """The office whose figures this officer gets: always their own, or for the roles of the city the one they want."""
    if officer.role not in OFFICE:
        return wanted
    if officer.agency_id is None:
        raise Refused("wrong_office", Action.STATISTICS)
    return officer.agency_id


async def owe(
    session: AsyncSession,
    officer: Officer,
    agency_id: str,
    name: str,
    period: Period,
    now: datetime,
    city: City,
    intake: Intake,
) -> None:
    """Count, and owe the officer the picture; it is drawn where it is sent."""
    agency = await reads.agency(session, agency_id)
    if agency_id and agency is None:
        raise BadPeriod("old_button")
    sight = sight_of(officer.agency_id)
    figures = await statistics.figures(session, period, now, sight=sight, agency_id=agency_id or None)
    facts = {
        "agency": agency.name if agency else "",
        "agency_id": agency_id,
        "first": period.start.date().isoformat(),
        "last": period.last_day.isoformat(),
        "period": name,
        "figures": asdict(figures),
        "tiles": intake.tiles,
        "boundaries": str(city.boundaries) if city.boundaries else None,
        "as_of": now.isoformat(),
        "may_export": officer.role in MAY[Action.EXPORT],
        "may_choose": officer.role not in OFFICE,
    }
    await outbox.put(session, now=now, lane=Lane.REPLY, chat_id=officer.chat_id, notice="statistics", payload=facts)
