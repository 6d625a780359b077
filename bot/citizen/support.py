"""Other people's reports: support one instead of sending a second, look, stop. Data: s:<report>:<verb>, sl:<page>."""

from dataclasses import replace
from datetime import datetime

from aiogram import F, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import name_of, pages, redraw, tell
from bot.citizen.card import DraftButton, OwnDraft, go_on
from bot.citizen.draft import Draft
from bot.citizen.follow import me, supported
from bot.citizen.questions import ask_next
from bot.config import City
from bot.intake import Intake
from bot.texts import label, own_words, paragraphs, say, shorten
from bot.texts.cards import Buttons
from bot.texts.mask import masked
from storage import support as supporters
from storage.people import citizen_at

LONGEST_WORDS = 2000
"""Characters of a supporter's own words that the office gets."""


class SupportButton(CallbackData, prefix="s"):
    report: int
    verb: str


class SupportedPage(CallbackData, prefix="sl"):
    page: int


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="support")
    drafts = Router(name="already_reported")
    drafts.callback_query.middleware(OwnDraft())
    for handler in (support, different):
        drafts.callback_query.register(handler, DraftButton.filter(F.verb == handler.__name__))
    for followed in (see, leave):
        here.callback_query.register(followed, SupportButton.filter(F.verb == followed.__name__))
    here.callback_query.register(turn_page, SupportedPage.filter())
    here.include_router(drafts)
    return here


async def support(
    callback: CallbackQuery,
    callback_data: DraftButton,
    draft: Draft,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    intake: Intake,
) -> None:
    """The draft ends here; its words and photos go to the office with the report it resembles."""
    citizen = await citizen_at(session, callback.from_user.id, name_of(callback.from_user), now, agrees=True)
    report_id = int(callback_data.arg) if callback_data.arg.isdecimal() else 0
    note = shorten(draft.text, LONGEST_WORDS)
    report, _ = await supporters.support(session, report_id, citizen.id or 0, now=now, note=note, files=draft.files)
    await state.clear()
    see_it: Buttons = [[(label("button.see"), f"s:{report.id}:see")]]
    await redraw(callback, say("similar.supported", number=report.number), see_it)
    if isinstance(callback.message, Message):
        await go_on(callback.message, state, draft, intake, session)


async def different(
    callback: CallbackQuery, draft: Draft, state: FSMContext, intake: Intake, session: AsyncSession
) -> None:
    if isinstance(callback.message, Message):
        await ask_next(callback.message, state, replace(draft, new_matter=True), intake, session)


async def see(
    callback: CallbackQuery, callback_data: SupportButton, session: AsyncSession, now: datetime, city: City
) -> None:
    citizen = await me(session, callback, now)
    await tell(callback, *await supported(session, callback_data.report, citizen.id or 0, city, now))


async def leave(callback: CallbackQuery, callback_data: SupportButton, session: AsyncSession, now: datetime) -> None:
    citizen = await me(session, callback, now)
    report = await supporters.leave(session, callback_data.report, citizen.id or 0, now=now)
    await redraw(callback, say("similar.left", number=report.number), [])


async def turn_page(
    callback: CallbackQuery, callback_data: SupportedPage, session: AsyncSession, now: datetime
) -> None:
    """A page of what somebody supports."""
    citizen = await me(session, callback, now)
    page = max(0, min(callback_data.page, 100_000))
    found, total = await supporters.page_of(session, citizen.id or 0, page)
    if not found:
        await tell(callback, say("similar.none"))
        return
    text = paragraphs(
        say("similar.list", total=total),
        *(
            say(
                "mine.line",
                number=r.number,
                status=label(own_words(r.kind, f"status_other.{r.status}")),
                text=shorten(masked(r.text), 80),
            )
            for r in found
        ),
    )
    rows: Buttons = [[(label("button.see_number", number=r.number), f"s:{r.id}:see")] for r in found]
    await tell(callback, text, [*rows, *pages("sl", page, total)])
