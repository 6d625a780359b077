"""The nightly copy comes back whole, the month's open data are there on the third: each made once, by one process."""

import asyncio
import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot import archive, config
from bot.schedule.chores import LEASE, Chores
from bot.watching.signs import Signs
from storage import backup, migrate, runs
from storage.engine import Database
from storage.tables import RunState
from tests.conftest import settings_for
from tests.schedule.city import City, at

KEY = Fernet.generate_key().decode()


def keeper(city: City, database: Database | None = None, **sections: object) -> Chores:
    """One process that does the chores of these settings."""
    settings = settings_for(city.settings.database.url, **sections)
    chores = archive.chores(settings, city.watch)
    return Chores(database or city.database, chores, clock=city.watch, signs=Signs())


async def counts(database: Database) -> dict[str, int]:
    async with database.engine.connect() as connection:
        return await connection.run_sync(backup.counts)


async def test_each_night_has_one_copy_the_oldest_go_and_the_last_comes_back_whole(
    city: City, tmp_path: Path, empty_url: str
) -> None:
    folder = tmp_path / "copies"
    nights = keeper(city, backup={"folder": str(folder), "keep": 2, "key": KEY})
    other = Database(city.settings.database.url)
    twin = keeper(city, other, backup={"folder": str(folder), "keep": 2, "key": KEY})
    (folder).mkdir()
    (folder / "aspirasi-by-hand.backup").touch()
    for day in ("2026-11-17", "2026-11-18", "2026-11-19"):
        await city.report()
        city.watch.turn_to(at(day, "01:29"))
        assert await nights.look() == (["backup"] if day.endswith("17") else [])  # the night before, made up for
        city.watch.turn_to(at(day, "02:00"))
        mine, its = await asyncio.gather(nights.look(), twin.look())
        assert [*mine, *its] == ["backup"]
        assert await nights.look() == []
    await other.close()
    assert sorted(path.name for path in folder.iterdir()) == [
        "aspirasi-20261118.backup", "aspirasi-20261119.backup", "aspirasi-by-hand.backup",
    ]  # fmt: skip
    async with city.database.reading() as session:
        last = await runs.last(session, "backup")
    assert last is not None
    assert (last.state, last.finished_at) == (RunState.DONE, city.watch())
    if city.database.is_sqlite == empty_url.startswith("sqlite"):
        back = Database(empty_url)
        promised, found = await backup.restore(back, folder / "aspirasi-20261119.backup", KEY)
        await migrate.check(back)
        await back.close()
        assert promised == found
        assert found["report"] == 3
        assert sum(found.values()) == last.done
        there = await counts(city.database)
        assert {name for name in there if there[name] != found[name]} <= {"run"}, "the run was written down after it"


async def test_a_copy_that_fails_is_an_alert_and_tried_again(city: City, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.touch()  # a file stands in the way
    nights = keeper(city, backup={"folder": str(folder), "key": KEY})
    assert await nights.look() == []
    assert nights.signs.present == {"job:backup": ""}
    async with city.database.reading() as session:
        last = await runs.last(session, "backup")
    assert last is not None
    assert (last.state, last.error) == (RunState.RUNNING, "FileExistsError")
    folder.unlink()
    assert await nights.look() == [], "not before the lease is over"
    city.watch.turn(seconds=LEASE + 1)
    assert await nights.look() == ["backup"]
    assert nights.signs.present == {}


async def test_on_the_third_the_month_before_is_published(city: City, tmp_path: Path) -> None:
    folder = tmp_path / "portal"
    month = keeper(city, open_data={"folder": str(folder)})
    await city.report(topic="pju-mati")
    await city.report(confidential=True)
    assert await month.look() == ["open_data"], "October, made up for"
    city.watch.turn_to(at("2026-12-03", "02:59"))
    assert await month.look() == []
    city.watch.turn_to(at("2026-12-03", "03:00"))
    assert await month.look() == ["open_data"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "kamus-data.json", "laporan-2026-10.csv", "laporan-2026-10.json", "laporan-2026-11.csv", "laporan-2026-11.json",
        "metadata-2026-10.json", "metadata-2026-11.json",
    ]  # fmt: skip
    data = json.loads((folder / "laporan-2026-11.json").read_text(encoding="utf-8"))
    assert len(data["data"]) == data["metadata"]["jumlah_baris"] == 1


def test_a_folder_for_copies_needs_a_key() -> None:
    with pytest.raises(config.BadConfiguration, match="32 random bytes"):
        settings_for("sqlite:///x.db", backup={"folder": "/tmp/x"})
    assert archive.chores(settings_for("sqlite:///x.db"), lambda: at("2026-11-16")) == []
