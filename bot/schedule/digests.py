"""The Monday digests: to each office, to leaders, to citizens who subscribed, to the public channel."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.schedule.issue import SLICE, Issue, Slice, owe
from bot.week import Week, city_facts, leader_facts, near_facts, office_facts
from storage import digests
from storage.tables import Role

Facts = dict[str, Any]

OFFICE = (Role.OFFICER, Role.HEAD)
LEADERS = (Role.LEADER, Role.AUDITOR, Role.ADMIN)


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


async def leader_digest(session: AsyncSession, issue: Issue) -> Slice:
    """To the mayor, the secretary and who watches over the service."""
    readers = await digests.officers(session, LEADERS, issue.end, issue.cursor, SLICE)
    if not readers:
        return Slice()
    week = await Week.of(session, issue.end)
    staffed = await digests.offices_with_officers(session)
    facts = leader_facts(week.for_staff, await digests.agency_names(session), staffed, issue.calendar)
    owed = 0
    for officer in readers:
        owed += await owe(session, issue, f"officer:{officer.id}", officer.chat_id, "leader_digest", facts)
    return Slice(len(readers), owed, readers[-1].id if len(readers) == SLICE else None)


async def citizen_digests(session: AsyncSession, issue: Issue) -> Slice:
    """To citizens who subscribed: what was fixed where they asked to look, and what the city learned."""
    readers = await digests.subscribers(session, issue.end, issue.cursor, SLICE)
    if not readers:
        return Slice()
    week = await Week.of(session, issue.end)
    city = city_facts(week.public)
    near: dict[tuple[str, str], Facts] = {}
    owed = 0
    for citizen, wanted in readers:
        for row in wanted:
            if (row.scope, row.value) not in near:
                near[row.scope, row.value] = near_facts(week.public, row)
        facts = city | {"near": [near[row.scope, row.value] for row in wanted if row.scope != "city"][:4]}
        owed += await owe(session, issue, f"citizen:{citizen.id}", citizen.chat_id, "city_digest", facts)
    total = None if issue.cursor else await digests.count_subscribers(session, issue.end)
    return Slice(len(readers), owed, readers[-1][0].id if len(readers) == SLICE else None, total)


async def channel_digest(session: AsyncSession, issue: Issue) -> Slice:
    """To the public channel, where the city has one."""
    channel = issue.settings.city.channel
    if not channel:
        return Slice()
    week = await Week.of(session, issue.end)
    facts = city_facts(week.public) | {"channel": channel}
    return Slice(1, await owe(session, issue, "channel", None, "channel_digest", facts), None, 1)
