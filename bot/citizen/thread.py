"""What is said about a report lands there: a reply to a message that names it, or its number among the words."""

import re
from datetime import datetime
from typing import Any

from aiogram import Bot, F, Router
from aiogram.enums import MessageEntityType
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import anchor, file_in, inline, redraw
from bot.citizen.albums import WholeAlbum
from bot.citizen.ending import ask_why_not, thanks
from bot.citizen.follow import ReportButton, Tell, me, own, said_in, tell_office
from bot.config import City
from bot.texts import label, own_words, say
from storage import ending, reads, thread
from storage.evidence import File
from storage.lifecycle import OPEN, Status
from storage.numbers import numbers_in
from storage.standing import can_reopen, standing
from storage.tables import Citizen, Report
from storage.thread import Said


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="thread")
    here.message.middleware(WholeAlbum())
    said = F.text | F.caption | F.location | F.func(file_in)
    here.message.register(take_reply, F.reply_to_message, said, ~F.text.startswith("/"), own_reports)
    idle = StateFilter(None, Tell.WORD)
    here.message.register(take_reply, idle, F.text, ~F.text.startswith("/"), named_reports)
    for handler in (pick, said_fixed, said_not, said_add):
        here.callback_query.register(handler, ReportButton.filter(F.verb == handler.__name__))
    return here


async def own_reports(
    message: Message, bot: Bot, session: AsyncSession, state: FSMContext, now: datetime, city: City
) -> dict[str, Any] | bool:
    """The writer's own reports that the message they reply to names; False where it names none.

    Only what the bot itself wrote in bold counts: words of people, the citizen's own included, are never bold. A reply
    to the very question that is open is its answer and no business of ours.
    """
    to = message.reply_to_message
    if to is None or to.from_user is None or to.from_user.id != bot.id:
        return False
    text = to.text or to.caption or ""
    bold = [
        entity.extract_from(text)
        for entity in to.entities or to.caption_entities or []
        if entity.type == MessageEntityType.BOLD
    ]
    citizen = await me(session, message, now)
    found = await reads.own_by_numbers(session, citizen.id or 0, numbers_in("\n".join(bold), city.prefix))
    waiting = (await state.get_state() or "").startswith(Tell.__full_group_name__)
    if not found or (waiting and (await state.get_data()).get("report") in {report.id for report in found}):
        return False
    return {"about": found}


async def named_reports(message: Message, session: AsyncSession, now: datetime, city: City) -> dict[str, Any] | bool:
    """The writer's own reports that a message calls by their numbers and says something about; False for none."""
    text = (message.text or "").upper()
    numbers = numbers_in(text, city.prefix)
    if not numbers or not any(c.isalpha() for c in re.sub(rf"{city.prefix}-\d\d-\d+", "", text)):
        return False
    found = await reads.own_by_numbers(session, (await me(session, message, now)).id or 0, numbers)
    return {"about": found} if found else False


async def take_reply(
    message: Message, about: list[Report], files: tuple[File, ...], session: AsyncSession, now: datetime
) -> None:
    said = said_in(message, files)
    if len(about) == 1:
        await land(message, await me(session, message, now), about[0], said, session, now)
        return
    await thread.hold(session, message.chat.id, said, now)
    rows = [[(report.number, f"r:{report.id}:pick")] for report in about]
    await message.answer(say("thread.which"), reply_markup=inline(rows))


async def land(
    message: Message, citizen: Citizen, report: Report, said: Said, session: AsyncSession, now: datetime
) -> None:
    """On an open report it is an answer or an addition; on one that is done the citizen says what it is."""
    if report.status in OPEN:
        await message.answer(await tell_office(session, citizen, report.id or 0, said, now))
        return
    await thread.hold(session, message.chat.id, said, now)
    new = [(label("button.report_anew"), f"r:{report.id}:anew")]
    not_fixed = [(label(own_words(report.kind, "button.not_fixed")), f"r:{report.id}:said_not")]
    if report.status is Status.RESOLVED:
        done = [(label(own_words(report.kind, "button.fixed")), f"r:{report.id}:said_fixed"), *not_fixed]
        rows = [done, [(label("button.add_to_it"), f"r:{report.id}:said_add")], new]
        await message.answer(say("thread.resolved", number=report.number), reply_markup=inline(rows))
        return
    how = label(own_words(report.kind, f"status.{standing(report)}")).lower()
    rows = [not_fixed, new] if can_reopen(report, now) else [new]
    await message.answer(say("thread.ended", number=report.number, status=how), reply_markup=inline(rows))


async def pick(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    report, citizen = await own(session, callback, callback_data.report, now)
    if said := await held(callback, session, now):
        await redraw(callback, say("thread.picked", number=report.number), [])
        await land(anchor(callback), citizen, report, said, session, now)


async def said_fixed(
    callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime
) -> None:
    _, citizen = await own(session, callback, callback_data.report, now)
    if said := await held(callback, session, now):
        note = "" if said.wordless else said.note
        report = await ending.confirm(session, callback_data.report, citizen_id=citizen.id or 0, now=now, note=note)
        await redraw(callback, *thanks(report))


async def said_not(
    callback: CallbackQuery, callback_data: ReportButton, state: FSMContext, session: AsyncSession, now: datetime
) -> None:
    """The reply is the reason, unless it was a photo without words."""
    report, citizen = await own(session, callback, callback_data.report, now)
    said = await held(callback, session, now)
    if said is None:
        return
    if said.wordless:
        await ask_why_not(callback, state, report, now, said.files)
        return
    report = await ending.reopen(
        session, report.id or 0, citizen_id=citizen.id or 0, now=now, note=said.note, files=said.files
    )
    await redraw(callback, say(own_words(report.kind, "mine_do.reopened"), number=report.number), [])


async def said_add(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    report, citizen = await own(session, callback, callback_data.report, now)
    if said := await held(callback, session, now):
        await thread.say_more(session, report.id or 0, citizen_id=citizen.id or 0, now=now, said=said)
        await redraw(callback, say("mine_do.added", number=report.number), [])


async def held(callback: CallbackQuery, session: AsyncSession, now: datetime) -> Said | None:
    """The reply that waits for this press; where it is gone, the citizen is told."""
    said = await thread.take_held(session, callback.from_user.id, now)
    if said is None:
        await redraw(callback, say("thread.gone"), [])
    return said
