"""Who answers when the topic alone does not decide: rules over topic, text and place (`data/boundaries.toml`).

A rule that names a `topic` moves the shares of its topics there; every other effect counts only when one of its topics
leads after all moves.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import repeat

from classifier.normalise import fold
from classifier.places import roads
from classifier.prediction import Place
from classifier.tables import NOT_A_REPORT, read_table, topics

_NEGLIGIBLE = 0.02
"""Rules do not look at topics that together have less than this share."""

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table; the file's head explains each field."""

    id: str
    topics: frozenset[str]
    said: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    road: bool
    topic: str | None
    agency: str | None
    owner: str | None
    coordinate: tuple[str, ...]
    hotlines: tuple[str, ...]
    example: str
    answers: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """Topic shares after the rules, and what they add.

    `leader`: the likeliest topic that is a report. `agencies`: topics answered by another office this time. `id`: the
    rule that changed topic or office, or told others.
    """

    shares: Mapping[str, float]
    leader: str
    agencies: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None
    owner: str | None = None
    coordinate: tuple[str, ...] = ()
    hotlines: tuple[str, ...] = ()

    def agency_of(self, topic: str) -> str:
        """The office that answers `topic` for this message; empty when it is not a report."""
        return self.agencies.get(topic) or topics()[topic].agency


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order in which they apply."""
    return tuple(
        Rule(
            id=key,
            topics=frozenset(row["topics"]),
            said=_any(row.get("said")),
            unless=_any(row.get("unless")),
            road=row.get("road") == "listed",
            topic=row.get("topic"),
            agency=row.get("agency"),
            owner=row.get("owner"),
            coordinate=tuple(row.get("coordinate", ())),
            hotlines=tuple(row.get("hotlines", ())),
            example=row["example"],
            answers=row["answers"],
        )
        for key, row in read_table("boundaries.toml").items()
    )


def changed(changes: Mapping[str, str | None]) -> tuple[Rule, ...]:
    """The rules as a city changed them: rule id -> the office it sends to instead, or None where it is switched off."""
    return tuple(
        replace(r, agency=changes[r.id]) if r.agency and r.id in changes else r
        for r in rules()
        if changes.get(r.id, "") is not None
    )


def _any(patterns: list[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


def rule(text: str, shares: Mapping[str, float], place: Place | None, table: Sequence[Rule] | None = None) -> Ruling:
    """Apply the table, or another, to one message with the topic `shares` (summing to 1) of the model."""
    table = rules() if table is None else table
    said = _SPACES.sub(" ", fold(text))
    owner = roads()[place.road].owner if place and place.road else ""
    moved = dict(shares)
    for r in table:
        taken = sum(map(moved.get, r.topics, repeat(0.0))) if r.topic else 0.0
        if r.topic and taken > _NEGLIGIBLE and _applies(r, said, owner):
            moved |= dict.fromkeys(r.topics, 0.0)
            moved[r.topic] = moved.get(r.topic, 0.0) + taken
    leader = max([topic for topic in moved if topic != NOT_A_REPORT], key=moved.__getitem__)
    telling = [r for r in table if leader in (r.topics if r.topic is None else (r.topic,)) and _applies(r, said, owner)]
    agencies: dict[str, str] = {}
    for r in telling:
        if r.agency:
            agencies |= dict.fromkeys(r.topics, r.agency)
    coordinate = [owner if name == "road" else name for r in telling for name in r.coordinate]
    chief = agencies.get(leader) or topics()[leader].agency
    effective = [
        r
        for r in telling
        if r.agency or r.owner or r.coordinate or r.hotlines or (r.topic and shares.get(leader, 0.0) < moved[leader])
    ]
    return Ruling(
        moved,
        leader,
        agencies,
        effective[0].id if effective else None,
        next((owner if r.owner == "road" else r.owner for r in telling if r.owner), None),
        tuple(dict.fromkeys(name for name in coordinate if name and name != chief)),
        tuple(dict.fromkeys(number for r in telling for number in r.hotlines)),
    )


def _applies(r: Rule, said: str, owner: str) -> bool:
    if r.road and not owner:
        return False
    if r.said is not None and not r.said.search(said):
        return False
    return r.unless is None or not r.unless.search(said)
