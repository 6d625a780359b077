"""/staf: who works where; ending and giving back access, another task, another office.

Data: st:<officer>:<verb>:<argument>; a list is sl:<office or nothing>:<page>.
"""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import menus
from bot.chat import columns, inline, redraw
from bot.config import City
from bot.staff.access import OFFICE, Action, permit
from bot.texts import Html, day, label, lines, paragraphs, say
from bot.texts.cards import Buttons
from storage import agencies, personnel, reads
from storage.staff import CITY_ROLES
from storage.tables import Officer, Role


class PersonButton(CallbackData, prefix="st"):
    officer: int
    verb: str
    arg: str = ""


class ListButton(CallbackData, prefix="sl"):
    office: str = ""
    page: int = 0


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="people")
    here.message.register(people, Command("staf"))
    here.callback_query.register(list_office, ListButton.filter())
    for handler in (card, suspend, suspend_yes, restore, role, role_to, move):
        here.callback_query.register(handler, PersonButton.filter(F.verb == handler.__name__))
    return here


async def people(message: Message, session: AsyncSession, now: datetime, officer: Officer | None) -> None:
    """An administrator chooses an office first; a head sees the own one."""
    by = await permit(session, officer, Action.PEOPLE, chat_id=message.chat.id, now=now)
    text, buttons = await (one_office(session, by, by.agency_id, 0) if by.role in OFFICE else offices(session))
    await message.answer(text, reply_markup=inline(buttons))


async def offices(session: AsyncSession) -> tuple[Html, Buttons]:
    """Every office that has people, with how many."""
    pairs = [
        (
            label("people.office_button", office=agency.short if agency else label("people.whole_city"), total=total),
            f"sl:{agency.id if agency else ''}:0",
        )
        for agency, total in await personnel.headcount(session)
    ]
    return say("people.which_office"), columns(pairs, 2)


async def list_office(
    callback: CallbackQuery,
    callback_data: ListButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    chat_id, office = callback.from_user.id, callback_data.office
    if office == "*":
        await permit(session, officer, Action.APPOINT, chat_id=chat_id, now=now)
        await redraw(callback, *await offices(session))
        return
    by = await permit(session, officer, Action.PEOPLE, chat_id=chat_id, now=now, office=office)
    await redraw(callback, *await one_office(session, by, office or None, max(0, min(callback_data.page, 10_000))))


async def one_office(session: AsyncSession, by: Officer, agency_id: str | None, page: int) -> tuple[Html, Buttons]:
    found, total = await personnel.of_office(session, agency_id, page)
    agency = await reads.agency(session, agency_id)
    text = paragraphs(
        say("people.title", office=agency.name if agency else label("people.whole_city"), total=total),
        lines(
            *(
                say(
                    "people.line" if person.active else "people.line_suspended",
                    name=person.name,
                    role=label(f"role.{person.role}"),
                )
                for person in found
            )
        ),
        say("people.hint") if by.role is Role.ADMIN else "",
    )
    rows: Buttons = columns([(person.name[:40], f"st:{person.id}:card:") for person in found], 2)
    turn = []
    if page > 0:
        turn.append((label("button.previous"), f"sl:{agency_id or ''}:{page - 1}"))
    if (page + 1) * personnel.PAGE < total:
        turn.append((label("button.next"), f"sl:{agency_id or ''}:{page + 1}"))
    if turn:
        rows.append(turn)
    if by.role is Role.ADMIN:
        rows.append([(label("button.all_offices"), "sl:*:0")])
    return text, rows


async def may_change(
    session: AsyncSession,
    officer: Officer | None,
    action: Action,
    callback: CallbackQuery,
    person_id: int,
    now: datetime,
) -> tuple[Officer, Officer]:
    """The person, and the officer who may decide about their access. Raises: Refused, UnknownOfficer."""
    person = await personnel.find(session, person_id) if officer else None
    office = (person.agency_id or "") if person else None
    by = await permit(session, officer, action, chat_id=callback.from_user.id, now=now, office=office, person=person_id)
    if person is None:
        raise personnel.UnknownOfficer
    return person, by


async def person_card(session: AsyncSession, person: Officer, by: Officer, city: City) -> tuple[Html, Buttons]:
    """Who somebody is, and what this officer may decide about them."""
    agency = await reads.agency(session, person.agency_id)
    text = lines(
        say("people.name", name=person.name),
        say("people.task", role=label(f"role.{person.role}")),
        say("people.office", office=agency.name if agency else label("people.whole_city")),
        say("people.since", day=day(person.created_at, city.timezone)),
        say("people.in_hand", total=await personnel.in_hand(session, person.id or 0)),
        say("people.active" if person.active else "people.suspended"),
    )
    i = person.id
    rows: Buttons = []
    if person.id != by.id:
        rows.append(
            [(label("button.suspend"), f"st:{i}:suspend:")]
            if person.active
            else [(label("button.restore"), f"st:{i}:restore:")]
        )
        if by.role is Role.ADMIN and person.active:
            rows.append([(label("button.change_role"), f"st:{i}:role:")])
    rows.append([(label("button.back"), f"sl:{person.agency_id or ''}:0")])
    return text, rows


async def card(
    callback: CallbackQuery,
    callback_data: PersonButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    person, by = await may_change(session, officer, Action.PEOPLE, callback, callback_data.officer, now)
    await redraw(callback, *await person_card(session, person, by, city))


async def suspend(
    callback: CallbackQuery,
    callback_data: PersonButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    person, _ = await may_change(session, officer, Action.PEOPLE, callback, callback_data.officer, now)
    text = say("people.sure_suspend", name=person.name, total=await personnel.in_hand(session, person.id or 0))
    yes = (label("button.suspend_yes"), f"st:{person.id}:suspend_yes:")
    await redraw(callback, text, [[yes], [(label("button.keep"), f"st:{person.id}:card:")]])


async def suspend_yes(
    callback: CallbackQuery,
    callback_data: PersonButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Raises: OwnAccess, LastAdministrator."""
    person, by = await may_change(session, officer, Action.PEOPLE, callback, callback_data.officer, now)
    was = person.active
    person = await personnel.suspend(session, person.id or 0, by=by.id or 0, now=now)
    if was and callback.bot is not None:
        await callback.bot.send_message(person.chat_id, say("people.you_were_suspended"))
        await menus.owe_former(session, person, now)
    await redraw(callback, *await person_card(session, person, by, city))
    await callback.answer(label("people.done_suspend", name=person.name[:60]))


async def restore(
    callback: CallbackQuery,
    callback_data: PersonButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    person, by = await may_change(session, officer, Action.PEOPLE, callback, callback_data.officer, now)
    was = person.active
    person = await personnel.restore(session, person.id or 0, by=by.id or 0)
    if not was and callback.bot is not None:
        await callback.bot.send_message(person.chat_id, say("people.you_were_restored"))
        await menus.owe_officer(session, person, now, f":{now.timestamp():.0f}")
    await redraw(callback, *await person_card(session, person, by, city))


async def role(
    callback: CallbackQuery,
    callback_data: PersonButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    person, _ = await may_change(session, officer, Action.APPOINT, callback, callback_data.officer, now)
    pairs = [(label(f"role.{role}"), f"st:{person.id}:role_to:{role}") for role in Role]
    rows = [*columns(pairs, 2), [(label("button.back"), f"st:{person.id}:card:")]]
    await redraw(callback, say("people.which_role", name=person.name), rows)


async def role_to(
    callback: CallbackQuery,
    callback_data: PersonButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    """A task of an office asks for the office; one of the whole city asks once more."""
    person, _ = await may_change(session, officer, Action.APPOINT, callback, callback_data.officer, now)
    chosen = Role(callback_data.arg) if callback_data.arg in set(Role) else person.role
    keep = [(label("button.keep"), f"st:{person.id}:card:")]
    if chosen in CITY_ROLES:
        text = say("people.sure_role", name=person.name, role=label(f"role.{chosen}"))
        await redraw(callback, text, [[(label("button.role_yes"), f"st:{person.id}:move:{chosen}-")], keep])
        return
    bodies = await agencies.answering(session, "city", now.date())
    pairs = [(body.short, f"st:{person.id}:move:{chosen}-{body.id}") for body in bodies]
    text = say("people.which_agency", name=person.name, role=label(f"role.{chosen}"))
    await redraw(callback, text, [*columns(pairs, 2), keep])


async def move(
    callback: CallbackQuery,
    callback_data: PersonButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Raises: OwnAccess, LastAdministrator, OfficeNeeded."""
    person, by = await may_change(session, officer, Action.APPOINT, callback, callback_data.officer, now)
    task, _, agency_id = callback_data.arg.partition("-")
    if task not in set(Role):
        raise personnel.OfficeNeeded
    person = await personnel.appoint(session, person.id or 0, Role(task), agency_id or None, by=by.id or 0, now=now)
    agency = await reads.agency(session, person.agency_id)
    if callback.bot is not None:
        where = agency.name if agency else label("people.whole_city")
        told = say("people.you_were_appointed", role=label(f"role.{person.role}"), office=where)
        await callback.bot.send_message(person.chat_id, told)
        await menus.owe_officer(session, person, now, f":{now.timestamp():.0f}")
    await redraw(callback, *await person_card(session, person, by, city))
