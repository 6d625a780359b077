"""What both rooms of aiogram share: keyboards, redrawing a card, reading a file out of a message."""

from datetime import UTC, datetime

from aiogram.enums import ChatType
from aiogram.types import (
    CallbackQuery,
    Chat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    User,
)

from bot.texts import Html, label
from bot.texts.cards import Buttons
from storage import reads
from storage.evidence import File


def inline(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Rows of (label, data) as a keyboard under a message; None for none."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=text, callback_data=data) for text, data in row] for row in buttons]
    )


def columns(buttons: list[tuple[str, str]], count: int) -> Buttons:
    """Buttons in rows of `count`."""
    return [buttons[i : i + count] for i in range(0, len(buttons), count)]


def pages(prefix: str, page: int, total: int) -> Buttons:
    """A row that leads to the neighbouring pages of a list, where there are any; its data is `prefix:page`."""
    row = []
    if page > 0:
        row.append((label("button.previous"), f"{prefix}:{page - 1}"))
    if (page + 1) * reads.PAGE < total:
        row.append((label("button.next"), f"{prefix}:{page + 1}"))
    return [row] if row else []


def place_keyboard(guesses: list[str]) -> ReplyKeyboardMarkup:
    """The answers to "where?": a pin is one tap; `guesses` are places found in the words, if any."""
    rows = [[KeyboardButton(text=label("button.yes_place", place=guess))] for guess in guesses]
    rows += [
        [KeyboardButton(text=label("button.send_pin"), request_location=True)],
        [KeyboardButton(text=label("button.choose_kecamatan")), KeyboardButton(text=label("button.no_place"))],
        [KeyboardButton(text=label("button.cancel"))],
    ]
    return ReplyKeyboardMarkup(keyboard=rows, resize_keyboard=True, one_time_keyboard=True)


async def redraw(callback: CallbackQuery, text: Html, buttons: Buttons) -> None:
    """Put a new text into the message whose button was pressed, or say it anew where that message is out of reach."""
    if isinstance(callback.message, Message) and callback.message.text is not None:
        await callback.message.edit_text(text, reply_markup=inline(buttons))
    elif callback.bot is not None:
        await callback.bot.send_message(callback.from_user.id, text, reply_markup=inline(buttons))


async def tell(callback: CallbackQuery, text: Html, buttons: Buttons | None = None) -> None:
    """A new message to whoever pressed the button."""
    if callback.bot is not None:
        await callback.bot.send_message(callback.from_user.id, text, reply_markup=inline(buttons or []))


def anchor(callback: CallbackQuery) -> Message:
    """The message whose button was pressed, to be answered; an empty one where Telegram forgot an old one."""
    if isinstance(callback.message, Message):
        return callback.message
    chat = Chat(id=callback.from_user.id, type=ChatType.PRIVATE)
    return Message(message_id=0, date=datetime.fromtimestamp(0, UTC), chat=chat).as_(callback.bot)


def file_in(message: Message) -> File | None:
    """The photo, video, document or voice note of a message."""
    if message.photo:
        return File("photo", message.photo[-1].file_id, message.photo[-1].file_unique_id)
    for kind in ("video", "document", "voice", "video_note", "audio", "animation"):
        found = getattr(message, kind)
        if found is not None:
            return File(kind, found.file_id, found.file_unique_id)
    return None


def name_of(user: User) -> str:
    """A person's name as Telegram gives it, at most 200 characters."""
    return user.full_name[:200]
