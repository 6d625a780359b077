"""An office's own group: /grup makes a code, /sambung <code> binds, /putuskan lets go; new reports have buttons there.

Data in the private chat: gr:<verb>:<office or group>. Data in a group: g:<report>:<verb>; nothing else is heard there.
"""

from datetime import datetime

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline, redraw, tell
from bot.config import City
from bot.staff import case
from bot.staff.access import OFFICE, Action, permit
from bot.texts import Html, label, lines, moment, paragraphs, say
from bot.texts.cards import Buttons, group_card
from storage import agencies, groups, notices, reads, reports
from storage.groups import CODE_LASTS, GroupError
from storage.tables import OfficeGroup, Officer


class OfficeButton(CallbackData, prefix="gr"):
    verb: str
    arg: str = ""


class GroupButton(CallbackData, prefix="g"):
    report: int
    verb: str


def router() -> Router:
    """The private chat. Fresh handlers; a router can be attached once."""
    here = Router(name="groups")
    here.message.register(mine, Command("grup"))
    here.message.register(only_there, Command("sambung", "putuskan"))
    for handler in (office, code, unbind, unbind_yes):
        here.callback_query.register(handler, OfficeButton.filter(F.verb == handler.__name__))
    return here


def group_router() -> Router:
    """The group itself; what it does not know falls to help's router for groups."""
    here = Router(name="office_group")
    there = F.chat.type != ChatType.PRIVATE
    here.message.register(bind, there, Command("sambung"))
    here.message.register(let_go, there, Command("putuskan"))
    here.message.register(moved, there, F.migrate_to_chat_id)
    here.my_chat_member.register(put_out, there, F.new_chat_member.status.in_({"left", "kicked"}))
    pressed_there = F.message.chat.type != ChatType.PRIVATE
    here.callback_query.register(take, pressed_there, GroupButton.filter(F.verb == "take"))
    here.callback_query.register(open_, pressed_there, GroupButton.filter(F.verb == "open"))
    here.callback_query.register(not_there, pressed_there)
    return here


async def mine(message: Message, session: AsyncSession, now: datetime, officer: Officer | None) -> None:
    by = await permit(session, officer, Action.GROUP, chat_id=message.chat.id, now=now)
    if by.role in OFFICE:
        text, buttons = await listed(session, by.agency_id or "")
    else:
        bodies = await agencies.answering(session, "city", now.date())
        text, buttons = say("group.which_office"), columns([(body.short, f"gr:office:{body.id}") for body in bodies], 2)
    await message.answer(text, reply_markup=inline(buttons))


async def listed(session: AsyncSession, agency_id: str) -> tuple[Html, Buttons]:
    """An office's groups, each with a way to let it go, and the way to a new code."""
    agency = await reads.agency(session, agency_id)
    bound = await groups.of_agency(session, agency_id)
    text = paragraphs(
        say("group.title", office=agency.name if agency else ""),
        lines(*(say("group.line", title=group.title) for group in bound)) if bound else say("group.none"),
    )
    rows: Buttons = [
        [(label("button.group_unbind", title=group.title[:30]), f"gr:unbind:{group.id}")] for group in bound
    ]
    return text, [*rows, [(label("button.group_code"), f"gr:code:{agency_id}")]]


async def office(
    callback: CallbackQuery, callback_data: OfficeButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    agency_id, chat_id = callback_data.arg, callback.from_user.id
    await permit(session, officer, Action.GROUP, chat_id=chat_id, now=now, office=agency_id)
    await redraw(callback, *await listed(session, agency_id))


async def code(
    callback: CallbackQuery,
    callback_data: OfficeButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    agency_id, chat_id = callback_data.arg, callback.from_user.id
    by = await permit(session, officer, Action.GROUP, chat_id=chat_id, now=now, office=agency_id)
    agency = await agencies.standing(session, agency_id, now.date())
    if agency is None:
        raise GroupError("group_unbound")
    made = await groups.new_code(session, agency.id, by.id, now)
    me = await callback.bot.me() if callback.bot else None
    await redraw(
        callback,
        say(
            "group.code",
            office=agency.name,
            bot=f"@{me.username if me else ''}",
            code=made,
            until=moment(now + CODE_LASTS, city.timezone),
        ),
        [],
    )


async def may_unbind(
    session: AsyncSession, officer: Officer | None, chat_id: int, group: OfficeGroup | None, now: datetime
) -> OfficeGroup:
    """Raises: Refused, GroupError."""
    office = group.agency_id if group else None
    await permit(
        session, officer, Action.GROUP, chat_id=chat_id, now=now, office=office, group=group.id if group else 0
    )
    if group is None:
        raise GroupError("group_unbound")
    return group


async def asked_for(
    callback: CallbackQuery, button: OfficeButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> OfficeGroup:
    """Raises: Refused, GroupError."""
    group_id = int(button.arg) if button.arg.isdecimal() and len(button.arg) < 10 else 0
    group = await groups.by_id(session, group_id) if officer else None
    return await may_unbind(session, officer, callback.from_user.id, group, now)


async def unbind(
    callback: CallbackQuery, callback_data: OfficeButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    group = await asked_for(callback, callback_data, session, now, officer)
    yes = (label("button.group_unbind_yes"), f"gr:unbind_yes:{group.id}")
    keep = (label("button.keep"), f"gr:office:{group.agency_id}")
    await redraw(callback, say("group.sure_unbind", title=group.title), [[yes], [keep]])


async def unbind_yes(
    callback: CallbackQuery, callback_data: OfficeButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    group = await asked_for(callback, callback_data, session, now, officer)
    agency_id = group.agency_id
    await session.delete(group)
    await session.flush()
    await redraw(callback, *await listed(session, agency_id))


async def only_there(message: Message, session: AsyncSession, now: datetime, officer: Officer | None) -> None:
    await permit(session, officer, Action.GROUP, chat_id=message.chat.id, now=now)
    await message.answer(say("group.only_there"))


def topic_of(message: Message) -> int:
    """The topic of a forum a message stands in; 0 elsewhere, also for an answer in a group without topics."""
    return message.message_thread_id or 0 if message.is_topic_message else 0


async def bind(
    message: Message, command: CommandObject, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    """Raises: Refused, GroupError."""
    user_id = message.from_user.id if message.from_user else message.chat.id
    made = await groups.made(session, command.args or "") if officer else None
    office = made.agency_id if made else None
    by = await permit(session, officer, Action.GROUP, chat_id=user_id, now=now, office=office)
    if made is None:
        raise GroupError("group_code_unknown")
    title = message.chat.title or ""
    await groups.bind(session, made, message.chat.id, topic_of(message), title, by=by.id or 0, now=now)
    agency = await reads.agency(session, made.agency_id)
    await message.answer(say("group.bound", office=agency.name if agency else ""))


async def let_go(message: Message, session: AsyncSession, now: datetime, officer: Officer | None) -> None:
    """Raises: Refused, GroupError."""
    user_id = message.from_user.id if message.from_user else message.chat.id
    group = await groups.at(session, message.chat.id, topic_of(message)) if officer else None
    await session.delete(await may_unbind(session, officer, user_id, group, now))
    await message.answer(say("group.let_go"))


async def moved(message: Message, session: AsyncSession) -> None:
    if message.migrate_to_chat_id is not None:
        await groups.moved(session, message.chat.id, message.migrate_to_chat_id)


async def put_out(update: ChatMemberUpdated, session: AsyncSession, now: datetime) -> None:
    await groups.lost(session, update.chat.id, now)


async def take(
    callback: CallbackQuery,
    callback_data: GroupButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Who pressed decides, not where. The group sees who took it; the whole card goes to the private chat."""
    _, by = await case.open_case(session, officer, Action.ACCEPT, callback, callback_data.report, now)
    report = await reports.accept(session, callback_data.report, officer_id=by.id or 0, now=now)
    facts = await notices.facts_of(session, report) | {"confidential": report.confidential, "taker": by.name}
    await redraw(callback, *group_card(facts, city.timezone))
    await tell(callback, *await case.card(session, report, city))
    await callback.answer(label("staff.accepted", number=report.number))


async def open_(
    callback: CallbackQuery,
    callback_data: GroupButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    report, _ = await case.open_case(session, officer, Action.SEE, callback, callback_data.report, now)
    await tell(callback, *await case.card(session, report, city))
    await callback.answer(label("group.opened"))


async def not_there(callback: CallbackQuery) -> None:
    """Buttons of the private chat say too much for a group: they cannot be pressed here, nor forged."""
    await callback.answer(label("errors.old_button"), show_alert=True)
