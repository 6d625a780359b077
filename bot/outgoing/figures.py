"""What /statistik says: the figures in words, which are also the caption that stands for the picture."""

from datetime import date
from typing import TYPE_CHECKING, Any

from bot.texts import Html, dates, decimal, duration, label, lines, moment, paragraphs, percent, say, shorten, thousands
from bot.texts.cards import Buttons

if TYPE_CHECKING:
    from bot.outgoing.render import Renderer

NAMED = 3
"""Topics and kelurahan named in the words."""

PERIODS = (("week", "month"), ("quarter", "year"), ("own",))
"""The period buttons, row by row."""


def statistics(facts: dict[str, Any], by: "Renderer") -> tuple[Html, Buttons]:
    """The words and the buttons under them."""
    figures, total = facts["figures"], facts["figures"]["total"]
    first, last = date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"])
    text = paragraphs(
        lines(
            say("stat.title", name=shorten(facts["agency"] or label("stat.city"), 80)),
            say("stat.period", dates=dates(first, last)),
        ),
        lines(*counted(figures)) if total["received"] else say("stat.nothing_came"),
        lines(*standing(figures), *named(figures)),
        lines(
            say("stat.as_of", at=moment(facts["as_of"], by.zone)),
            say("stat.in_picture") if total["received"] or sum(figures["open"]) else "",
        ),
    )
    return text, buttons(facts)


def counted(figures: dict[str, Any]) -> list[Html]:
    """One line for each figure of what came in."""
    total = figures["total"]
    due = total["in_time"] + total["late"]
    found = [say("stat.say_received", count=thousands(total["received"]))]
    if due:
        found.append(say("stat.say_in_time", count=total["in_time"], due=due, share=percent(total["in_time"] / due)))
    found.append(say("stat.say_done", count=total["done"], verified=total["verified"]))
    if figures["median_hours"] is not None:
        found.append(say("stat.say_median", time=duration(figures["median_hours"])))
    if total["rated"]:
        mean = decimal(total["stars"] / total["rated"])
        found.append(say("stat.say_rating", mean=mean, count=total["rated"]))
    if total["guessed"]:
        share = percent(total["right"] / total["guessed"])
        found.append(say("stat.say_right", right=total["right"], count=total["guessed"], share=share))
    return found


def standing(figures: dict[str, Any]) -> list[Html]:
    """What is open now."""
    ages = figures["open"]
    if not sum(ages):
        return [say("stat.none_open")]
    return [say("stat.say_open", count=sum(ages), old=ages[-1])]


def named(figures: dict[str, Any]) -> list[Html]:
    """The topics and places with most reports."""
    topics = ", ".join(f"{shorten(name, 40)} ({many})" for name, many in figures["topics"][:NAMED])
    places = ", ".join(f"{kelurahan} ({many})" for kelurahan, _, many in figures["kelurahan"][:NAMED])
    return [
        say("stat.say_topics", topics=topics) if topics else Html(),
        say("stat.say_places", places=places) if places else Html(),
    ]


def buttons(facts: dict[str, Any]) -> Buttons:
    """Other periods, files of this one, and for the city its offices."""
    agency = facts["agency_id"]
    rows: Buttons = [
        [
            (label(f"stat.button_{name}"), f"stat:{name}:{agency}")
            for name in row
            if name == "own" or name != facts["period"]
        ]
        for row in PERIODS
    ]
    if facts["may_export"]:
        days = f"{facts['first']}:{facts['last']}".replace("-", "")
        rows.append([(label(f"stat.button_{kind}"), f"export:{kind}:{days}:{agency}") for kind in ("xlsx", "csv")])
    if facts["may_choose"]:
        rows.append([(label("stat.button_offices"), f"stat:offices:{agency}")])
    return [row for row in rows if row]
