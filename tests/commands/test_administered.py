"""What is administered in chat can be written to a file, read by a person, and put into another database."""

import asyncio
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from bot import app as service
from bot.__main__ import app
from bot.commands.administered import toml
from storage import administered, days, faq, offices, templates
from storage.engine import Database
from storage.tables import Agency, Attempt
from tests.conftest import settings_for

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


async def change_everything(database: Database) -> administered.Document:
    """As an administrator does in a year; returns the document."""
    await service.prepare(database, settings_for(database.url), NOW)
    async with database.transaction() as session:
        office = await offices.create(session, "Dinas Taman Kota", "Distamkot", TODAY)
        await offices.rename(session, "dlhk", "Dinas Lingkungan", "DLH", date(2027, 1, 1), TODAY)
        await offices.end(session, "dishub", date(2026, 12, 31), office.id)
        await offices.answer_topic(session, "pju-mati", office.id, date(2027, 1, 1))
        await days.declare(session, date(2027, 4, 27), "Hari jadi kota", by=None, now=NOW)
        await days.put(session, days.LOG_LEVEL, "warning", by=None, now=NOW)
        asked, answer = ["Berapa tarif parkir?", 'tarif parkir "resmi"?'], "Rp2.000.\nKarcis wajib diberikan."
        await faq.put(session, "parkir", questions=asked, answer=answer, channel="", by=None, now=NOW, day=TODAY)
        await faq.end(session, "ktp-hilang", by=None, now=NOW, day=TODAY)
        for agency_id, topic in ((office.id, "taman-kota"), (None, None)):
            await templates.put(session, None, agency_id=agency_id, topic=topic, title="Sedang dicek",
                                text="Laporan {nomor} \\ sedang kami cek.\x7f", by=None, now=NOW)  # fmt: skip
    async with database.reading() as session:
        return await administered.read(session)


async def test_what_was_administered_goes_round_through_a_file(database_url: str, empty_url: str) -> None:
    here, there = Database(database_url), Database(empty_url)
    document = await change_everything(here)
    assert set(document) == set(administered.SECTIONS)
    text = toml(document)
    assert tomllib.loads(text) == document
    await service.prepare(there, settings_for(empty_url), NOW)
    for _ in range(2):  # the second time changes nothing
        async with there.transaction() as session:
            await administered.write(session, tomllib.loads(text), now=NOW)
        async with there.reading() as session:
            assert await administered.read(session) == document
    await here.close()
    await there.close()


def test_the_commands_write_and_read_the_file(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASPIRASI_TELEGRAM_TOKEN", "123456:TEST")
    monkeypatch.setenv("ASPIRASI_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    asyncio.run(closing(change_everything, database_url))
    run = CliRunner().invoke(app, ["settings", "export", "kota.toml"])
    assert run.exit_code == 0, run.output
    assert "1 day_off, 2 answer, 2 template, 1 setting" in run.output
    written = Path("kota.toml").read_text()
    Path("kota.toml").write_text(written.replace("Distamkot", "Taman Kota"))
    run = CliRunner().invoke(app, ["settings", "import", "kota.toml"])
    assert run.exit_code == 0, run.output

    async def look(database: Database) -> None:
        async with database.reading() as session:
            assert (await session.get_one(Agency, "distamkot")).short == "Taman Kota"
            tried = (await session.exec(select(Attempt))).one()
            assert (tried.action, tried.allowed, tried.facts["imported"]["day_off"]) == ("administer", True, 1)

    asyncio.run(closing(look, database_url))


def test_every_fault_of_a_file_is_named_and_nothing_is_changed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASPIRASI_TELEGRAM_TOKEN", "123456:TEST")
    monkeypatch.setenv("ASPIRASI_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    before = asyncio.run(closing(change_everything, database_url))
    Path("kota.toml").write_text(
        '[[mayor]]\nname = "Budi"\n'
        '[[office]]\nid = "x"\nname = 5\nscope = "city"\nstarts_on = "besok"\ncolour = "blue"\n'
        '[[answer]]\nid = "y"\nchecked_on = 2027-01-01\nquestions = ["a"]\nanswer = "b"\n'
        '[[topic]]\ntopic = "a"\nname = "A"\noffice = "dlhk"\nstarts_on = 2027-01-01\n'
        f'[[topic]]\ntopic = "a"\nname = "{"A" * 121}"\noffice = "dlhk"\nstarts_on = 2027-01-01\n'
        '[[template]]\ntitle = "Salam"\ntext = "Laporan {nomer} kami cek"\n'
        '[[setting]]\nkey = "log_level"\nvalue = "loud"\n'
    )
    run = CliRunner().invoke(app, ["settings", "import", "kota.toml"])
    assert run.exit_code == 2
    told = [line.strip() for line in run.stderr.splitlines()]
    for fault in (
        "mayor: not a section",
        "office 1, colour: not a field",
        "office 1, name: should be words in quotes",
        "office 1, short: missing",
        "office 1, starts_on: should be a date (2027-01-31)",
        "answer 1, answer: faq_too_few",
        "topic 2, name: longer than 120 characters",
        "topic 2: the same topic and starts_on as a line before",
        "template 1, text: template_field",
        "setting 1, log_level: one of debug, info, warning, error",
    ):
        assert fault in told
    assert len(told) == 11
    Path("kota.toml").write_text(
        '[[day_off]]\nday = 2027-01-02\nname = "Libur"\n'
        '[[template]]\noffice = "entah"\ntitle = "Salam"\ntext = "Laporan kami cek"\n'
    )
    run = CliRunner().invoke(app, ["settings", "import", "kota.toml"])
    assert "template 1, office: no office has the id entah" in run.stderr
    Path("kota.toml").write_text("[[office]")
    assert "is not TOML" in CliRunner().invoke(app, ["settings", "import", "kota.toml"]).stderr

    async def look(database: Database) -> None:
        async with database.reading() as session:
            assert await administered.read(session) == before

    asyncio.run(closing(look, database_url))


async def closing(what, url):  # type: ignore[no-untyped-def]
    """Do something with a database that is closed afterwards."""
    database = Database(url)
    try:
        return await what(database)
    finally:
        await database.close()
