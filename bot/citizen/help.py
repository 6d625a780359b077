"""Help, and an answer to everything that is neither words, a place, a photo nor a command we know. Attached last."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, StateFilter
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import menus
from bot.config import City
from bot.texts import Html, label, lines, paragraphs, say
from storage import people
from storage.tables import Officer


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="help")
    here.message.register(help_, Command("bantuan", "help"))
    here.message.register(unknown_command, F.text.startswith("/"))
    here.message.register(contact, F.contact)
    here.message.register(thanks, StateFilter(None), F.sticker | F.dice)  # where words were asked for, they still are
    here.message.register(words_please)
    here.edited_message.register(silence, F.location)  # a shared position that moves on: its first one was taken
    here.edited_message.register(edited)
    here.callback_query.register(old_button)
    return here


def group_router() -> Router:
    """Groups: a command gets one friendly pointer to the private chat, everything else is none of our business."""
    here = Router(name="group")
    outside = F.chat.type != ChatType.PRIVATE
    here.message.register(in_group, outside, F.text.startswith("/"))
    here.message.register(silence, outside)
    here.edited_message.register(silence, outside)
    here.my_chat_member.register(membership)
    return here


async def help_(message: Message, city: City, officer: Officer | None) -> None:
    await message.answer(
        paragraphs(
            say("help.text", prefix=city.prefix),
            lines(say("help.staff"), *map(command, menus.STAFF[officer.role])) if officer else "",
            say("help.staff_examples", prefix=city.prefix) if officer else "",
        )
    )


def command(name: str) -> Html:
    return say("help.command", name=name, does=label(f"commands.{name}"))


async def unknown_command(message: Message) -> None:
    await message.answer(say("input.unknown_command"))


async def contact(message: Message) -> None:
    await message.answer(say("input.contact"))


async def thanks(message: Message) -> None:
    await message.answer(say("input.thanks"))


async def words_please(message: Message) -> None:
    await message.answer(say("input.words_please"))


async def edited(edited_message: Message) -> None:
    await edited_message.answer(say("input.edited"))


async def old_button(callback: CallbackQuery) -> None:
    await callback.answer(say("errors.old_button"), show_alert=True)


async def in_group(message: Message) -> None:
    await message.answer(say("input.group"))


async def silence(message: Message) -> None:
    """Deliberately nothing."""


async def membership(update: ChatMemberUpdated, session: AsyncSession) -> None:
    """Somebody blocked the bot, or opened it again."""
    if update.chat.type == ChatType.PRIVATE:
        reachable = update.new_chat_member.status not in {"kicked", "left"}
        await people.set_reachable(session, update.chat.id, reachable)
