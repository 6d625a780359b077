"""/templat: ready answers of an office (a head) or of all offices (an administrator), and their use while writing.

Data: tp:<verb>:<template or topic>. The fields {nomor} {tempat} {batas} {dinas} are filled from the report.
"""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw
from bot.config import City
from bot.staff.access import OFFICE, Action, permit
from bot.staff.words import Write, review, writes
from bot.texts import Html, day, label, lines, paragraphs, say
from bot.texts.cards import Buttons
from storage import notices, offices, templates
from storage.tables import Officer, Template
from storage.templates import TemplateError


class Compose(StatesGroup):
    """A head writes a template."""

    TEXT = State()
    TOPIC = State()
    SURE = State()


class TemplateButton(CallbackData, prefix="tp"):
    verb: str
    arg: str = ""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="templates")
    here.message.register(mine, Command("templat"))
    here.message.register(stop, Command("batal"), StateFilter(Compose))
    here.message.register(take, StateFilter(Compose.TEXT), F.text, ~F.text.startswith("/"))
    here.message.register(word, StateFilter(Compose.TOPIC), F.text, ~F.text.startswith("/"))
    here.callback_query.register(use, TemplateButton.filter(F.verb == "use"), StateFilter(Write.WORDS, Write.CONFIRM))
    here.callback_query.register(save, TemplateButton.filter(F.verb == "save"), StateFilter(Compose))
    for handler in (see, new, edit, topic, drop, drop_yes):
        here.callback_query.register(handler, TemplateButton.filter(F.verb == handler.__name__))
    return here


async def may(
    session: AsyncSession, officer: Officer | None, chat_id: int, now: datetime
) -> tuple[Officer, str | None]:
    """The officer, and whose templates they write: their office's, or (None) those of all. Raises: Refused."""
    by = await permit(session, officer, Action.TEMPLATES, chat_id=chat_id, now=now)
    return by, by.agency_id if by.role in OFFICE else None


async def chosen(
    callback: CallbackQuery, button: TemplateButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> Template:
    """A template this officer may change. Raises: Refused, TemplateError."""
    _, agency_id = await may(session, officer, callback.from_user.id, now)
    number = int(button.arg) if button.arg.isdecimal() and len(button.arg) < 10 else 0
    found = await templates.find(session, number)
    if found is None or found.agency_id != agency_id:
        raise TemplateError("template_unknown")
    return found


async def listed(session: AsyncSession, agency_id: str | None) -> tuple[Html, Buttons]:
    found = await templates.of_office(session, agency_id)
    rows: Buttons = [[(template.title, f"tp:see:{template.id}")] for template in found]
    text = paragraphs(say("template.title"), say("template.none") if not found else "")
    return text, [*rows, [(label("template.new"), "tp:new:")]]


async def mine(message: Message, session: AsyncSession, now: datetime, officer: Officer | None) -> None:
    _, agency_id = await may(session, officer, message.chat.id, now)
    text, buttons = await listed(session, agency_id)
    await message.answer(text, reply_markup=inline(buttons))


async def see(
    callback: CallbackQuery,
    callback_data: TemplateButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    template = await chosen(callback, callback_data, session, now, officer)
    about = await offices.topic_name(session, template.topic) if template.topic else label("template.any_topic")
    text = paragraphs(lines(say("template.name", title=template.title), say("case.topic", topic=about)),
                      say("card.text", text=template.text))  # fmt: skip
    await redraw(
        callback,
        text,
        [[(label("template.edit"), f"tp:edit:{template.id}"), (label("template.drop"), f"tp:drop:{template.id}")]],
    )


async def new(
    callback: CallbackQuery, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    await may(session, officer, callback.from_user.id, now)
    await state.set_state(Compose.TEXT)
    await state.set_data({})
    await redraw(callback, say("template.ask", fields=shown_fields()), [])


async def edit(
    callback: CallbackQuery,
    callback_data: TemplateButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    template = await chosen(callback, callback_data, session, now, officer)
    await state.set_state(Compose.TEXT)
    await state.set_data({"template": template.id, "topic": template.topic})
    await redraw(callback, say("template.ask", fields=shown_fields()), [])


def shown_fields() -> str:
    return " ".join(f"{{{name}}}" for name in sorted(templates.FIELDS))


async def take(message: Message, state: FSMContext, city: City) -> None:
    """First line the title, the rest the answer; shown as a citizen would read it. Raises: TemplateError."""
    title, _, text = (message.text or "").strip().partition("\n")
    title, text = templates.check(title, text)
    await state.update_data({"title": title, "text": text})
    await state.set_state(Compose.SURE)
    sample = {"nomor": f"{city.prefix}-26-000123", "tempat": label("template.place"), "batas": label("template.due")}
    shown = templates.fill(text, sample | {"dinas": label("template.office")})
    rows = [[(label("template.save"), "tp:save:")], [(label("template.for_topic"), "tp:topic:")]]
    await message.answer(say("template.preview", title=title, text=shown), reply_markup=inline(rows))


async def topic(
    callback: CallbackQuery, state: FSMContext, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    await may(session, officer, callback.from_user.id, now)
    if "text" not in await state.get_data():
        await callback.answer(label("errors.old_button"), show_alert=True)
        return
    await state.set_state(Compose.TOPIC)
    await redraw(callback, say("admin.ask_topic"), [])


async def word(message: Message, state: FSMContext, session: AsyncSession, now: datetime) -> None:
    """Raises: OfficeError."""
    found = await offices.topics_like(session, message.text or "", now.date())
    if not found:
        raise offices.OfficeError("topic_unknown")
    rows: Buttons = [[(name[:60], f"tp:save:{topic}")] for topic, name in found]
    await message.answer(say("admin.which_topic"), reply_markup=inline(rows))


async def save(
    callback: CallbackQuery,
    callback_data: TemplateButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    """Raises: TemplateError, OfficeError."""
    by, agency_id = await may(session, officer, callback.from_user.id, now)
    data = await state.get_data()
    if "text" not in data:
        raise TemplateError("template_unknown")
    if callback_data.arg:
        await offices.topic_name(session, callback_data.arg)
    await templates.put(
        session,
        data.get("template"),
        agency_id=agency_id,
        topic=callback_data.arg or None,
        title=data["title"],
        text=data["text"],
        by=by.id,
        now=now,
    )
    await state.clear()
    await redraw(callback, *await listed(session, agency_id))


async def drop(
    callback: CallbackQuery,
    callback_data: TemplateButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    template = await chosen(callback, callback_data, session, now, officer)
    yes, keep = (
        (label("template.drop_yes"), f"tp:drop_yes:{template.id}"),
        (label("button.keep"), f"tp:see:{template.id}"),
    )
    await redraw(callback, say("template.sure_drop", title=template.title), [[yes], [keep]])


async def drop_yes(
    callback: CallbackQuery,
    callback_data: TemplateButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    template = await chosen(callback, callback_data, session, now, officer)
    agency_id = template.agency_id
    await session.delete(template)
    await session.flush()
    await redraw(callback, *await listed(session, agency_id))


async def use(
    callback: CallbackQuery,
    callback_data: TemplateButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Fill a template from the report that is being written about; what follows is as if it had been typed."""
    data = await state.get_data()
    report, _ = await writes(session, officer, data, callback.from_user.id, now)
    number = int(callback_data.arg) if callback_data.arg.isdecimal() and len(callback_data.arg) < 10 else 0
    template = next((one for one in await templates.offered(session, report) if one.id == number), None)
    if template is None or not isinstance(callback.message, Message):
        raise TemplateError("template_unknown")
    facts = await notices.facts_of(session, report)
    values = {
        "nomor": report.number,
        "tempat": facts["place"] or label("card.place_none"),
        "batas": day(report.due_at, city.timezone),
        "dinas": facts["agency"] or city.government,
    }
    await review(callback.message, state, data | {"words": templates.fill(template.text, values)}, session, city)


async def stop(message: Message, state: FSMContext) -> None:
    await state.clear()
    await message.answer(say("staff.cancelled"))
