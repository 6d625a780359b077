"""Reports as other citizens see them: short, masked, without a word on who wrote them."""

from dataclasses import dataclass
from typing import Any

from bot.texts import Html, day, label, lines, own_words, paragraphs, say, shorten
from bot.texts.cards import Buttons, due_line, progress
from bot.texts.mask import masked

OPEN = {"triage", "assigned", "in_progress", "needs_info"}


@dataclass(frozen=True)
class Known:
    """An open report that resembles a draft. `metres` None: one of the two has no pin."""

    report_id: int
    number: str
    status: str
    text: str
    place: str
    supporters: int
    metres: float | None = None
    mine: bool = False
    followed: bool = False


def already_reported(draft_id: str, found: list[Known], *, first: bool) -> tuple[Html, Buttons]:
    """The question before the card: is it one of these?

    `first`: the citizen has not yet agreed to the notice on personal data, so it stands here, and supporting agrees.
    """
    rows: Buttons = []
    for known in found:
        if known.mine:
            rows.append([(label("button.see_number", number=known.number), f"r:{known.report_id}:see")])
        elif known.followed:
            rows.append([(label("button.see_number", number=known.number), f"s:{known.report_id}:see")])
        else:
            rows.append([(label("button.support", number=known.number), f"d:{draft_id}:support:{known.report_id}")])
    how = say("similar.how" if any(not (known.mine or known.followed) for known in found) else "similar.how_own")
    consent = say("card.consent") if first else ""
    rows += [
        [(label("button.different"), f"d:{draft_id}:different:")],
        [(label("button.cancel"), f"d:{draft_id}:cancel:")],
    ]
    return paragraphs(say("similar.title"), *(in_short(known) for known in found), how, consent), rows


def in_short(known: Known) -> Html:
    """Three lines on one report."""
    return lines(
        say("similar.line", number=known.number, status=label(f"status_other.{known.status}")),
        Html(f"<i>{say('card.text', text=shorten(masked(known.text), 160))}</i>"),
        say("similar.place", place=shorten(masked(known.place), 120)) if known.place else "",
        say("similar.away", metres=10 * max(1, round(known.metres / 10))) if known.metres is not None else "",
        say("similar.supporters", count=known.supporters) if known.supporters else "",
        say("similar.mine") if known.mine else say("similar.followed") if known.followed else "",
    )


def supported_report(facts: dict[str, Any], zone: str, *, overdue: bool) -> tuple[Html, Buttons]:
    """A report as somebody who supports it sees it."""
    text = paragraphs(
        lines(
            say("view.title", number=facts["number"]),
            say("view.status", status=label(own_words(facts["kind"], f"status_other.{facts['status']}"))),
            say("view.office", agency=facts["agency"]) if facts["agency"] else "",
            due_line(facts, zone, overdue) if facts["status"] in OPEN - {"needs_info"} and facts["due_at"] else "",
            say("view.supporters", count=facts["supporters"]),
        ),
        progress(facts),
        Html(f"<i>{say('card.text', text=shorten(masked(facts['text']), 600))}</i>"),
        say("view.sent_on", day=day(facts["created_at"], zone)),
    )
    return text, [[(label("button.leave"), f"s:{facts['report_id']}:leave")]]
