"""An answer on file as a citizen sees it: the answer, where to turn, and how old it is."""

from datetime import date

from bot.texts import MONTHS, Html, label, paragraphs, say
from bot.texts.cards import Buttons


def answer_card(answer: str, channel: str, checked: date, *, sure: bool) -> Html:
    """`sure`: every word of it was read in an official source."""
    on = f"{checked.day} {MONTHS[checked.month - 1]} {checked.year}"
    return paragraphs(
        say("faq.answer", answer=answer),
        say("faq.channel", channel=channel),
        say("faq.checked" if sure else "faq.may_change", day=on),
    )


def answer_buttons(draft_id: str, entry_id: str) -> Buttons:
    """Was that it, or shall an office answer?"""
    return [
        [(label("button.answered"), f"d:{draft_id}:answered:{entry_id}")],
        [(label("button.forward"), f"d:{draft_id}:forward:{entry_id}")],
    ]
