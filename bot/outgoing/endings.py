"""News around the end of a report, in words: questions to its citizen, their word to the office, an objection."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.texts import Html, day, label, paragraphs, say, shorten
from bot.texts.cards import Buttons, office_card
from bot.texts.mask import masked

if TYPE_CHECKING:
    from bot.outgoing.render import Renderer

Facts = dict[str, Any]
Words = Callable[[Facts, "Renderer"], tuple[Html, Buttons]]


def day_of(date: str | None) -> str:
    """A date without an hour, as `day` says it; empty for None."""
    return day(f"{date}T12:00:00+00:00", "UTC") if date else ""


def asks(news: Words, *buttons: tuple[str, str]) -> Words:
    """News that ends with a question; each button is (key of its label, verb)."""

    def words(facts: Facts, by: "Renderer") -> tuple[Html, Buttons]:
        return news(facts, by)[0], [[(label(key), f"r:{facts['report_id']}:{verb}") for key, verb in buttons]]

    return words


def confirmed(facts: Facts, _by: "Renderer") -> tuple[Html, Buttons]:
    """The citizen's thanks may come with a word."""
    said = say("notice.citizen_said", note=shorten(masked(facts["note"]), 2000)) if facts["note"] else ""
    return paragraphs(say("notice.citizen_confirmed", number=facts["number"]), said), []


def nudged(facts: Facts, by: "Renderer") -> tuple[Html, Buttons]:
    """The citizen reminds an office that is late: the whole card, with what can be done."""
    return office_card(facts, by.zone, say("notice.citizen_nudged", number=facts["number"]))


def appeal(notice: str) -> Words:
    """An objection, before whoever decides on it."""

    def words(facts: Facts, _by: "Renderer") -> tuple[Html, Buttons]:
        i = facts["report_id"]
        text = paragraphs(
            say(f"appeal.{notice}", number=facts["number"], rating=facts["rating"]),
            Html(f"<blockquote>{say('case.text', text=shorten(masked(facts['note']), 2000))}</blockquote>"),
            say("appeal.said", said=shorten(facts["said"], 800)) if facts["said"] else "",
        )
        decide = [(label(f"button.appeal_{verb}"), f"k:{i}:appeal_{verb}:") for verb in ("answer", "again")]
        return text, [decide, [(label("button.see"), f"k:{i}:see:")]]

    return words
