"""The officer who took a report on reads it as it was written; that is recorded. Data: k:<report>:unmask:."""

from datetime import datetime

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import tell
from bot.staff.access import Action
from bot.staff.case import CaseButton, open_case
from bot.texts import Html, label, lines, say, shorten
from storage import reads, reports
from storage.notices import place_in_words
from storage.reports import Actor
from storage.tables import ActorKind, Event, Officer, Report

LONGEST_TEXT, LONGEST_NOTE, NOTES = 2500, 250, 4
"""Characters of the report and of one later note, and how many of these; together they fit into one message."""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="unmask")
    here.callback_query.register(unmask, CaseButton.filter(F.verb == "unmask"))
    return here


async def unmask(
    callback: CallbackQuery, callback_data: CaseButton, session: AsyncSession, now: datetime, officer: Officer | None
) -> None:
    report, by = await open_case(session, officer, Action.UNMASK, callback, callback_data.report, now)
    await reports.record(session, report, "unmasked", by=Actor(ActorKind.OFFICER, by.id), now=now)
    await tell(callback, in_full(report, await reads.timeline(session, report.id or 0)))


def in_full(report: Report, timeline: list[Event]) -> Html:
    """The citizen's own words, the newest notes under them."""
    notes = [str(event.facts.get("note", "")) for event in timeline if event.actor is ActorKind.CITIZEN]
    place = place_in_words(report.place, report.kelurahan, report.kecamatan) or label("card.place_none")
    return lines(
        say("case.full", number=report.number, text=shorten(report.text, LONGEST_TEXT), place=place),
        *(say("case.full_note", note=shorten(note, LONGEST_NOTE)) for note in notes[-NOTES:] if note.strip("-")),
    )
