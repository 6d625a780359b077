"""Files of a notice: a citizen's own data, to read or to take elsewhere."""

import json
from typing import Any

from bot.texts import Html, label, moment, say
from bot.texts.cards import Buttons


def words(facts: dict[str, Any], _by: Any) -> tuple[Html, Buttons]:
    """What goes with the file."""
    return say(f"rights.data_{facts['form']}"), []


def erased_soon(facts: dict[str, Any], by: Any) -> tuple[Html, Buttons]:
    """The day before a person is forgotten, with the way back."""
    return say("rights.erased_soon", at=moment(facts["at"], by.zone)), [[(label("button.erase_stop"), "hd:no")]]


def my_data(facts: dict[str, Any], zone: str) -> tuple[bytes, str]:
    """(content, file name)."""
    data = facts["data"]
    if facts["form"] == "json":
        return json.dumps(data, ensure_ascii=False, indent=2).encode(), "data-saya.json"
    return readable(data, zone).encode(), "data-saya.txt"


def readable(data: dict[str, Any], zone: str) -> str:
    """The same, as somebody would tell it."""
    parts = [
        label(
            "own_data.person",
            name=data["name"],
            chat=data["chat_id"],
            since=moment(data["since"], zone),
            consent=moment(data["consented_at"], zone) or "-",
            supports=", ".join(data["supports"]) or "-",
            subscriptions=", ".join(row["value"] or row["scope"] for row in data["subscriptions"]) or "-",
        )
    ]
    for report in data["reports"]:
        pin = "{}, {}".format(*report["pin"]) if report["pin"] else "-"
        parts.append(
            label(
                "own_data.report",
                number=report["number"],
                kind=label(f"kind.{report['kind']}"),
                status=label(f"status.{report['status']}"),
                agency=report["agency"] or "-",
                sent=moment(report["created_at"], zone),
                place=report["place"] or "-",
                pin=pin,
                files=report["attachments"],
                name=label("own_data.hidden" if report["anonymous"] else "own_data.shown"),
                rating=report["rating"] or "-",
                text=report["text"],
            )
        )
        parts += [
            label(
                "own_data.event",
                at=moment(event["at"], zone),
                what=label(f"event.{event['what']}"),
                by=label(f"actor.{event['by']}"),
                note=f": {event['note']}" if event["note"].strip("-") else "",
            )
            for event in report["timeline"]
        ]
    return "\n".join(parts) + "\n"
