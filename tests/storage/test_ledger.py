"""What a transaction holds back is there for whoever looks before its end."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import addresses, inbox, ledger, outbox, people, reads, reports
from storage.engine import Database
from storage.ledger import Ledger
from storage.lifecycle import Kind
from storage.reports import Opening, Routing
from storage.tables import Event, Lane, Officer, Outbox, Report
from tests.made import BUDI, HEAD, SITI, Made


async def opened(made: Made, session: AsyncSession, draft: str) -> Report:
    siti = await people.citizen_at(session, SITI, "Siti", made.watch())
    opening = Opening(draft, siti.id or 0, "Lampu mati", Kind.COMPLAINT, False, Routing(agency_id="dishub"))
    calendar = made.database.calendar
    return (await reports.open_report(session, opening, prefix="DPK", calendar=calendar, now=made.watch()))[0]


async def test_a_timeline_is_whole_and_in_order_within_the_transaction_that_opens_the_report(
    database: Database,
) -> None:
    made = await Made(database).begins()
    async with database.transaction() as session:
        session.info["ledger"] = Ledger()
        first, second = await opened(made, session, "d1"), await opened(made, session, "d2")
        await reports.accept(session, first.id or 0, officer_id=1, now=made.watch())
        kinds = [event.kind for event in await reads.timeline(session, first.id or 0)]
        assert kinds == ["opened", "routed", "accepted"]
        third = await opened(made, session, "d3")
        assert [event.kind for event in await reads.timeline(session, third.id or 0)] == ["opened", "routed"]
        await inbox.done(session, [], made.watch())
    for report in (first, second, third):
        assert [event.kind for event in await made.events(report.id or 0)][:2] == ["opened", "routed"]
    async with database.reading() as session:
        assert len((await session.exec(select(Event.id).where(col(Event.kind) == "opened"))).all()) == 3
        told = select(Outbox.chat_id).where(col(Outbox.notice) == "report_for_office").order_by(col(Outbox.id))
        assert list((await session.exec(told)).all()) == [BUDI, HEAD] * 3


async def test_what_is_held_back_is_undone_with_the_rest(database: Database) -> None:
    made = await Made(database).begins()
    async with database.reading() as session:
        session.info["ledger"] = Ledger()
        await opened(made, session, "d1")
        await ledger.write_happened(session)
        await session.rollback()
    async with database.reading() as session:
        assert (await session.exec(select(Event))).all() == []


async def test_an_office_is_asked_for_once_by_openings_and_anew_by_all_others(database: Database) -> None:
    made = await Made(database).begins()
    async with database.transaction() as session:
        session.info["ledger"] = Ledger()
        first = await opened(made, session, "d1")
        (await session.get_one(Officer, 1)).active = False
        await session.flush()
        assert (await addresses.of_office_once(session, "dishub")).officers == (BUDI, HEAD)
        assert (await addresses.of_office(session, "dishub")).officers == (HEAD,)
        await opened(made, session, "d2")
        await reports.record(session, first, "released", by=reports.SYSTEM, now=made.watch())
        await inbox.done(session, [], made.watch())
    assert await made.told("report_for_office") == [BUDI, HEAD, BUDI, HEAD]
    assert await made.told("report_was_released") == [HEAD]


async def test_rows_are_numbered_in_the_order_in_which_they_were_owed(database: Database) -> None:
    made = await Made(database).begins()
    words = ["", "'; DROP TABLE report --", "{1,2}", '"NULL"', "NULL", "\\", "baris\nbaru", "hujan \U0001f327"]
    async with database.transaction() as session:
        session.info["ledger"] = Ledger()
        for n, text in enumerate(words * 10):
            key = None if n % 2 else f"k{n // 4}"  # every other key is owed already
            await outbox.put(
                session,
                now=made.watch(),
                lane=Lane.REPLY,
                chat_id=n,
                notice=text,
                payload={"text": text},
                dedupe_key=key,
            )
        await inbox.done(session, [], made.watch())
    async with database.reading() as session:
        rows = (await session.exec(select(Outbox).where(Outbox.lane == Lane.REPLY).order_by(col(Outbox.id)))).all()
    expected = [n for n in range(10 * len(words)) if n % 4 != 2]
    assert [(row.chat_id, row.notice, row.payload) for row in rows] == [
        (n, words[n % len(words)], {"text": words[n % len(words)]}) for n in expected
    ]
    assert [row.dedupe_key for row in rows] == [None if n % 2 else f"k{n // 4}" for n in expected]
