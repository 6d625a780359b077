"""A whole year on a turning clock: each Monday's digests come once to each reader, whoever runs and whatever stops."""

import asyncio
import time
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from storage.engine import Database
from storage.tables import Officer, Report, Role
from tests.conftest import settings_for
from tests.schedule.city import BUDI, RINA, SITI, TONO, WALI, City, at
from tests.schedule.test_digests import subscribe

DIGESTS = {"office_digest": "digest", "leader_digest": "leader_digest", "citizen_digest": "city_digest",
           "channel_digest": "channel_digest"}  # fmt: skip
CHATS = {"office_digest": [BUDI, TONO], "leader_digest": [WALI], "citizen_digest": [SITI], "channel_digest": [None]}
READERS = {name: len(chats) for name, chats in CHATS.items()}

STOPPED = date(2026, 6, 15)
"""The Monday in a stop of three days, from Sunday to Wednesday."""

LONGEST = 60.0
"""Seconds that a year may take."""

BEFORE_IDUL_FITRI, BEFORE_CHRISTMAS = date(2026, 3, 10), date(2026, 12, 14)
DUE = {BEFORE_IDUL_FITRI: "2026-04-07", BEFORE_CHRISTMAS: "2027-01-07"}
"""Fourteen working days later, counted by hand on the decree: 18 to 24 March (Nyepi, Idul Fitri, joint leave) and
3 April (Good Friday) are none; nor are 24 and 25 December, 1 January and 5 January (Isra Mikraj)."""


async def populated(city: City) -> None:
    """Two officers, a leader and a subscriber, who are there when the year begins."""
    city.watch.turn_to(at("2025-12-30"))
    await city.officer(TONO, "dlhk")
    await city.officer(WALI, None, Role.LEADER)
    await subscribe(city, "city")
    async with city.database.transaction() as session:
        await session.exec(update(Officer).values(created_at=city.watch()))
    for name in DIGESTS:
        await city.publishes(name)  # last year's


def seven(day: date, zone: str = "Asia/Jakarta") -> datetime:
    return datetime(day.year, day.month, day.day, 7, tzinfo=ZoneInfo(zone))


async def test_a_whole_year_with_a_stop_and_idul_fitri_brings_each_monday_once(city: City) -> None:
    """On PostgreSQL by two processes that look at the same moment; SQLite has one."""
    began = time.monotonic()
    await populated(city)
    processes = [city]
    if not city.database.is_sqlite:
        processes.append(City(Database(city.settings.database.url), city.settings))
    nothing, owed, due = dict.fromkeys(DIGESTS, 0), [], {}
    for number in range(365):
        day = date(2026, 1, 1) + timedelta(days=number)
        moment = seven(day)
        if day.weekday() == 0 and day != STOPPED:
            assert await looks(processes[:1], moment - timedelta(minutes=1)) == nothing
            owed.append(await looks(processes, moment))
        if day == STOPPED + timedelta(days=2):
            owed.append(await looks(processes, moment))
            assert await looks(processes, moment + timedelta(hours=1)) == nothing
        if day in DUE:
            city.watch.turn_to(moment)
            due[day] = await city.report(first_answer_at=city.watch())
    assert owed == [READERS] * 52
    for name, notice in DIGESTS.items():
        told = (await city.told(notice))[-52 * READERS[name] :]
        weeks = {facts["start"]: facts["end"] for _, facts in told}
        assert len(weeks) == 52, name
        assert list(weeks.values())[:-1] == list(weeks)[1:], "where one week ends the next begins"
        assert Counter(chat for chat, _ in told) == dict.fromkeys(CHATS[name], 52)
    async with city.database.reading() as session:
        for filed, report_id in due.items():
            report = await session.get_one(Report, report_id)
            assert report.due_at == datetime.fromisoformat(f"{DUE[filed]}T16:00:00+07:00")
    for process in processes[1:]:
        await process.database.close()
    took = time.monotonic() - began
    print(f"a year in {took:.1f} s")
    assert took < LONGEST


async def looks(processes: list[City], moment: datetime) -> dict[str, int]:
    """What the processes together owe when all look at the same moment."""
    for process in processes:
        process.watch.turn_to(moment)
    return {name: sum(await asyncio.gather(*(one.publishes(name) for one in processes))) for name in DIGESTS}


async def test_who_is_late_after_idul_fitri_hears_of_it_on_the_shifted_day_and_nobody_on_the_holidays(
    city: City,
) -> None:
    await city.officer(RINA, "dishub", Role.HEAD)
    city.watch.turn_to(seven(BEFORE_IDUL_FITRI))
    report = await city.report(first_answer_at=city.watch())
    await city.report("dlhk")  # new and untouched when the holidays come, with nobody there but the desk
    told, day = {}, BEFORE_IDUL_FITRI
    for morning in await city.mornings(31):
        told[day.isoformat()] = morning
        day += timedelta(days=1)
    told = {day: morning for day, morning in told.items() if morning}
    assert told == {
        "2026-03-12": {BUDI: {"untouched": [report]}, RINA: {"untouched": [report]}},
        "2026-04-06": {BUDI: {"tomorrow": [report]}, RINA: {"tomorrow": [report]}},
        "2026-04-08": {BUDI: {"overdue": [report]}, RINA: {"overdue": [report]}},
        "2026-04-09": {RINA: {"to_head": [report]}},
    }


@pytest.mark.parametrize(
    ("zone", "utc"), [("Asia/Jakarta", "00:00"), ("Asia/Makassar", "23:00"), ("Asia/Jayapura", "22:00")]
)
async def test_a_city_of_another_zone_reads_at_its_own_seven(database_url: str, zone: str, utc: str) -> None:
    settings = settings_for(database_url, city={"timezone": zone, "channel": "@kota_lain"})
    city = City(Database(database_url, calendar=settings.calendar), settings)
    await city.begins()
    for monday in (date(2026, 11, 23), date(2026, 11, 30)):
        city.watch.turn_to(seven(monday, zone) - timedelta(seconds=1))
        assert await city.publishes("office_digest") == 0
        city.watch.turn_to(seven(monday, zone))
        assert await city.publishes("office_digest") == 1
    assert [facts["end"][11:16] for _, facts in await city.told("digest")] == [utc, utc]
    await city.database.close()
