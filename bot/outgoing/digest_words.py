"""Digests and reminders in words. With a picture they become its caption: at most 1,024 characters, whatever the names.

Not one word of a citizen stands in a digest; a test feeds names, numbers and texts in and looks for them.
"""

from typing import TYPE_CHECKING, Any

from bot.texts import Html, decimal, duration, label, lines, paragraphs, say, short_day, shorten
from bot.texts.cards import Buttons

if TYPE_CHECKING:
    from bot.outgoing.render import Renderer

Facts = dict[str, Any]

NAME, TOPIC, SHORT, OFFICE = 60, 34, 26, 18
"""Longest names of an office, a topic, a topic or place in passing, an office's short name; what is longer is cut."""

PLACES = 3
"""Places of which one reader hears at most."""


def reminders(facts: Facts, by: "Renderer") -> tuple[Html, Buttons]:
    """Everything that became due for one officer this morning."""
    parts, buttons = [say("remind.title", day=short_day(facts["day"], by.zone))], []
    for section in facts["sections"]:
        left = section["total"] - len(section["reports"])
        parts.append(
            lines(
                say(f"remind.{section['step']}", total=section["total"]),
                *(reminded(report, by) for report in section["reports"]),
                say("remind.more", count=left) if left > 0 else "",
            )
        )
        buttons += [(report["number"], f"k:{report['report_id']}:see:") for report in section["reports"]]
    return paragraphs(*parts), [buttons[at : at + 2] for at in range(0, min(len(buttons), 12), 2)]


def reminded(report: Facts, by: "Renderer") -> Html:
    due = short_day(report["due_at"], by.zone)
    if report["text"]:
        return say("remind.line", number=report["number"], due=due, text=shorten(report["text"], 60))
    return say("remind.line_office", number=report["number"], due=due, agency=shorten(report["agency"], NAME))


def office_digest(facts: Facts, by: "Renderer") -> tuple[Html, Buttons]:
    week = facts["week"]
    near = facts["nearest"]
    text = paragraphs(
        lines(say("digest.office", **dates(facts, by)), shorten_html(facts["agency"], NAME)),
        lines(
            say("digest.done", **week),
            say("digest.open", **week),
            say("digest.right", right=week["right"], judged=week["judged"]) if week["judged"] else "",
            answered(week["answer_days"], facts["city_answer_days"]),
            rated(week),
        ),
        lines(say("digest.nearest"), *(nearest(report, by) for report in near)) if near else say("digest.quiet"),
        risen(facts["rising"]),
        say("digest.office_picture") if any(any(week) for week in facts["course"]) else "",
    )
    return text, [[(report["number"], f"k:{report['report_id']}:see:")] for report in near]


def nearest(report: Facts, by: "Renderer") -> Html:
    return say(
        "digest.nearest_late" if report["late"] else "digest.nearest_line",
        number=report["number"],
        due=short_day(report["due_at"], by.zone),
        topic=shorten(report["topic"], TOPIC) or label("digest.no_topic"),
    )


def leader_digest(facts: Facts, by: "Renderer") -> tuple[Html, Buttons]:
    week, league = facts["week"], facts["league"]
    decide = [
        say("digest.decide_line", number=row["number"], agency=shorten(row["agency"], OFFICE))
        for row in facts["decide"]
    ]
    text = paragraphs(
        say("digest.leader", **dates(facts, by)),
        lines(
            say("digest.done", **week),
            say("digest.open", **week),
            answered(week["answer_days"], None),
            rated(week),
        ),
        lines(
            say("digest.decide", count=facts["stuck"]) if decide else "",
            *decide,
            say("digest.at_desk", count=facts["at_desk"]) if facts["at_desk"] else "",
            say("digest.unstaffed", names=cut(facts["unstaffed"])) if facts["unstaffed"] else "",
        ),
        risen(facts["rising"]),
        say(
            "digest.leader_picture",
            agency=shorten(league[0]["agency"], OFFICE),
            overdue=league[0]["overdue"],
            open=league[0]["open"],
        )
        if league
        else say("digest.nothing"),
    )
    return text, [[(row["number"], f"k:{row['report_id']}:see:")] for row in facts["decide"]]


def city_digest(facts: Facts, by: "Renderer") -> tuple[Html, Buttons]:
    text = paragraphs(
        say("digest.city", **dates(facts, by)),
        lines(*(near(place) for place in facts["near"][:PLACES])),
        city_week(facts),
        say("digest.city_picture"),
    )
    return text, [[(label("button.news_stop"), "u:stop")]]


def channel_digest(facts: Facts, by: "Renderer") -> tuple[Html, Buttons]:
    text = paragraphs(say("digest.city", **dates(facts, by)), city_week(facts), say("digest.city_picture"))
    return text, []


def near(place: Facts) -> Html:
    """What was fixed in one place, or of one topic."""
    topics = ", ".join(f"{shorten(topic, SHORT)} ({count})" for topic, count in place["topics"][:2])
    return lines(
        say(
            f"digest.near_{place['scope']}",
            name=shorten(place["name"], SHORT),
            fixed=place["fixed"],
            verified=place["verified"],
            open=place["open"],
        ),
        say("digest.near_topics", topics=topics) if topics and place["scope"] != "topic" else "",
    )


def city_week(facts: Facts) -> Html:
    """The whole city's week, for anybody to read."""
    week = facts["week"]
    counts = {name: few(week[name]) for name in ("received", "resolved", "verified")}
    fixed = ", ".join(f"{shorten(topic, TOPIC)} ({count})" for topic, count in facts["fixed_topics"])
    return lines(
        say("digest.city_week", **counts),
        answered(week["answer_days"], None),
        say("digest.city_fixed", topics=fixed) if fixed else "",
        risen(facts["rising"]),
    )


def dates(facts: Facts, by: "Renderer") -> dict[str, str]:
    return {"start": short_day(facts["start"], by.zone), "end": short_day(facts["end"], by.zone)}


def answered(days: float | None, city: float | None) -> Html | str:
    if days is None:
        return ""
    if city is None:
        return say("digest.answered", time=duration(24 * days))
    return say("digest.answered_beside", time=duration(24 * days), city=duration(24 * city))


def rated(week: Facts) -> Html | str:
    return say("digest.rated", rating=decimal(week["rating"]), count=week["rated"]) if week["rated"] else ""


def risen(rows: list[tuple[str, int, float]]) -> Html | str:
    if not rows:
        return ""
    told = [
        f"{shorten(topic, TOPIC)} ({now}, {label('digest.usual', count=decimal(before))})"
        for topic, now, before in rows
    ]
    return say("digest.rising", topics=", ".join(told))


def few(count: int | None) -> str:
    """A count, or words where it is too small to be told in public."""
    return label("digest.few") if count is None else str(count)


def cut(names: list[str]) -> str:
    """At most three names and how many more there are."""
    more = [label("digest.and_more", count=len(names) - 3)] if len(names) > 3 else []
    return ", ".join([shorten(name, OFFICE) for name in names[:3]] + more)


def shorten_html(text: str, length: int) -> Html:
    return say("card.text", text=shorten(text, length))
