"""Name and secrecy of a report that is sent already. Data: r:<report>:privacy and r:<report>:<choice>."""

from datetime import datetime

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import redraw, tell
from bot.citizen.card import PRIVACY
from bot.citizen.follow import ReportButton, own
from bot.texts import Html, label, lines, paragraphs, say
from bot.texts.cards import Buttons
from storage import privacy
from storage.tables import Report


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="privacy")
    here.callback_query.register(show, ReportButton.filter(F.verb == "privacy"))
    here.callback_query.register(choose, ReportButton.filter(F.verb.in_(PRIVACY)))
    return here


async def show(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    report, _ = await own(session, callback, callback_data.report, now)
    await tell(callback, *choices(report))


async def choose(callback: CallbackQuery, callback_data: ReportButton, session: AsyncSession, now: datetime) -> None:
    report, citizen = await own(session, callback, callback_data.report, now)
    wanted = {"anonymous": report.anonymous, "confidential": report.confidential} | PRIVACY[callback_data.verb]
    report, was_seen = await privacy.choose(
        session, callback_data.report, citizen_id=citizen.id or 0, now=now, **wanted
    )
    text, buttons = choices(report)
    await redraw(callback, paragraphs(text, say("privacy.was_seen") if was_seen else ""), buttons)


def choices(report: Report) -> tuple[Html, Buttons]:
    """How it stands, and what can be chosen instead."""
    if report.misconduct:
        see: Buttons = [[(label("button.see"), f"r:{report.id}:see")]]
        return paragraphs(say("privacy.report", number=report.number), say("privacy.sealed")), see
    text = paragraphs(
        say("privacy.report", number=report.number),
        lines(
            say("privacy.anonymous" if report.anonymous else "privacy.named"),
            say("privacy.confidential" if report.confidential else "privacy.public"),
        ),
    )
    choices = [
        "be_named" if report.anonymous else "be_anonymous",
        "be_public" if report.confidential else "be_confidential",
    ]
    return text, [
        *([(label(f"button.{choice}"), f"r:{report.id}:{choice}")] for choice in choices),
        [(label("button.see"), f"r:{report.id}:see")],
    ]
