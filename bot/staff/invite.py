"""Invitations: an administrator makes a one-time link, a future officer opens it. Data: i:<role>:<agency>."""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import menus
from bot.chat import columns, inline, name_of, redraw
from bot.config import City
from bot.staff.access import Action, permit
from bot.texts import Html, label, moment, say
from storage import agencies, personnel, reads, staff
from storage.staff import CITY_ROLES, INVITATION_LASTS
from storage.tables import Officer, Role

PAYLOAD = "undangan-"


SURE = "yes"


class InviteButton(CallbackData, prefix="i"):
    role: Role
    agency: str = ""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="invite")
    here.message.register(join, CommandStart(deep_link=True, magic=None, deep_link_encoded=False), starts_with_payload)
    here.message.register(invite, Command("undang"))
    here.callback_query.register(choose, InviteButton.filter())
    return here


async def starts_with_payload(message: Message) -> bool:
    parts = (message.text or "").split(maxsplit=1)
    return len(parts) == 2 and parts[1].startswith(PAYLOAD)


async def invite(message: Message, session: AsyncSession, now: datetime, officer: Officer | None) -> None:
    await permit(session, officer, Action.INVITE, chat_id=message.chat.id, now=now)
    buttons = [(label(f"role.{role}"), f"i:{role}:") for role in Role]
    await message.answer(say("invite.which_role"), reply_markup=inline(columns(buttons, 2)))


async def choose(
    callback: CallbackQuery,
    callback_data: InviteButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    by = await permit(session, officer, Action.INVITE, chat_id=callback.from_user.id, now=now)
    role, agency_id = callback_data.role, callback_data.agency or None
    if role not in CITY_ROLES and agency_id is None:
        bodies = await agencies.answering(session, "city", now.date())
        pairs = [(body.short, f"i:{role}:{body.id}") for body in bodies]
        await redraw(callback, say("invite.which_agency"), columns(pairs, 2))
        return
    if role is Role.ADMIN and agency_id != SURE:  # whoever opens that link may do everything
        await redraw(callback, say("invite.sure_admin"), [[(label("invite.yes_admin"), f"i:{role}:{SURE}")]])
        return
    agency_id = None if role in CITY_ROLES else agency_id
    token = await staff.invite(session, role, agency_id, by.id, now)
    me = await callback.bot.me() if callback.bot else None
    text = say(
        "invite.made",
        role=label(f"role.{role}"),
        agency=await at_agency(session, agency_id),
        link=f"https://t.me/{me.username if me else ''}?start={PAYLOAD}{token}",
        until=moment(now + INVITATION_LASTS, city.timezone),
    )
    await redraw(callback, text, [])


async def join(
    message: Message, command: CommandObject, state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    """Raises: InvitationRefused, LastAdministrator."""
    if message.from_user is None:
        return
    token = (command.args or "").removeprefix(PAYLOAD)
    officer = await personnel.join(session, token, message.chat.id, name_of(message.from_user), now)
    await menus.owe_officer(session, officer, now, f":{now.timestamp():.0f}")
    await state.clear()
    await message.answer(
        say(
            "staff.joined",
            name=officer.name,
            role=label(f"role.{officer.role}"),
            agency=await at_agency(session, officer.agency_id),
        ),
        reply_markup=ReplyKeyboardRemove(),
    )


async def at_agency(session: AsyncSession, agency_id: str | None) -> Html:
    """` di <b>Dinas …</b>`, or empty for a role of the whole city."""
    agency = await reads.agency(session, agency_id)
    return say("staff.joined_agency", agency=agency.name) if agency else Html("")
