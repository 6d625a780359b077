"""What the digests of a week say: facts for office, leaders, citizens and the public, counted from its reports."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.texts import label
from storage import digests, weekly
from storage.calendar import Calendar
from storage.lifecycle import Status
from storage.tables import Subscription
from storage.topic_groups import DELICATE, GROUPS
from storage.weekly import BEFORE, SMALL, WEEK, Seen

Facts = dict[str, Any]

DECISION_AFTER = 7
"""Working days after which a late report needs a decision of the leader (as in storage/escalation.py)."""

DECISIONS, LEAGUE = 5, 8
"""How many reports and offices the leaders' digest shows at most."""


class Week:
    """The reports of one week with the names that figures need, looked up once for a slice."""

    def __init__(self, end: datetime, reports: Sequence[Seen], topics: Mapping[str, str]) -> None:
        self.end = end
        self.reports = reports
        self.topics = topics

    @classmethod
    async def of(cls, session: AsyncSession, end: datetime) -> "Week":
        return cls(end, await digests.seen(session, end), await digests.topic_names(session))

    @property
    def dates(self) -> Facts:
        return {"start": (self.end - WEEK).isoformat(), "end": self.end.isoformat()}

    @cached_property
    def public(self) -> "Week":
        """Without what no public figure counts."""
        return Week(self.end, [seen for seen in self.reports if seen.public], self.topics)

    @cached_property
    def for_staff(self) -> "Week":
        """Without what only the Inspektorat counts."""
        return Week(self.end, [seen for seen in self.reports if seen.open_to_staff], self.topics)

    def rising(self, reports: Sequence[Seen], least: int = 2) -> list[tuple[str, int, float]]:
        return weekly.named(weekly.rising(reports, self.end, least=least), self.topics)


def office_facts(week: Week, agency: str, name: str, guess: tuple[int, int]) -> Facts:
    """What the digest of one office says."""
    mine = [seen for seen in week.reports if seen.agency_id == agency]
    judged, right = guess
    return week.dates | {
        "agency": name,
        "week": weekly.figures(mine, week.end) | {"judged": judged, "right": right},
        "city_answer_days": weekly.answer_days(week.reports, week.end - WEEK, week.end),
        "course": weekly.course(mine, week.end),
        "rising": week.rising(mine),
        "nearest": [
            {
                "report_id": seen.id,
                "number": seen.number,
                "due_at": seen.due_at.isoformat() if seen.due_at else None,
                "late": seen.late_at(week.end),
                "topic": week.topics.get(seen.topic or "", "") if seen.public else "",
            }
            for seen in weekly.nearest(mine, week.end)
        ],
    }


def leader_facts(week: Week, names: Mapping[str, tuple[str, str]], staffed: set[str], calendar: Calendar) -> Facts:
    """The league of offices, where the city hurts, and what only a leader can decide."""
    end = week.end
    today = end.astimezone(calendar.zone).date()
    stuck = [
        seen
        for seen in week.reports
        if seen.late_at(end)
        and seen.due_at is not None
        and today > calendar.add(seen.due_at.astimezone(calendar.zone).date(), DECISION_AFTER)
    ]
    table = weekly.league(week.reports, end)
    return week.dates | {
        "week": weekly.figures(week.reports, end),
        "course": weekly.course(week.reports, end),
        "league": [row | {"agency": names[row["agency"]][1]} for row in table[:LEAGUE]],
        "offices": len(table),
        "places": weekly.counted((seen for seen in week.reports if seen.open_at(end)), lambda seen: seen.kecamatan)[
            : weekly.PLACES
        ],
        "rising": week.rising(week.reports),
        "stuck": len(stuck),
        "decide": [
            {"report_id": seen.id, "number": seen.number, "agency": names[seen.agency_id][1] if seen.agency_id else ""}
            for seen in sorted(stuck, key=lambda seen: (seen.due_at, seen.id))[:DECISIONS]
        ],
        "at_desk": sum(seen.status is Status.TRIAGE for seen in week.reports),
        "unstaffed": sorted(names[row["agency"]][1] for row in table if row["open"] and row["agency"] not in staffed),
    }


def near_facts(week: Week, wanted: Subscription) -> Facts:
    """What was fixed in one place, or of one topic, that week; of what neighbours should not guess at, nothing."""
    start, end = week.end - WEEK, week.end
    mine = [seen for seen in week.reports if matches(seen, wanted) and seen.topic not in DELICATE]
    fixed = [seen for seen in mine if seen.done_in(start, end)]
    topics = weekly.counted(fixed, lambda seen: seen.topic)[:3]
    return {
        "scope": wanted.scope,
        "name": label(f"topic_group.{wanted.value}") if wanted.value in GROUPS else wanted.value,
        "fixed": len(fixed),
        "verified": sum(seen.verified_at is not None for seen in fixed),
        "open": sum(seen.open_at(end) for seen in mine),
        "topics": [(week.topics.get(topic, topic), count) for topic, count in topics],
    }


def matches(seen: Seen, wanted: Subscription) -> bool:
    match wanted.scope:
        case "kelurahan":
            return f"{seen.kelurahan}, {seen.kecamatan}" == wanted.value  # two kelurahan are called Curug
        case "kecamatan":
            return seen.kecamatan == wanted.value
        case "topic":
            return seen.topic in GROUPS.get(wanted.value, (wanted.value,))
        case _:
            return True


def city_facts(week: Week) -> Facts:
    """The whole city in figures that anybody may read; `week` holds public reports only."""
    figures = weekly.figures(week.reports, week.end)
    start = week.end - WEEK
    fixed = [seen for seen in week.reports if seen.done_in(start, week.end)]
    new = [seen for seen in week.reports if weekly.within(seen.created_at, start, week.end)]
    return week.dates | {
        "week": {name: weekly.hidden(figures[name]) for name in ("received", "resolved", "verified")}
        | {"answer_days": figures["answer_days"] if figures["received"] >= SMALL else None},
        "course": [(got if got >= SMALL else 0, done if done >= SMALL else 0) for got, done in
                   weekly.course(week.reports, week.end)],
        "rising": week.rising(week.reports, least=SMALL),
        "fixed_topics": [
            (week.topics.get(topic, topic), count)
            for topic, count in weekly.counted(fixed, lambda seen: seen.topic, least=SMALL)[:3]
        ],
        "places": weekly.counted(new, lambda seen: seen.kecamatan, least=SMALL)[: weekly.PLACES],
        "weeks": BEFORE,
    }  # fmt: skip
