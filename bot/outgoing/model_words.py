"""The weekly report on the classifier, in words for administrators."""

from typing import TYPE_CHECKING, Any

from bot.texts import Html, day, label, lines, paragraphs, percent, say, shorten
from bot.texts.cards import Buttons

if TYPE_CHECKING:
    from bot.outgoing.render import Renderer

Facts = dict[str, Any]


def model_report(facts: Facts, by: "Renderer") -> tuple[Html, Buttons]:
    week = facts["learned"]
    taught, right, received, alone = (week[name] for name in ("taught", "right", "received", "alone"))
    scores = {name: percent(share, 1) for name, share in facts["scores"].items()}
    outcome = say(f"notice.model_report_{facts['outcome']}", total=facts["total"], enough=facts["enough"], **scores)
    text = paragraphs(
        say("notice.model_report_title", start=day(facts["start"], by.zone), end=day(facts["end"], by.zone)),
        lines(
            say("notice.model_report_taught", taught=taught, right=right, share=percent(right / taught))
            if taught
            else say("notice.model_report_untaught"),
            say("notice.model_report_alone", received=received, alone=alone, share=percent(alone / received))
            if received
            else say("notice.model_report_quiet"),
        ),
        outcome,
        in_the_picture(week),
    )
    return text, []


def in_the_picture(week: Facts) -> Html:
    """What the picture shows, for who cannot see it."""
    parts = []
    if week["confusions"]:
        guess, right, times = week["confusions"][0]
        guess, right = shorten(guess or label("chart.no_guess"), 60), shorten(right, 60)
        parts.append(say("notice.model_report_confused", guess=guess, right=right, times=times))
    if any(received for received, _ in week["coverage"]):
        parts.append(say("notice.model_report_coverage"))
    if week["topics"]:
        topic, now, before = week["topics"][0]
        usual = f"{before:.1f}".replace(".", ",")
        parts.append(say("notice.model_report_grew", topic=shorten(topic, 60), now=now, before=usual))
    return say("notice.model_report_picture", parts=Html("; ".join(parts))) if parts else Html()
