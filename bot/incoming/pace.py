"""Floods are slowed, the same words twice answered once, and who may file no reports is told why; danger goes first."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from bot.chat import file_in
from bot.citizen.draft import Unacceptable
from bot.citizen.first import whom_to_call
from bot.citizen.questions import keep, load
from bot.citizen.report import told_more
from bot.config import Limits
from bot.intake import Intake
from bot.texts import catalogue, label, say
from storage import pace

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

OPENING = ("/lapor", "/tanya")
"""Commands that begin a report."""


@cache
def buttons() -> frozenset[str]:
    """What is said by pressing a key of a keyboard: pressing it twice is no repetition of words."""
    return frozenset(text for key, text in catalogue().items() if key.startswith("button."))


@dataclass(frozen=True)
class Said:
    """What a citizen wrote or pressed, and where the conversation stands."""

    event: Message | CallbackQuery
    state: FSMContext
    at: str | None

    @property
    def words(self) -> str:
        return (self.event.text or self.event.caption or "") if isinstance(self.event, Message) else ""

    @property
    def repeatable(self) -> str | None:
        """The words, where saying them twice would be a repetition."""
        text = self.event.text if isinstance(self.event, Message) else None
        return None if text is None or text.startswith("/") or text in buttons() else text

    @property
    def files_a_report(self) -> bool:
        """Whether this begins, writes or sends a report; everything else stays open to a blocked person."""
        if isinstance(self.event, CallbackQuery):
            return (self.event.data or "").startswith("d:")
        if self.words.startswith("/"):
            return self.words.split()[0] in OPENING
        return self.at is None or self.at.startswith("Ask:")


class Pace(BaseMiddleware):
    """Counts what each citizen sends; officers at work are not counted."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        said = await citizen_said(event, data)
        if said is None or said.event.from_user is None:
            return await handler(event, data)
        session, user = data["session"], said.event.from_user
        limits: Limits = data["limits"]
        # by Telegram's date: what waited while the service stood still was not written all at once
        at = said.event.date if isinstance(said.event, Message) else data["now"]
        verdict = await pace.judge(session, user.id, at, said.repeatable, limits.messages_per_minute)
        if said.files_a_report and (reason := await pace.blocked(session, user.id)) is not None:
            await warn_of_danger(said, data["intake"])
            await refuse(said, reason, await pace.tell_blocked(session, user.id, at))
            return None
        if verdict.too_fast:
            await warn_of_danger(said, data["intake"])
            await slow_down(said, data["intake"], verdict)
            return None
        return None if verdict.repeated else await handler(event, data)


async def citizen_said(event: TelegramObject, data: dict[str, Any]) -> Said | None:
    """A citizen's message or press in a private chat; None for all else, which is not counted."""
    what = (event.message or event.callback_query) if isinstance(event, Update) else None
    state: FSMContext | None = data.get("state")
    if what is None or state is None or data.get("officer") is not None:
        return None
    if isinstance(what, Message) and what.chat.type != ChatType.PRIVATE:
        return None
    return Said(what, state, await state.get_state())


async def warn_of_danger(said: Said, intake: Intake) -> None:
    """Nothing keeps the emergency numbers from somebody in danger."""
    if said.words and isinstance(said.event, Message) and (guess := intake.look(said.words)).urgent:
        await said.event.answer(whom_to_call(guess))


async def refuse(said: Said, reason: str, tell: bool) -> None:
    if isinstance(said.event, CallbackQuery):
        await said.event.answer(label("pace.blocked_press"), show_alert=True)
    elif tell:
        await said.event.answer(say("pace.blocked", reason=reason))


async def slow_down(said: Said, intake: Intake, verdict: pace.Verdict) -> None:
    """One kind word a minute. What belongs to a report under way is kept all the same."""
    kept = isinstance(said.event, Message) and not verdict.repeated and await kept_quietly(said, said.event, intake)
    if not verdict.tell:
        return
    if isinstance(said.event, CallbackQuery):
        await said.event.answer(label("pace.press"))
    else:
        await said.event.answer(say("pace.kept" if kept else "pace.slow"))


async def kept_quietly(said: Said, message: Message, intake: Intake) -> bool:
    """Whether words and picture went into the report that is being written."""
    draft = await load(said.state) if (said.at or "").startswith("Ask:") else None
    if draft is None or said.words.startswith("/"):
        return False
    file, before = file_in(message), draft
    try:
        draft = draft.with_files((file,)) if file else draft
        draft = told_more(draft, said.words, intake) if said.words else draft
    except Unacceptable:
        return False
    await keep(said.state, draft)
    return draft != before
