"""/riwayat <number>: who saw and did what with a report, for those who watch over the service."""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import City
from bot.staff.access import Action, permit
from bot.texts import Html, label, lines, moment, paragraphs, say
from storage import audit, reads
from storage.numbers import number_in
from storage.reports import UnknownReport
from storage.tables import Attempt, Officer

LINES = 25
"""Lines of a log that fit into one message."""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="log")
    here.message.register(trail, Command("riwayat"))
    return here


async def trail(
    message: Message,
    command: CommandObject,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """Raises: UnknownReport."""
    report = await reads.by_number(session, number_in(command.args or "", city.prefix, now))
    await permit(session, officer, Action.TRAIL, chat_id=message.chat.id, now=now, report=report)
    if not command.args:
        await message.answer(say("trail.which", prefix=city.prefix))
        return
    if report is None:
        raise UnknownReport
    found, total = await audit.of_report(session, report.id or 0, LINES)
    await message.answer(
        paragraphs(
            say("trail.title", number=report.number, total=total),
            lines(*(line(attempt, by, city) for attempt, by in found)),
            say("trail.older", shown=len(found)) if total > len(found) else "",
        )
    )


def line(attempt: Attempt, by: Officer | None, city: City) -> Html:
    """One attempt in words. A stranger has no name here."""
    return say(
        "trail.line" if attempt.allowed else "trail.line_refused",
        at=moment(attempt.at, city.timezone),
        who=by.name if by else label("trail.stranger"),
        role=label(f"role.{by.role}") if by else "",
        what=label(f"action.{attempt.action}"),
    )
