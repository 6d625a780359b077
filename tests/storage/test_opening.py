"""A draft becomes one report, however often it is sent; within a transaction the map of topics is as it was changed."""

from datetime import date

from storage import agencies, offices, people, reports
from storage.engine import Database
from storage.lifecycle import Kind
from storage.reports import Opening, Routing
from tests.made import SITI, Made

DAY = date(2026, 10, 5)


async def test_a_draft_that_is_sent_twice_gives_its_first_report_again(database: Database) -> None:
    made = await Made(database).begins()
    found = []
    for words in ("Lampu mati", "Lampu mati lagi"):
        async with database.transaction() as session:
            siti = await people.citizen_at(session, SITI, "Siti", made.watch())
            opening = Opening("d1", siti.id or 0, words, Kind.COMPLAINT, False, Routing(agency_id="dishub"))
            opened, new = await reports.open_report(
                session, opening, prefix="DPK", calendar=database.calendar, now=made.watch()
            )
            found.append((opened.id, opened.text, new))
    assert found == [(found[0][0], "Lampu mati", True), (found[0][0], "Lampu mati", False)]
    assert [event.kind for event in await made.events(found[0][0] or 0)] == ["opened", "routed"]


async def test_a_topic_that_moves_is_answered_by_its_new_office_at_once(database: Database) -> None:
    await Made(database).begins()
    other = {"id": "dlh", "name": "Dinas Lingkungan", "short": "DLH", "scope": "city", "channel": ""}
    async with database.transaction() as session:
        await agencies.seed(session, [other | {"starts_on": date(2020, 1, 1)}])
        await agencies.seed_topics(session, [("pju-mati", "Lampu jalan", "dishub")], date(2020, 1, 1))
        await session.flush()
        before = await agencies.answering_topic(session, "pju-mati", DAY)
        await offices.answer_topic(session, "pju-mati", "dlh", DAY)
        after = await agencies.answering_topic(session, "pju-mati", DAY)
    assert before is not None
    assert before[0].id == "dishub"
    assert after is not None
    assert after[0].id == "dlh"
