"""The Monday digests: who gets them, that they come once, and that their figures are right."""

import asyncio
from typing import Any

from sqlmodel import select

from storage import runs
from storage.engine import Database
from storage.lifecycle import Status
from storage.tables import Citizen, Example, Role, Subscription
from tests.schedule.city import BUDI, RINA, SITI, TONO, WALI, City, at


async def subscribe(city: City, scope: str, value: str = "", chat_id: int = SITI) -> None:
    async with city.database.transaction() as session:
        citizen = (await session.exec(select(Citizen).where(Citizen.chat_id == chat_id))).first()
        if citizen is None:
            citizen = Citizen(chat_id=chat_id, name="Siti", created_at=city.watch())
            session.add(citizen)
            await session.flush()
        session.add(Subscription(citizen_id=citizen.id or 0, scope=scope, value=value, created_at=city.watch()))


async def test_after_a_stop_of_three_days_over_a_monday_its_digest_comes_once_and_tells_of_that_monday(
    city: City,
) -> None:
    early = await city.report()  # 16 November
    city.watch.turn_to(at("2026-11-22"))  # Sunday: the service stops
    city.watch.turn_to(at("2026-11-24", "15:00"))
    await city.report()  # the office works on; these two belong to the next week
    await city.moves(early, Status.RESOLVED)
    city.watch.turn_to(at("2026-11-25", "08:00"))
    assert [await city.publishes("office_digest") for _ in range(3)] == [1, 0, 0]
    ((_, facts),) = await city.told("digest")
    assert facts["end"] == "2026-11-23T00:00:00+00:00", "seven in the morning in Depok"
    assert [facts["week"][name] for name in ("received", "resolved", "open", "overdue", "untouched")] == [1, 0, 1, 0, 0]
    city.watch.turn_to(at("2026-11-30", "07:00"))
    assert await city.publishes("office_digest") == 1


async def test_two_processes_send_one_digest(city: City) -> None:
    await city.officer(TONO, "dishub")
    city.watch.turn_to(at("2026-11-23", "07:00"))
    other = City(Database(city.settings.database.url), city.settings)
    other.watch.turn_to(city.watch())
    owed = await asyncio.gather(*(process.publishes("office_digest") for process in (city, other, city, other)))
    await other.database.close()
    assert sum(owed) == 2
    assert sorted(chat or 0 for chat, _ in await city.told("digest")) == [BUDI, TONO]


async def test_who_came_on_wednesday_does_not_get_last_mondays(city: City) -> None:
    city.watch.turn_to(at("2026-11-25"))  # the service stood still on Monday, and is back when Tono joins
    await city.officer(TONO, "dishub")
    await subscribe(city, "city")
    assert [await city.publishes(name) for name in ("office_digest", "citizen_digest")] == [1, 0]
    assert [chat for chat, _ in await city.told("digest")] == [BUDI]
    city.watch.turn_to(at("2026-11-30", "07:00"))
    assert [await city.publishes(name) for name in ("office_digest", "citizen_digest")] == [2, 1]


async def test_it_can_be_sent_again_on_request(city: City) -> None:
    city.watch.turn_to(at("2026-11-23", "07:00"))
    assert await city.publishes("office_digest") == 1
    async with city.database.transaction() as session:
        assert await runs.begin(session, "office_digest", city.watch(), city.watch(), again=True)
    assert [await city.publishes("office_digest") for _ in range(2)] == [1, 0]


async def week_of_dishub(city: City) -> dict[str, int]:
    """Reports of all sorts, from Monday 16 to Monday 30 November; returns some of their ids."""
    await city.officer(TONO, "dlhk")
    ids = {"old": await city.report(due_at=at("2026-11-27", "16:00"), topic="rambu")}
    city.watch.turn_to(at("2026-11-17"))
    ids["before"] = await city.report(topic="pju-mati")
    await city.moves(ids["before"], Status.RESOLVED)
    city.watch.turn_to(at("2026-11-23", "07:00"))  # exactly the border belongs to the new week
    ids["taken"], ids["alone"], ids["refused"], ids["confirmed"] = [
        await city.report(topic="pju-mati") for _ in range(4)
    ]
    await city.report("dlhk", topic="sampah", first_answer_at=at("2026-11-28", "07:00"))
    city.watch.turn_to(at("2026-11-25"))
    await city.moves(ids["before"], Status.CLOSED)  # the citizen says so; it was counted last week
    await city.changes(ids["before"], verified_at=city.watch())
    await city.moves(ids["taken"], Status.IN_PROGRESS)
    await city.changes(ids["taken"], first_answer_at=at("2026-11-24", "07:00"))
    await city.moves(ids["refused"], Status.REJECTED)
    await city.changes(ids["refused"], first_answer_at=None)  # only what is counted below was answered
    await city.moves(ids["confirmed"], Status.RESOLVED)
    await city.moves(ids["confirmed"], Status.CLOSED)
    await city.changes(ids["confirmed"], rating=4, first_answer_at=at("2026-11-25", "07:00"))
    async with city.database.transaction() as session:
        for report, corrected in ((ids["taken"], False), (ids["alone"], True)):
            session.add(Example(report_id=report, agency_id="dishub", corrected=corrected, at=city.watch()))
    await city.changes(ids["taken"], guess_agency_id="dishub")
    await city.changes(ids["alone"], guess_agency_id="dlhk")
    city.watch.turn_to(at("2026-11-30", "07:00"))
    await city.report()  # in the very minute of the digest: next week's
    return ids


async def test_the_figures_of_an_offices_week_are_right(city: City) -> None:
    ids = await week_of_dishub(city)
    await city.publishes("office_digest")
    facts = dict(await city.told("digest"))
    assert facts[BUDI]["week"] == {
        "received": 4, "resolved": 1, "verified": 1, "open": 3, "overdue": 1, "untouched": 2,
        "answer_days": 1.5, "rating": 4, "rated": 1, "judged": 2, "right": 1,
    }  # fmt: skip
    assert facts[BUDI]["city_answer_days"] == 2.0, "the median of one, two and five days"
    assert facts[BUDI]["course"][-2:] == [[2, 1], [4, 1]]
    assert facts[BUDI]["rising"] == [["pju-mati", 4, 1.0]]
    assert [(row["report_id"], row["late"]) for row in facts[BUDI]["nearest"]] == [
        (ids["taken"], False), (ids["alone"], False), (ids["old"], True),
    ]  # fmt: skip
    figures = facts[TONO]["week"]
    assert [figures[name] for name in ("received", "open", "untouched", "answer_days")] == [1, 1, 1, 5.0]


async def test_leaders_see_the_league_and_what_only_they_can_decide(city: City) -> None:
    await city.officer(WALI, None, Role.LEADER)
    await city.officer(RINA, None, Role.TRIAGE)
    stuck = await city.report(due_at=at("2026-11-17", "16:00"), kecamatan="Beji")
    await city.report("dlhk", due_at=at("2026-11-27", "16:00"))
    await city.report(None)
    await city.report("dlhk", due_at=at("2026-11-17", "16:00"), misconduct=True)
    city.watch.turn_to(at("2026-11-30", "07:00"))
    assert await city.publishes("leader_digest") == 1
    ((chat, facts),) = await city.told("leader_digest")
    assert chat == WALI
    assert [(row["agency"], row["open"], row["overdue"]) for row in facts["league"]] == [
        ("Dishub", 1, 1), ("Dlhk", 1, 1),
    ]  # fmt: skip
    assert (facts["stuck"], [row["report_id"] for row in facts["decide"]]) == (1, [stuck]), "no misconduct among them"
    assert (facts["at_desk"], facts["unstaffed"], facts["places"]) == (1, ["Dlhk"], [["Beji", 1]])


async def test_citizens_read_of_the_places_they_asked_for_and_of_no_secret(city: City) -> None:
    await subscribe(city, "kelurahan", "Mekarjaya, Sukmajaya")
    await subscribe(city, "topic", "lampu")
    await subscribe(city, "city", "", SITI + 1)
    for number in range(8):
        report = await city.report(kelurahan="Mekarjaya", kecamatan="Sukmajaya", topic="pju-mati")
        if number < 6:
            await city.moves(report, Status.RESOLVED)
        if number == 5:
            await city.changes(report, confidential=True)
        if number == 0:
            await city.changes(report, verified_at=city.watch())
    city.watch.turn_to(at("2026-11-23", "07:00"))
    assert await city.publishes("citizen_digest") == 2
    facts: dict[int | None, dict[str, Any]] = dict(await city.told("city_digest"))
    near = [(place["scope"], place["fixed"], place["verified"], place["open"]) for place in facts[SITI]["near"]]
    assert near == [("kelurahan", 5, 1, 2), ("topic", 5, 1, 2)]
    assert facts[SITI + 1]["near"] == []
    assert facts[SITI]["week"] == {"received": 7, "resolved": 5, "verified": None, "answer_days": 0.0}
    assert facts[SITI]["places"] == [["Sukmajaya", 7]]


async def test_small_counts_are_told_to_nobody_in_public(city: City) -> None:
    for _ in range(4):
        await city.report(kecamatan="Beji", topic="pju-mati")
    city.watch.turn_to(at("2026-11-23", "07:00"))
    assert await city.publishes("channel_digest") == 1
    ((_, facts),) = await city.told("channel_digest")
    assert facts["week"] == {"received": None, "resolved": 0, "verified": 0, "answer_days": None}
    assert (facts["places"], facts["rising"], facts["fixed_topics"]) == ([], [], [])
    assert not any(any(week) for week in facts["course"])
