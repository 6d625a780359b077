"""What administrators read when the service is not well, and when it is again."""

from typing import TYPE_CHECKING, Any

from bot.texts import Html, label, paragraphs, say
from bot.texts.cards import Buttons

if TYPE_CHECKING:
    from bot.outgoing.render import Renderer


def trouble(facts: dict[str, Any], _by: "Renderer") -> tuple[Html, Buttons]:
    root = facts["kind"].partition(":")[0]
    return paragraphs(say("trouble.title"), say(f"trouble.{root}", detail=detail(facts))), []


def trouble_over(facts: dict[str, Any], _by: "Renderer") -> tuple[Html, Buttons]:
    root = facts["kind"].partition(":")[0]
    what = say(f"trouble.name_{root}", detail=detail(facts))
    return say("trouble.over", what=what, minutes=facts["minutes"]), []


def detail(facts: dict[str, Any]) -> str:
    """A part of the service has a name that a person reads; figures and the names of jobs stay as they are."""
    root, _, part = facts["kind"].partition(":")
    return label(f"trouble_part.{part}") if root == "part" else str(facts["detail"] or part)
