"""Reports are found by their words, on both engines, as they change and after they were erased."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from storage import search
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.search import Wanted
from storage.tables import Agency, Citizen, Report

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
TEXTS = {
    1: ("Lampu jalan di depan gang mati", "dishub", "Sukmajaya", False),
    2: ("Jalannya berlubang, bahaya!", "dpupr", "Beji", False),
    3: ("lampu-lampu taman padam", "dlhk", "Beji", False),
    4: ("Lampu jalan kedip terus", "dishub", "Beji", False),
    5: ("Petugas minta uang lampu", "inspektorat", "Beji", True),
}


@pytest.fixture
async def city(database: Database) -> Database:
    async with database.transaction() as session:
        session.add(Citizen(id=1, chat_id=1, name="Siti", created_at=NOW))
        for agency in {row[1] for row in TEXTS.values()}:
            session.add(Agency(id=agency, name=agency, short=agency, scope="city", starts_on=NOW.date()))
        await session.flush()
        for i, (words, agency, kecamatan, misconduct) in TEXTS.items():
            at = NOW - timedelta(days=10 - i)
            session.add(
                Report(
                    id=i,
                    number=f"DPK-26-{i:06d}",
                    draft_id=str(i),
                    citizen_id=1,
                    kind=Kind.COMPLAINT,
                    status=Status.ASSIGNED,
                    agency_id=agency,
                    text=words,
                    place="Gang Mawar",
                    kecamatan=kecamatan,
                    misconduct=misconduct,
                    created_at=at,
                    status_at=at,
                )
            )
    return database


async def ids(database: Database, wanted: Wanted, limit: int = 10, offset: int = 0) -> list[int | None]:
    async with database.reading() as session:
        return [report.id for report in await search.find(session, wanted, limit=limit, offset=offset)]


async def test_words_places_days_and_offices_narrow_what_is_found(city: Database) -> None:
    assert await ids(city, Wanted("lampu")) == [4, 3, 1], "newest first; what accuses an official is nobody else's"
    assert await ids(city, Wanted("LAMPU jalan")) == [4, 1]
    assert await ids(city, Wanted("jalan")) == [4, 2, 1], "what begins with the word is found, too"
    assert await ids(city, Wanted("jalan beji")) == [4, 2], "an ending hides no word"
    assert await ids(city, Wanted("gang lampu sukma")) == [1], "the last word may be broken off"
    assert await ids(city, Wanted("sukma lampu")) == [], "others may not: that would take ten times as long"
    assert await ids(city, Wanted("lampu sukmajaya mawar")) == [1]
    assert await ids(city, Wanted("lampu", "dishub")) == [4, 1]
    assert await ids(city, Wanted("lampu", "inspektorat")) == [5]
    assert await ids(city, Wanted("lampu", since=NOW - timedelta(days=8), until=NOW - timedelta(days=6.5))) == [3]
    assert await ids(city, Wanted("", "dishub")) == [4, 1]
    assert await ids(city, Wanted("lampu"), limit=1, offset=1) == [3]
    assert await ids(city, Wanted("kucing")) == []


@pytest.mark.parametrize(
    "said", ["'", '"', "a & b | !c", "lampu:*", "(", "NEAR(", "* -", "'; drop table report; --", "%"]
)
async def test_nothing_an_officer_types_breaks_the_question(city: Database, said: str) -> None:
    await ids(city, Wanted(said))
    assert len(await ids(city, Wanted())) == 4


async def test_what_changes_is_found_anew_and_what_is_erased_is_not(city: Database) -> None:
    async with city.transaction() as session:
        report = await session.get_one(Report, 1)
        report.text, report.agency_id = "Kucing di atas pohon", "dlhk"
        (await session.get_one(Report, 4)).text = ""
    assert await ids(city, Wanted("lampu", "dishub")) == []
    assert await ids(city, Wanted("kucing", "dlhk")) == [1]
    async with city.transaction() as session:
        await session.delete(await session.get_one(Report, 1))
    assert await ids(city, Wanted("kucing")) == []


async def test_a_migration_that_rebuilds_the_table_does_not_lose_the_words(city: Database) -> None:
    if not city.is_sqlite:
        pytest.skip("PostgreSQL does not rebuild tables")
    async with city.engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER report_words_changed"))
        await connection.execute(text("UPDATE report SET text = 'Kucing' WHERE id = 1"))
        await connection.run_sync(search.keep_in_step)
    assert await ids(city, Wanted("kucing")) == [1]
    assert await ids(city, Wanted("lampu")) == [4, 3]
