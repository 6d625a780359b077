"""Questions answered at once: /tanya, and what the citizen says to an answer. Data: d:<draft>:<verb>:<entry>."""

from dataclasses import replace

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import redraw
from bot.citizen.card import DraftButton, OwnDraft, go_on
from bot.citizen.draft import Draft
from bot.citizen.questions import Ask, ask_next, keep
from bot.citizen.report import take_words
from bot.intake import Intake
from bot.texts import Html, paragraphs, say
from bot.texts.answers import answer_card
from storage import faq
from storage.lifecycle import Kind


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="answers")
    here.callback_query.middleware(OwnDraft())
    here.message.register(ask, Command("tanya"))
    for handler in (answered, forward):
        here.callback_query.register(handler, DraftButton.filter(F.verb == handler.__name__))
    return here


async def ask(
    message: Message, command: CommandObject, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    await state.clear()
    draft = Draft(kind=Kind.INFORMATION.value)
    if command.args:
        await take_words(message, state, draft, command.args, intake, session)
        return
    await state.set_state(Ask.TEXT)
    await keep(state, draft)
    await message.answer(say("faq.ask"))


async def answered(
    callback: CallbackQuery,
    callback_data: DraftButton,
    draft: Draft,
    state: FSMContext,
    intake: Intake,
    session: AsyncSession,
) -> None:
    if await state.get_state() is not None:  # it was forwarded before, and is a report by now
        return
    await intake.answers.count(session, callback_data.arg, faq.SOLVED)
    await state.clear()
    await redraw(callback, paragraphs(words_of(intake, callback_data.arg), say("faq.thanks")), [])
    if isinstance(callback.message, Message):
        await go_on(callback.message, state, draft, intake, session)


async def forward(
    callback: CallbackQuery,
    callback_data: DraftButton,
    draft: Draft,
    state: FSMContext,
    intake: Intake,
    session: AsyncSession,
) -> None:
    """The answer on file was not enough: the question goes the way of every report."""
    if await state.get_state() is not None or not isinstance(callback.message, Message):
        return
    await intake.answers.count(session, callback_data.arg, faq.FORWARDED)
    await redraw(callback, words_of(intake, callback_data.arg), [])
    await ask_next(callback.message, state, replace(draft, kind=draft.kind or Kind.INFORMATION.value), intake, session)


def words_of(intake: Intake, entry_id: str) -> Html:
    """The answer again; empty where the city has ended it since."""
    entry = intake.answers.entries.get(entry_id)
    if entry is None:
        return Html("")
    return answer_card(entry.answer, entry.channel, entry.checked, sure=entry.standing == "verified")
