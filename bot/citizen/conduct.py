"""Is an official accused, or is it about the service? Data: d:<draft>:about_official and d:<draft>:about_service."""

from dataclasses import replace

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.citizen.card import DraftButton, OwnDraft, show
from bot.citizen.draft import Draft
from bot.intake import Guess, Intake


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="conduct")
    here.callback_query.middleware(OwnDraft())
    for handler in (about_official, about_service):
        here.callback_query.register(handler, DraftButton.filter(F.verb == handler.__name__))
    return here


async def about_official(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    await show(callback, replace(draft, conduct="official", office=None, also=""), state, intake, session)


async def about_service(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    guess = intake.without_accusation(draft.guess or Guess())
    await show(callback, replace(draft, conduct="service", guess=guess), state, intake, session)
