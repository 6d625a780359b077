"""A word that is no report: "halo", "makasih", "udah sampai mana pak?". Who waits sees how theirs stands."""

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.texts import Html, label, paragraphs, say, shorten
from bot.texts.cards import Buttons
from storage import people, reads
from storage.lifecycle import OPEN, Status
from storage.standing import standing

SHOWN = 3
"""Reports, the newest ones; /laporanku has the rest."""


async def small_talk(session: AsyncSession, chat_id: int, draft_id: str) -> tuple[Html, Buttons]:
    """What to say, with a way on for words that were meant as a report."""
    citizen_id = await people.citizen_id(session, chat_id)
    running = (await reads.of_citizen(session, citizen_id, 0, OPEN | {Status.RESOLVED})).reports if citizen_id else []
    yours = running[:SHOWN]
    buttons = [[(report.number, f"r:{report.id}:see")] for report in yours]
    really = [[(label("button.really_a_report"), f"d:{draft_id}:really:")]]
    if not yours:
        return say("chatter.text"), really
    lines = (
        say(
            "mine.line", number=report.number, status=label(f"status.{standing(report)}"), text=shorten(report.text, 80)
        )
        for report in yours
    )
    return paragraphs(say("chatter.yours"), *lines), buttons + really
