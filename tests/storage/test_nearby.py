"""Candidates for "already reported?", and the people who support a report."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from storage import nearby, people, reports, support
from storage.engine import Database
from storage.evidence import MOST, EnoughEvidence, File
from storage.lifecycle import ForbiddenMove, Status
from storage.nearby import Spot
from storage.tables import Attachment, Citizen, Report, Supporter
from tests.made import SITI, Made

HERE = (-6.3906, 106.8483)
TOPICS = ("pju-mati", "jalan-rusak")


@pytest.fixture
async def made(database: Database) -> Made:
    return await Made(database).begins()


async def placed(made: Made, **values: object) -> int:
    report_id = await made.report(taken=False)
    async with made.database.transaction() as session:
        report = await session.get_one(Report, report_id)
        for name, value in ({"topic": "pju-mati"} | values).items():
            setattr(report, name, value)
    return report_id


async def found(made: Made, spot: Spot) -> set[int]:
    async with made.database.reading() as session:
        return {report.id or 0 for report in await nearby.open_nearby(session, spot, "pju-mati", TOPICS, 150)}


async def citizen(made: Made, chat: int) -> int:
    return (await made.does(people.citizen_at, chat, f"Warga {chat}")).id or 0


async def test_only_open_reports_near_by_that_others_may_see(made: Made) -> None:
    near = await placed(made, latitude=HERE[0] + 0.004, longitude=HERE[1])
    await placed(made, latitude=HERE[0] + 0.006, longitude=HERE[1])
    await placed(made, latitude=HERE[0], longitude=HERE[1], topic="ktp")
    await placed(made, latitude=HERE[0], longitude=HERE[1], confidential=True)
    await placed(made, latitude=HERE[0], longitude=HERE[1], misconduct=True)
    ended = await placed(made, latitude=HERE[0], longitude=HERE[1])
    await made.moves(ended, Status.RESOLVED)
    there = await placed(made, kecamatan="Cimanggis", kelurahan="Curug")
    namesake = await placed(made, kecamatan="Bojongsari", kelurahan="Curug")
    assert await found(made, Spot(HERE, None, None)) == {near}
    assert await found(made, Spot(HERE, "Cimanggis", "Curug")) == {near, there}
    assert await found(made, Spot(None, "Bojongsari", "Curug")) == {namesake}
    assert await found(made, Spot(None, "Cimanggis", None)) == {there}
    assert await found(made, Spot(None, None, None)) == set()


async def test_another_topic_counts_only_beside_the_pin(made: Made) -> None:
    beside = await placed(made, latitude=HERE[0] + 0.001, longitude=HERE[1], topic="jalan-rusak")
    await placed(made, latitude=HERE[0] + 0.002, longitude=HERE[1], topic="jalan-rusak")
    await placed(made, kecamatan="Cimanggis", kelurahan="Curug", topic="jalan-rusak")
    same = await placed(made, latitude=HERE[0] + 0.002, longitude=HERE[1])
    assert await found(made, Spot(HERE, "Cimanggis", "Curug")) == {beside, same}
    async with made.database.reading() as session:
        alone = await nearby.open_nearby(session, Spot(HERE, "Cimanggis", "Curug"), "pju-mati")
    assert [report.id for report in alone] == [same]


async def test_the_candidates_are_found_by_an_index(made: Made) -> None:
    if not made.database.is_sqlite:
        pytest.skip("PostgreSQL rightly reads an almost empty table from end to end")
    plans: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        raw = connection.connection.driver_connection._conn
        plans.extend(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(made.database.engine.sync_engine, "before_cursor_execute", explain)
    for spot in (Spot(HERE, "Cimanggis", "Curug"), Spot(None, "Cimanggis", None)):
        await found(made, spot)
    event.remove(made.database.engine.sync_engine, "before_cursor_execute", explain)
    for index in ("matter", "within"):
        assert any(f"USING INDEX ix_report_{index}" in plan for plan in plans), plans
    assert not [plan for plan in plans if plan.startswith("SCAN") and "report" in plan], plans


async def test_support_counts_once_and_ends_with_leaving(made: Made) -> None:
    report_id, joko = await made.report(taken=False), await citizen(made, 7_000_000_001)
    files = (File("photo", "f1", "u1"),)
    assert (await made.does(support.support, report_id, joko, note="mati juga", files=files))[1]
    assert not (await made.does(support.support, report_id, joko, files=files))[1]
    await made.does(reports.accept, report_id, officer_id=1)
    assert await made.told("supported_was_accepted") == [7_000_000_001]
    assert await made.told("your_report_was_accepted") == [SITI]
    await made.moves(report_id, Status.NEEDS_INFO)
    await made.does(support.leave, report_id, joko)
    with pytest.raises(reports.UnknownReport):
        await made.does(support.leave, report_id, joko)
    await made.moves(report_id, Status.RESOLVED)
    assert await made.told("supported_was_resolved") == []
    assert [event.kind for event in await made.events(report_id) if event.kind in {"supported", "left"}] == [
        "supported",
        "left",
    ]
    async with made.database.reading() as session:
        (kept,) = (await session.exec(select(Attachment).where(col(Attachment.report_id) == report_id))).all()
    assert (kept.purpose, kept.at) == ("evidence", made.watch())


async def test_who_cannot_support(made: Made) -> None:
    report_id, joko = await made.report(), await citizen(made, 7_000_000_001)
    siti = await citizen(made, SITI)
    with pytest.raises(support.OwnReport):
        await made.does(support.support, report_id, siti)
    with pytest.raises(reports.UnknownReport):
        await made.does(support.support, await placed(made, misconduct=True), joko)
    async with made.database.transaction() as session:
        (await session.get_one(Citizen, joko)).blocked_at = made.watch()
    with pytest.raises(support.MayNotSupport):
        await made.does(support.support, report_id, joko)
    async with made.database.transaction() as session:
        (await session.get_one(Citizen, joko)).blocked_at = None
    await made.moves(report_id, Status.REJECTED)
    with pytest.raises(ForbiddenMove):
        await made.does(support.support, report_id, joko)


async def test_a_withdrawn_report_goes_on_with_the_first_supporter_who_can_be_reached(made: Made) -> None:
    report_id, siti = await made.report(), await citizen(made, SITI)
    alone = await made.report()
    assert not await made.does(support.withdraw, alone, siti, text="-")
    people = [await citizen(made, 7_000_000_000 + i) for i in range(3)]
    for person in people:
        await made.does(support.support, report_id, person)
    async with made.database.transaction() as session:
        (await session.get_one(Citizen, people[0])).reachable = False
    with pytest.raises(reports.UnknownReport):
        await made.does(support.withdraw, report_id, people[1], text="-")
    assert await made.does(support.withdraw, report_id, siti, text="Lampu mati")
    report = await made.seen(report_id)
    assert (report.citizen_id, report.status) == (people[1], Status.IN_PROGRESS)
    assert await made.told("you_lead_now") == [7_000_000_001]
    async with made.database.reading() as session:
        left = (await session.exec(select(Supporter.citizen_id).order_by(col(Supporter.id)))).all()
    assert list(left) == [people[0], people[2]]


async def test_a_report_holds_thirty_pieces_and_none_twice(made: Made) -> None:
    report_id, siti = await made.report(), await citizen(made, SITI)
    files = [File("photo", f"f{i}", f"u{i}") for i in range(MOST + 1)]
    for start in range(0, MOST, 10):
        await made.does(reports.answer, report_id, citizen_id=siti, note="", files=tuple(files[start : start + 10]))
    await made.does(reports.answer, report_id, citizen_id=siti, note="", files=(files[0],))
    with pytest.raises(EnoughEvidence):
        await made.does(reports.answer, report_id, citizen_id=siti, note="", files=(files[MOST],))
