"""The Monday digests: to each office, to leaders, to citizens who subscribed, to the public channel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.schedule.issue import SLICE, Issue, Slice, owe
from bot.texts import label
from storage import digests, weekly
from storage.lifecycle import Status
from storage.tables import Role, Subscription
from storage.topic_groups import DELICATE, GROUPS
from storage.weekly import BEFORE, SMALL, WEEK, Seen

Facts = dict[str, Any]

OFFICE = (Role.OFFICER, Role.HEAD)
LEADERS = (Role.LEADER, Role.AUDITOR, Role.ADMIN)
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

    def rising(self, reports: Sequence[Seen], least: int = 2) -> list[tuple[str, int, float]]:
        return weekly.named(weekly.rising(reports, self.end, least=least), self.topics)


async def office_digests(session: AsyncSession, issue: Issue) -> Slice:
    """To the officers and heads of each office, who were there by then."""
    readers = await digests.officers(session, OFFICE, issue.end, issue.cursor, SLICE)
    if not readers:
        return Slice()
    week = await Week.of(session, issue.end)
    names, guesses = await digests.agency_names(session), await digests.first_guess(session, issue.end)
    made: dict[str, Facts] = {}
    owed = 0
    for officer in readers:
        agency = officer.agency_id
        if agency is not None:
            if agency not in made:
                made[agency] = office_facts(week, agency, names[agency][0], guesses.get(agency, (0, 0)))
            owed += await owe(session, issue, f"officer:{officer.id}", officer.chat_id, "digest", made[agency])
    return Slice(len(readers), owed, readers[-1].id if len(readers) == SLICE else None)


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


async def leader_digest(session: AsyncSession, issue: Issue) -> Slice:
    """To the mayor, the secretary and who watches over the service."""
    readers = await digests.officers(session, LEADERS, issue.end, issue.cursor, SLICE)
    if not readers:
        return Slice()
    week = await Week.of(session, issue.end)
    staffed = await digests.offices_with_officers(session)
    staff_only = Week(week.end, [seen for seen in week.reports if seen.open_to_staff], week.topics)
    facts = leader_facts(staff_only, await digests.agency_names(session), staffed, issue)
    owed = 0
    for officer in readers:
        owed += await owe(session, issue, f"officer:{officer.id}", officer.chat_id, "leader_digest", facts)
    return Slice(len(readers), owed, readers[-1].id if len(readers) == SLICE else None)


def leader_facts(week: Week, names: Mapping[str, tuple[str, str]], staffed: set[str], issue: Issue) -> Facts:
    """The league of offices, where the city hurts, and what only a leader can decide."""
    calendar, end = issue.calendar, week.end
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


async def citizen_digests(session: AsyncSession, issue: Issue) -> Slice:
    """To citizens who subscribed: what was fixed where they asked to look, and what the city learned."""
    readers = await digests.subscribers(session, issue.end, issue.cursor, SLICE)
    if not readers:
        return Slice()
    week = await Week.of(session, issue.end)
    public = Week(week.end, [seen for seen in week.reports if seen.public], week.topics)
    city = city_facts(public)
    near: dict[tuple[str, str], Facts] = {}
    owed = 0
    for citizen, wanted in readers:
        for row in wanted:
            if (row.scope, row.value) not in near:
                near[row.scope, row.value] = near_facts(public, row)
        facts = city | {"near": [near[row.scope, row.value] for row in wanted if row.scope != "city"][:4]}
        owed += await owe(session, issue, f"citizen:{citizen.id}", citizen.chat_id, "city_digest", facts)
    total = None if issue.cursor else await digests.count_subscribers(session, issue.end)
    return Slice(len(readers), owed, readers[-1][0].id if len(readers) == SLICE else None, total)


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


async def channel_digest(session: AsyncSession, issue: Issue) -> Slice:
    """To the public channel, where the city has one."""
    channel = issue.settings.city.channel
    if not channel:
        return Slice()
    week = await Week.of(session, issue.end)
    public = Week(week.end, [seen for seen in week.reports if seen.public], week.topics)
    facts = city_facts(public) | {"channel": channel}
    return Slice(1, await owe(session, issue, "channel", None, "channel_digest", facts), None, 1)
