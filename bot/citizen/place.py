"""Answers to "where?": a pin, a name, buttons, words. Data: d:<draft>:<verb>:<code>."""

from dataclasses import replace

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw
from bot.citizen.card import DraftButton, OwnDraft
from bot.citizen.draft import LONGEST_PLACE, Draft, tidy
from bot.citizen.questions import Ask, ask_next, keep, load, under_way
from bot.citizen.report import ask_which, told_more
from bot.citizen.where import ask_meant, ask_where, guessed_places, kecamatan_list, kelurahan_list, place_noted
from bot.intake import Intake
from bot.texts import label


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="place")
    here.message.register(take_pin, StateFilter(None, Ask), F.location)
    here.message.register(choose_kecamatan, StateFilter(Ask.PLACE), F.text == label("button.choose_kecamatan"))
    here.message.register(no_place, StateFilter(Ask.PLACE), F.text == label("button.no_place"))
    here.message.register(
        take_place, StateFilter(Ask.PLACE), F.text, ~F.text.startswith("/"), F.text != label("button.cancel")
    )
    here.callback_query.middleware(OwnDraft())
    for handler in (city, kec, kel, only, abroad):
        here.callback_query.register(handler, DraftButton.filter(F.verb == handler.__name__))
    return here


async def take_pin(message: Message, state: FSMContext, intake: Intake, session: AsyncSession) -> None:
    """A pin, the first position of a shared one, or a named place, whose name is kept as words."""
    draft = await under_way(state)
    if message.location:
        latitude, longitude = message.location.latitude, message.location.longitude
        draft = draft.with_pin(latitude, longitude, intake.where(latitude, longitude))
    if message.venue:
        draft = replace(
            draft, place=tidy(f"{message.venue.title}, {message.venue.address}".strip(", "))[:LONGEST_PLACE]
        )
    if draft.placed and await state.get_state() == Ask.PLACE:
        await place_noted(message)
    await ask_next(message, state, draft, intake, session)


async def choose_kecamatan(message: Message, state: FSMContext, intake: Intake) -> None:
    text, buttons = kecamatan_list(await load(state) or Draft(), intake)
    await message.answer(text, reply_markup=inline(buttons))


async def no_place(message: Message, state: FSMContext, intake: Intake, session: AsyncSession) -> None:
    draft = await load(state) or Draft()
    await place_noted(message)
    await ask_next(message, state, draft.with_no_place(), intake, session)


async def take_place(message: Message, state: FSMContext, intake: Intake, session: AsyncSession) -> None:
    """A place in words; a long message was more of the story (Telegram cuts long texts into several)."""
    draft, words = await load(state) or Draft(), message.text or ""
    tapped = next(
        (
            place
            for name, place in guessed_places(draft.guess).items()
            if words == label("button.yes_place", place=name)
        ),
        None,
    )
    if tapped:
        draft = draft.with_kelurahan(*tapped)
    elif not draft.continued_by(words) and draft.another_matter(words, intake.look(words)):
        await ask_which(message, state, draft, words)
        return
    elif len(words) > LONGEST_PLACE:
        draft = told_more(draft, words, intake)
        await keep(state, draft)
        await ask_where(message, draft, intake)
        return
    else:
        codes = intake.meant(words)
        if len(codes) > 1 and not draft.asked_name:
            kept = "" if intake.is_a_name(words) else tidy(words)
            draft = replace(draft.without_place(), place=kept, asked_name=True)
            await keep(state, draft)
            await ask_meant(message, draft, codes, intake)
            return
        draft = named(draft, words, codes, intake)
    await place_noted(message)
    await ask_next(message, state, draft, intake, session)


def named(draft: Draft, words: str, codes: tuple[str, ...], intake: Intake) -> Draft:
    """The draft with these words, and the kelurahan or kecamatan where they name just one. Raises: Unacceptable."""
    if len(codes) == 1:
        kel = intake.kelurahan.get(codes[0])
        known = (kel.kecamatan, kel.name) if kel else (intake.kecamatan[codes[0]], None)
        return (draft.without_place() if intake.is_a_name(words) else draft.with_place(words)).with_kelurahan(*known)
    return draft.with_place(words)


async def city(callback: CallbackQuery, draft: Draft, intake: Intake) -> None:
    await redraw(callback, *kecamatan_list(draft, intake))


async def kec(callback: CallbackQuery, callback_data: DraftButton, draft: Draft, intake: Intake) -> None:
    if callback_data.arg in intake.kecamatan:
        await redraw(callback, *kelurahan_list(draft, callback_data.arg, intake))


async def kel(
    callback: CallbackQuery,
    callback_data: DraftButton,
    draft: Draft,
    state: FSMContext,
    intake: Intake,
    session: AsyncSession,
) -> None:
    if found := intake.kelurahan.get(callback_data.arg):
        await placed(callback, draft.with_kelurahan(found.kecamatan, found.name), state, intake, session)


async def only(
    callback: CallbackQuery,
    callback_data: DraftButton,
    draft: Draft,
    state: FSMContext,
    intake: Intake,
    session: AsyncSession,
) -> None:
    """The kecamatan alone, from somebody who does not know the kelurahan."""
    if found := intake.kecamatan.get(callback_data.arg):
        await placed(callback, draft.with_kelurahan(found, None), state, intake, session)


async def abroad(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    """The pin outside of the city is meant: the office reads that it lies there."""
    if draft.latitude is None or draft.longitude is None or draft.placed:
        return
    spot = intake.where(draft.latitude, draft.longitude)
    outside = label("ask.outside_noted_in", place=spot.neighbour) if spot.neighbour else label("ask.outside_noted")
    words = ", ".join(filter(None, [draft.place, outside]))
    await placed(callback, replace(draft, place=words, placed=True), state, intake, session)


async def placed(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    """The place is known now; on with what is missing."""
    if isinstance(callback.message, Message):
        if await state.get_state() == Ask.PLACE:
            await place_noted(callback.message)
        await ask_next(callback.message, state, draft, intake, session)
