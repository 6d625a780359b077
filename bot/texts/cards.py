"""Reports as people see them: a citizen's own, and an officer's card. Plain values in, text and buttons out.

Buttons are rows of (label, data) pairs: the rooms of aiogram and python-telegram-bot each put them into their own type.
"""

from typing import Any

from bot.texts import Html, day, label, lines, moment, own_words, paragraphs, say, shorten
from bot.texts.mask import masked

Buttons = list[list[tuple[str, str]]]

LONGEST = 2500
"""Characters of a report's text on a card; a message holds 4096 in all."""

IN_A_GROUP = 700
"""Characters of a report's text in an office's group, where many read along."""

STEPS = {"triage": 0, "assigned": 1, "in_progress": 2, "needs_info": 2, "resolved": 3, "closed": 4}

WITH_OFFICE = {"assigned", "in_progress", "needs_info"}
TAKEN = {"in_progress", "needs_info", "resolved"}
"""Somebody has accepted it, and may read it unmasked."""
TAKES_ADDITIONS = WITH_OFFICE | {"triage"}


ENDINGS = {"fixed": "fixed", "not_fixed": "reopen"}
"""Button at the end of a report -> its verb."""

UNCONFIRMED = {"unverified", "unanswered"}
"""Closed because the citizen said nothing."""


def progress(facts: dict[str, Any]) -> Html:
    """`● ● ◉ ○` with the names of the steps under it; empty for a report that left the path."""
    if facts["status"] not in STEPS:
        return Html("")
    at = STEPS[facts["status"]] - (facts["standing"] in UNCONFIRMED)
    signs = [say("progress.done" if i < at else "progress.now" if i == at else "progress.ahead") for i in range(4)]
    return lines(" ".join(signs), say(own_words(facts["kind"], "progress.steps")))


def own_report(
    facts: dict[str, Any], zone: str, *, overdue: bool, last: str, may: frozenset[str] = frozenset()
) -> tuple[Html, Buttons]:
    """A citizen's view of their report. `may` names what only the day decides: nudge, object; late closes the door."""
    ended = facts["status"] not in TAKES_ADDITIONS
    due = "" if ended or not facts["due_at"] else due_line(facts, zone, overdue)
    text = paragraphs(
        lines(
            say("view.title", number=facts["number"]),
            say("view.status", status=label(own_words(facts["kind"], f"status.{facts['standing']}"))),
            say("view.office", agency=facts["agency"]) if facts["agency"] else "",
            due,
            say("view.rating", rating=facts["rating"]) if facts["rating"] else "",
            say(f"view.appeal_{facts['appeal']}") if facts["appeal"] else "",
            say("view.supporters", count=facts["supporters"]) if facts["supporters"] else "",
        ),
        progress(facts),
        Html(f"<i>{say('card.text', text=shorten(facts['text'], 600))}</i>"),
        lines(
            say("view.sent_on", day=day(facts["created_at"], zone)),
            say("view.last", note=shorten(last, 500)) if last else "",
            say("view.anonymous" if facts["anonymous"] else "view.named"),
            say("view.confidential") if facts["confidential"] else "",
        ),
    )
    return text, [*own_buttons(facts, may), [(label("button.privacy"), f"r:{facts['report_id']}:privacy")]]


def due_line(facts: dict[str, Any], zone: str, overdue: bool) -> Html:
    """Until when the office must answer, or why nobody is late now."""
    if facts["status"] == "needs_info":
        return say("view.paused")
    return say("view.overdue" if overdue else "view.due", due=moment(facts["due_at"], zone))


def own_buttons(facts: dict[str, Any], may: frozenset[str] = frozenset()) -> Buttons:
    """What a citizen may do with their report as it stands."""
    i, status, standing = facts["report_id"], facts["status"], facts["standing"]
    rows: Buttons = []
    if status == "needs_info":
        rows.append([(label("button.answer"), f"r:{i}:answer")])
    elif status in TAKES_ADDITIONS:
        rows.append([(label("button.add"), f"r:{i}:add")])
    if "nudge" in may:
        rows.append([(label("button.nudge"), f"r:{i}:nudge")])
    fixed, not_fixed = (
        (label(own_words(facts["kind"], f"button.{name}")), f"r:{i}:{verb}") for name, verb in ENDINGS.items()
    )
    if status == "resolved" or standing == "unverified":
        rows.append([fixed] if "late" in may else [fixed, not_fixed])
    if standing == "unanswered" and "late" not in may:
        rows.append([(label("button.answer_late"), f"r:{i}:reopen")])
    if standing == "verified" and not facts["rating"]:
        rows += ratings(i)
    if "object" in may:
        rows.append([(label("button.object_again" if facts["appeal"] else "button.object"), f"r:{i}:object")])
    if status == "referred":
        rows.append([(label("button.city_after_all"), f"r:{i}:dispute")])
    if status in TAKES_ADDITIONS:
        rows.append([(label("button.withdraw"), f"r:{i}:withdraw")])
    return rows


def ratings(report_id: int) -> Buttons:
    """The five ratings in two rows, wide enough on a small phone for the word beside each number."""
    words = ("one", "two", "three", "four", "five")
    row = [(label(f"rating.{word}"), f"r:{report_id}:rate_{n}") for n, word in enumerate(words, 1)]
    return [row[:3], row[3:]]


def office_card(facts: dict[str, Any], zone: str, title: str = "") -> tuple[Html, Buttons]:
    """A report as an officer works on it, without what could point at a person. An anonymous one has no `author`."""
    place = masked(facts["place"]) or label("case.place_pin" if facts["has_pin"] else "card.place_none")
    text = paragraphs(
        lines(
            title or Html(f"<b>{say('card.text', text=facts['number'])}</b>"),
            say("case.urgent") if facts["urgent"] else "",
            say("case.priority") if facts.get("priority") else "",
            say("case.sealed") if facts.get("misconduct") else "",
        ),
        Html(f"<blockquote>{say('case.text', text=shorten(masked(facts['text']), LONGEST))}</blockquote>"),
        lines(
            say("case.place", place=place),
            say("case.author", author=facts.get("author") or label("case.nobody")),
            say("case.topic", topic=facts["topic"]) if facts["topic"] else "",
            say("case.kind", kind=label(f"kind.{facts['kind']}")),
            say("case.owner", owner=facts["owner"]) if facts["owner"] else "",
            say("case.agency", agency=facts["agency"]) if facts["agency"] else "",
            say("case.status", status=label(f"status_staff.{facts['standing']}")),
            say("case.supporters", count=facts["supporters"]) if facts["supporters"] else "",
            say("case.taker", name=facts["taker"]) if facts.get("taker") else "",
            say("case.due_paused" if facts["status"] == "needs_info" else "case.due", due=moment(facts["due_at"], zone))
            if facts["due_at"]
            else "",
            say("case.first_word", due=day(facts["first_word_at"], zone)) if facts.get("first_word_at") else "",
            say("case.reasons", words=masked(", ".join(facts["reasons"]))) if facts.get("reasons") else "",
            say("case.abusive") if facts.get("abusive") else "",
            say("case.note", note=shorten(facts["note"], 500)) if facts.get("note") else "",
        ),
    )
    return text, office_buttons(facts)


def office_buttons(facts: dict[str, Any]) -> Buttons:
    """What the office, or the triage desk, may do with a report as it stands."""
    i, status = facts["report_id"], facts["status"]
    rows: Buttons = []
    transfer, reject = (label("button.transfer"), f"k:{i}:transfer:"), (label("button.reject"), f"k:{i}:reject:")
    if facts.get("misconduct"):
        transfer = (label("button.unseal"), f"k:{i}:unseal:")
    ask, resolve = (
        (label("button.ask"), f"k:{i}:ask:"),
        (label(own_words(facts["kind"], "button.resolve")), f"k:{i}:resolve:"),
    )
    if status == "triage":
        rows.append([transfer, reject])
    if status == "assigned":
        rows.append([(label("button.accept"), f"k:{i}:accept:"), transfer])
    if status in {"in_progress", "needs_info"}:
        rows.append([(label("button.progress"), f"k:{i}:progress:"), transfer])
    if status in {"assigned", "in_progress"}:
        rows.append([ask, resolve])
    if status == "needs_info":
        rows.append([resolve])
    if status in WITH_OFFICE:
        rows.append([reject])
    if status in TAKES_ADDITIONS:
        rows[-1].append((label("button.more"), f"k:{i}:more:"))
    look = [(label("button.history"), f"k:{i}:history:")]
    if facts["attachments"]:
        look.append((label("button.files", count=facts["attachments"]), f"k:{i}:files:"))
    if facts["has_pin"]:
        look.append((label("button.pin"), f"k:{i}:pin:"))
    if status in TAKEN and any(masked(facts[said]) != facts[said] for said in ("text", "place")):
        look.append((label("button.unmask"), f"k:{i}:unmask:"))
    return [*rows, look]


def group_card(facts: dict[str, Any], zone: str) -> tuple[Html, Buttons]:
    """A report in an office's group: its words masked, nobody named but who took it; the rest in the private chat."""
    place = masked(facts["place"]) or label("case.place_pin" if facts["has_pin"] else "card.place_none")
    told = Html(f"<blockquote>{say('case.text', text=shorten(masked(facts['text']), IN_A_GROUP))}</blockquote>")
    text = paragraphs(
        lines(say("group.new_report", number=facts["number"]), say("case.urgent") if facts["urgent"] else ""),
        say("group.confidential") if facts["confidential"] else told,
        lines(
            "" if facts["confidential"] else say("case.place", place=shorten(place, 200)),
            say("case.topic", topic=facts["topic"]) if facts["topic"] else "",
            say("case.due", due=moment(facts["due_at"], zone)) if facts["due_at"] else "",
            say("group.taken", name=facts["taker"]) if facts.get("taker") else "",
        ),
    )
    i, row = facts["report_id"], []
    if facts["status"] == "assigned":
        row.append((label("button.accept"), f"g:{i}:take"))
    return text, [[*row, (label("button.open_privately"), f"g:{i}:open")]]


def more_buttons(facts: dict[str, Any]) -> Buttons:
    """What an office does with a report less often."""
    i, status = facts["report_id"], facts["status"]
    with_office = status in WITH_OFFICE
    first = "lower" if facts.get("priority") else "raise"
    rows: Buttons = [[(label("button.note"), f"k:{i}:note:"), (label(f"button.{first}"), f"k:{i}:{first}:")]]
    if with_office:
        rows.append([(label("button.hand"), f"k:{i}:hand:"), (label("button.extend"), f"k:{i}:extend:")])
    rows.append([(label("button.similar"), f"k:{i}:similar:")])
    rows.append([(label("button.split_case"), f"k:{i}:split:"), (label("button.merge"), f"k:{i}:merge:")])
    if status == "assigned":
        rows.append([(label("button.progress"), f"k:{i}:progress:")])
    if with_office and facts.get("taker"):
        rows.append([(label("button.release"), f"k:{i}:release:")])
    rows.append([(label("button.back"), f"k:{i}:less:")])
    return rows
