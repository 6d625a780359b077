"""The Inspektorat says that a report accuses no official; then it may go elsewhere. Data: k:<report>:unseal:<yes>."""

from datetime import datetime

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import redraw, tell
from bot.config import City
from bot.staff.access import Action
from bot.staff.case import CaseButton, card, open_case
from bot.texts import label, say
from storage import sealed
from storage.reports import Actor
from storage.tables import ActorKind, Officer


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="sealed")
    here.callback_query.register(unseal, CaseButton.filter(F.verb == "unseal"))
    return here


async def unseal(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Asked first: another office may read it afterwards."""
    report, by = await open_case(session, officer, Action.UNSEAL, callback, callback_data.report, now)
    if callback_data.arg != "yes":
        yes = [(label("button.unseal_yes"), f"k:{report.id}:unseal:yes"), (label("button.keep"), f"k:{report.id}:see:")]
        await tell(callback, say("staff.unseal", number=report.number), [yes])
        return
    report = await sealed.unseal(session, report.id or 0, by=Actor(ActorKind.OFFICER, by.id), now=now)
    await redraw(callback, *await card(session, report, city))
