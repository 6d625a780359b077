"""Identities at rest: nothing to read for whoever has the disk but not the keys, and keys can be changed."""

import asyncio
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlmodel import select
from typer.testing import CliRunner

from bot.__main__ import app
from bot.config import BadConfiguration, check
from storage import conversations, inbox, outbox, people
from storage.engine import Database
from storage.ledger import Ledger
from storage.seal import Seal, SealedElsewhere
from storage.tables import Citizen, Inbox, Lane, Outbox
from tests.watch import Watch

NOW = Watch()()
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
WORDS = "Siti Rahasiawati"
TABLES = ("citizen", "officer", "inbox", "outbox", "conversation")


async def fill(database: Database, chat_id: int, held_back: bool) -> None:
    async with database.transaction() as session:
        if held_back:
            session.info["ledger"] = Ledger()
        await people.citizen_at(session, chat_id, WORDS, NOW)
        await inbox.keep(session, [(chat_id, chat_id, {"message": {"from": WORDS}})], NOW)
        await outbox.put(session, now=NOW, lane=Lane.REPLY, chat_id=chat_id, payload={"text": WORDS}, method="x")
        await conversations.put(session, str(chat_id), NOW, data={"draft": WORDS})
        await inbox.done(session, [], NOW)


async def on_disk(database: Database) -> str:
    """All rows as somebody without the keys reads them."""
    async with database.engine.connect() as connection:
        rows = [(await connection.execute(text(f"SELECT * FROM {table}"))).all() for table in TABLES]
    return repr(rows)


async def people_and_words(database: Database) -> list[Any]:
    async with database.reading() as session:
        await people.readable(session)
        named = [citizen.name for citizen in (await session.exec(select(Citizen))).all()]
        owed = [row.payload["text"] for row in (await session.exec(select(Outbox))).all()]
        said = [row.payload["message"]["from"] for row in (await session.exec(select(Inbox))).all()]
    return named + owed + said


@pytest.mark.parametrize("held_back", [False, True])
async def test_nothing_is_readable_without_the_keys_and_a_new_key_takes_over(
    database_url: str, held_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Database(database_url)
    await fill(plain, 1, held_back)
    assert WORDS in await on_disk(plain)  # written before there was a key

    old = Database(database_url, seal=Seal(OLD))
    await fill(old, 2, held_back)
    assert (await on_disk(plain)).count(WORDS) == 4  # the first four, and none of these
    assert await people_and_words(old) == [WORDS] * 6  # old rows and sealed ones, side by side
    with pytest.raises(SealedElsewhere):
        await people_and_words(plain)
    await old.close()

    both = Database(database_url, seal=Seal(f"{NEW},{OLD}"))
    settings = {"ASPIRASI_TELEGRAM_TOKEN": "1:a", "ASPIRASI_DATABASE_URL": database_url}
    for name, value in {**settings, "ASPIRASI_IDENTITY_KEYS": f"{NEW},{OLD}"}.items():
        monkeypatch.setenv(name, value)
    done = await asyncio.to_thread(CliRunner().invoke, app, ["seal"])
    assert (done.exit_code, "8 values sealed" in done.output) == (0, True), done.output
    assert WORDS not in await on_disk(plain)
    await both.close()

    new = Database(database_url, seal=Seal(NEW))
    assert await people_and_words(new) == [WORDS] * 6
    lost = Database(database_url, seal=Seal(OLD))
    with pytest.raises(SealedElsewhere):
        await people_and_words(lost)
    for database in (plain, new, lost):
        await database.close()


def test_a_key_is_made_by_command_and_a_bad_one_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    made = CliRunner().invoke(app, ["key"]).output.strip()
    database = {"identity_keys": made}
    assert check({"telegram": {"token": "1:a"}, "database": database}).database.seal is not None
    with pytest.raises(BadConfiguration) as refused:
        check({"telegram": {"token": "1:a"}, "database": {"identity_keys": "top-secret-but-wrong"}})
    assert "database.identity_keys must be 32 random bytes" in str(refused.value)
    assert "top-secret" not in str(refused.value)
    monkeypatch.setenv("ASPIRASI_TELEGRAM_TOKEN", "1:a")
    assert CliRunner().invoke(app, ["seal"]).exit_code == 2
