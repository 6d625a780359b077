"""Why not, and why later: reasons and days chosen from a list before the officer adds words.

Data: k:<report>:reject:, k:<report>:because:<reason>, k:<report>:extend:, k:<report>:days:<n>.
"""

from datetime import datetime

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, redraw, tell
from bot.config import City
from bot.staff.access import Action
from bot.staff.case import CaseButton, open_case
from bot.staff.words import LETTERS, Write, possible, reading
from bot.texts import day, label, say
from storage import casework
from storage.calendar import EXTENSION
from storage.casework import NoMoreTime
from storage.engine import calendar_of
from storage.tables import Officer

REASONS = ("private", "unclear", "known", "planned", "rules", "court", "other")
"""Why a report is not done; each but the last has its polite text. "Not ours" is none of them: that is handing it on,
to somebody who is named."""

DAYS = (3, 5, EXTENSION.working_days)
"""Working days by which a due date may be moved."""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="reasons")
    for handler in (reject, because, extend, days):
        here.callback_query.register(handler, CaseButton.filter(F.verb == handler.__name__))
    return here


async def reject(
    callback: CallbackQuery, callback_data: CaseButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    """Raises: ForbiddenMove when it cannot be refused now."""
    report, _ = await open_case(session, officer, Action.REJECT, callback, callback_data.report, now)
    possible(report, LETTERS["reject"])
    rows = [[(label("button.not_ours"), f"k:{report.id}:transfer:")]]
    rows += [[(label(f"reason.{reason}"), f"k:{report.id}:because:{reason}")] for reason in REASONS]
    await tell(callback, say("staff.which_reason", number=report.number), rows)


async def because(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """The reason's own text can go out as it is; words written now are added to it."""
    report, _ = await open_case(session, officer, Action.REJECT, callback, callback_data.report, now)
    possible(report, LETTERS["reject"])
    if callback_data.arg not in REASONS:
        await callback.answer(label("errors.old_button"), show_alert=True)
        return
    data = {"report": report.id, "verb": "reject"}
    if callback_data.arg == "other":
        await state.set_state(Write.WORDS)
        await state.set_data(data)
        await redraw(callback, say(LETTERS["reject"].question, number=report.number), [])
        return
    words = label(f"reason_text.{callback_data.arg}")
    data |= {"reason": words, "words": words}
    await state.set_state(Write.CONFIRM)
    await state.set_data(data)
    await redraw(
        callback,
        say("staff.preview_reason", text=await reading(session, report, data, city)),
        [[(label("button.send_answer"), f"w:{report.id}:send")], [(label("button.back"), f"k:{report.id}:reject:")]],
    )


async def extend(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Raises: NoMoreTime, ForbiddenMove."""
    report, _ = await open_case(session, officer, Action.EXTEND, callback, callback_data.report, now)
    due = casework.may_extend(report, now)
    pairs = [
        (day(calendar_of(session).later(due, count), city.timezone), f"k:{report.id}:days:{count}") for count in DAYS
    ]
    await tell(callback, say("staff.which_day", number=report.number, due=day(due, city.timezone)),
               columns(pairs, 1))  # fmt: skip


async def days(
    callback: CallbackQuery,
    callback_data: CaseButton,
    state: FSMContext,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    """Raises: NoMoreTime, ForbiddenMove."""
    report, _ = await open_case(session, officer, Action.EXTEND, callback, callback_data.report, now)
    casework.may_extend(report, now)
    if callback_data.arg not in {str(count) for count in DAYS}:
        raise NoMoreTime("extension_too_long")
    await state.set_state(Write.WORDS)
    await state.set_data({"report": report.id, "verb": "extend", "days": int(callback_data.arg)})
    await redraw(callback, say(LETTERS["extend"].question, number=report.number), [])
