"""Writing a report by messages: words, a pin, photos. The presses of buttons are in card.py."""

from dataclasses import replace

from aiogram import F, Router
from aiogram.filters import Command, CommandStart, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import Message, ReplyKeyboardRemove
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import file_in, inline
from bot.citizen.albums import WholeAlbum
from bot.citizen.chatter import small_talk
from bot.citizen.draft import Draft, tidy
from bot.citizen.first import say_first
from bot.citizen.questions import Ask, ask_next, keep, load, under_way
from bot.config import City
from bot.intake import Guess, Intake, announces
from bot.texts import label, say
from bot.texts.answers import answer_buttons, answer_card
from storage.evidence import File
from storage.lifecycle import Kind

WRITING = StateFilter(None, Ask.TEXT)


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="report")
    here.message.middleware(WholeAlbum())
    here.message.register(start, CommandStart())
    here.message.register(begin, Command("lapor"))
    here.message.register(cancel, Command("batal"), StateFilter(None, Ask))
    here.message.register(cancel, StateFilter(Ask), F.text == label("button.cancel"))
    here.message.register(take_files, StateFilter(None, Ask), F.func(file_in))
    here.message.register(take_text, WRITING, F.text, ~F.text.startswith("/"))
    here.message.register(add_text, StateFilter(Ask.CHECK), F.text, ~F.text.startswith("/"))
    return here


async def start(message: Message, state: FSMContext, city: City) -> None:
    await state.clear()
    first = message.from_user.first_name if message.from_user else ""
    await message.answer(
        say("welcome.text", name=f" {first[:40]}" if first else "", city=city.name), reply_markup=ReplyKeyboardRemove()
    )


async def begin(message: Message, state: FSMContext, intake: Intake, session: AsyncSession) -> None:
    await state.clear()
    await ask_next(message, state, Draft(), intake, session)


async def cancel(message: Message, state: FSMContext) -> None:
    key = "draft.cancelled" if await load(state) else "draft.nothing_to_cancel"
    await state.clear()
    await message.answer(say(key), reply_markup=ReplyKeyboardRemove())


async def take_text(message: Message, state: FSMContext, intake: Intake, session: AsyncSession) -> None:
    """The first words, or more of them where they were too few."""
    await take_words(message, state, await under_way(state), message.text or "", intake, session)


async def take_words(
    message: Message, state: FSMContext, draft: Draft, words: str, intake: Intake, session: AsyncSession
) -> None:
    if not draft.text and announces(words):
        await ask_next(message, state, draft, intake, session)
        return
    before = draft.guess or Guess()
    draft = told_more(draft, words, intake)
    guess = draft.guess or Guess()
    if await answered_at_once(message, state, draft, intake, session):
        return
    if guess.decision == "none" and not draft.files and not draft.placed:
        await state.set_state(None)
        await keep(state, draft)
        text, ways_on = await small_talk(session, message.chat.id, draft.id)
        await message.answer(text, reply_markup=inline(ways_on))
        return
    await say_first(message, guess, before, intake)
    await ask_next(message, state, draft, intake, session)


async def answered_at_once(
    message: Message, state: FSMContext, draft: Draft, intake: Intake, session: AsyncSession
) -> bool:
    """A plain question that has an answer on file gets it; the citizen says whether it was enough."""
    if draft.files or draft.placed or draft.later:
        return False
    entry = await intake.answer(session, draft.text, asked=draft.kind == Kind.INFORMATION)
    if entry is None:
        return False
    await state.set_state(None)
    await keep(state, draft)
    text = answer_card(entry.answer, entry.channel, entry.checked, sure=entry.standing == "verified")
    await message.answer(text, reply_markup=inline(answer_buttons(draft.id, entry.id)))
    return True


async def take_files(
    message: Message, files: tuple[File, ...], state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    """A photo at any time, or a whole album; the caption counts as words. What is too much is said once."""
    draft = await under_way(state)
    fuller = draft.with_files(files)
    if len(fuller.files) < len({file.unique_id for file in (*draft.files, *files)}):
        await message.answer(say("errors.too_many_files"))
    if message.caption:
        await take_words(message, state, fuller, message.caption, intake, session)
        return
    await ask_next(message, state, fuller, intake, session)


async def add_text(message: Message, state: FSMContext, intake: Intake, session: AsyncSession) -> None:
    """Words while the card is on the table belong to the report."""
    draft, words = await load(state) or Draft(), message.text or ""
    if draft.another_matter(words, intake.look(words)):
        await ask_which(message, state, draft, words)
        return
    await message.answer(say("ask.added"))
    await ask_next(message, state, told_more(draft, words, intake), intake, session)


def told_more(draft: Draft, words: str, intake: Intake) -> Draft:
    """The draft with more of the story, and what the classifier makes of the whole. Raises: Unacceptable."""
    draft = draft.with_more_text(words)
    return draft.with_guess(intake.look(draft.text))


async def ask_which(message: Message, state: FSMContext, draft: Draft, words: str) -> None:
    """The last words look like a report of their own: nothing is guessed, the citizen says."""
    await keep(state, replace(draft, pending=tidy(words)))
    buttons = [[(label(f"button.{which}"), f"d:{draft.id}:{which}:")] for which in ("same_matter", "other_matter")]
    await message.answer(say("ask.which_matter"), reply_markup=inline(buttons))
