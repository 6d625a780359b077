"""A person who asks to be forgotten is in no table any more; their reports are."""

from datetime import UTC, datetime, timedelta

from sqlmodel import SQLModel, select

from bot.texts.mask import masked
from storage import (
    agencies,
    conversations,
    forget,
    inbox,
    outbox,
    own_data,
    people,
    reports,
    subscriptions,
    support,
    thread,
)
from storage.calendar import Calendar
from storage.engine import Database
from storage.lifecycle import Kind
from storage.reports import File, Opening, Routing
from storage.subscriptions import Scope
from storage.tables import (
    Attachment,
    Citizen,
    Conversation,
    Inbox,
    InboxState,
    Lane,
    Outbox,
    Report,
    Subscription,
    Supporter,
)  # fmt: skip
from storage.thread import Said

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
NAME, CHAT = "Rahmawati Kusumaningtyas", 7_001_234_567
TEXT = f"Saya {NAME}, lampu mati depan rumah no. 12A, hubungi 081234567890"


async def test_after_erasing_neither_name_nor_chat_is_in_any_table(database: Database) -> None:
    async with database.transaction() as session:
        row = {"id": "dishub", "name": "Dinas Perhubungan", "short": "Dishub", "scope": "city", "channel": ""}
        await agencies.seed(session, [row | {"starts_on": NOW.date(), "ends_on": None, "successor_id": None}])
        citizen = await people.citizen_at(session, CHAT, NAME, NOW)
        opening = Opening(
            "d1", citizen.id or 0, TEXT, Kind.COMPLAINT, False, Routing("dishub"), files=(File("photo", "f", "u"),)
        )
        calendar = Calendar.of("Asia/Jakarta")
        report, _ = await reports.open_report(session, opening, prefix="DPK", calendar=calendar, now=NOW)
        await inbox.keep(session, [(1, CHAT, {"message": {"from": {"id": CHAT, "first_name": NAME}}})], NOW)
        await inbox.done(session, [1], NOW)
        await conversations.put(session, f"{CHAT}:{CHAT}", NOW, state="x", data={"text": TEXT})
        await thread.hold(session, CHAT, Said(TEXT, ()), NOW)
        other = await people.citizen_at(session, 8, "Orang Lain", NOW)
        theirs = Opening("d2", other.id or 0, "Lampu mati", Kind.COMPLAINT, False, Routing("dishub"),
                         files=(File("photo", "g", "other"),))  # fmt: skip
        kept, _ = await reports.open_report(session, theirs, prefix="DPK", calendar=calendar, now=NOW)
        mine = (File("photo", "h", "supporter"),)
        await support.support(session, kept.id or 0, citizen.id or 0, now=NOW, note=TEXT, files=mine)
        await subscriptions.add(session, citizen.id or 0, Scope.CITY, "", NOW)
        facts = {"text": TEXT, "author": NAME}
        for chat, key in ((CHAT, f"event:1:x:{CHAT}"), (5, "event:1:y:5")):
            await outbox.put(
                session, now=NOW, lane=Lane.NOTICE, chat_id=chat, notice="x", payload=facts, dedupe_key=key,
                report_id=report.id,
            )  # fmt: skip
        await session.flush()
        for row_id in (await session.exec(select(Outbox.id))).all():
            await outbox.sent(session, {row_id or 0: 1}, NOW)
        data = await own_data.of(session, citizen)
        assert (data["name"], data["reports"][0]["text"]) == (NAME, TEXT), "before that, a copy of everything"
        when = forget.ask(citizen, NOW, timedelta(days=3))
        assert forget.ask(citizen, NOW + timedelta(days=1), timedelta(days=3)) == when, "asking twice delays nothing"

    async with database.transaction() as session:
        assert await forget.due(session, when - timedelta(seconds=1)) == []
        (citizen,) = await forget.due(session, when)
        await forget.erase(session, citizen, masked, when)

    async with database.reading() as session:
        for table in SQLModel.metadata.sorted_tables:
            for found in (await (await session.connection()).execute(table.select())).all():
                assert NAME not in str(found), table.name
                assert str(CHAT) not in str(found), table.name
        report = await session.get_one(Report, report.id)
        assert report.text == "Saya …, lampu mati depan rumah no. [rumah], hubungi [telepon]"
        assert (await session.exec(select(Attachment.file_unique_id))).all() == ["other"], "not somebody else's photo"
        for table in (Supporter, Subscription):
            assert (await session.exec(select(table))).all() == []
        assert (await session.exec(select(Conversation))).all() == []
        assert (await session.get_one(Citizen, citizen.id)).erased_at == when


async def test_old_letters_are_emptied_and_young_or_waiting_ones_are_not(database: Database) -> None:
    async with database.transaction() as session:
        await inbox.keep(session, [(i, 5, {"text": "halo"}) for i in (1, 2, 3)], NOW)
        await inbox.done(session, [1], NOW)
        await inbox.done(session, [2], NOW + timedelta(days=2))
        for i in (1, 2):
            await outbox.put(session, now=NOW, lane=Lane.REPLY, chat_id=5, method="sendMessage", payload={"i": i})
        await outbox.sent(session, {1: 1}, NOW)
        await forget.empty_letters(session, NOW + timedelta(days=1))
    async with database.reading() as session:
        kept = (await session.exec(select(Inbox).order_by(Inbox.update_id))).all()  # type: ignore[arg-type]
        assert [row.payload for row in kept] == [{}, {"text": "halo"}, {"text": "halo"}]
        assert kept[2].state is InboxState.WAITING
        assert [row.payload for row in (await session.exec(select(Outbox).order_by(Outbox.id))).all()] == [{}, {"i": 2}]  # type: ignore[arg-type]
