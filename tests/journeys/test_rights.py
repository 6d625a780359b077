"""Stories of a citizen's rights."""

from datetime import timedelta

from sqlmodel import select

from bot.schedule.forget import forget
from storage.tables import Citizen, Outbox
from tests.town import Town


async def test_a_copy_of_everything_and_being_forgotten(town: Town) -> None:
    siti = await town.citizen()
    number = await town.files(siti, "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali")
    await siti.says("/privasi")
    await siti.waits_for("Hak Anda")
    await siti.says("/dataku")
    await siti.waits_for("untuk dibaca")
    await siti.waits_for("JSON")
    await town.settles()
    assert {"data-saya.txt", "data-saya.json"} <= {line.file_name for line in siti.screen()}
    async with town.database.reading() as session:
        rows = (await session.exec(select(Outbox).where(Outbox.notice == "my_data"))).all()
        assert [row.payload for row in rows] == [{}, {}]
    await siti.says("/hapusdata")
    await siti.taps("Ya, hapus identitas saya")
    await siti.waits_for("membatalkannya")
    await siti.says("/hapusdata")
    await siti.taps("Jangan jadi dihapus")
    await siti.waits_for("tidak jadi dihapus")
    await siti.says("/hapusdata")
    await siti.taps("Ya, hapus identitas saya")
    await siti.waits_for("membatalkannya")
    async with town.database.transaction() as session:
        await forget(session, town.clock() + timedelta(days=2, hours=2), town.app.settings)
    town.app.owed.set()
    await siti.waits_for("Pengingat")
    async with town.database.transaction() as session:
        await forget(session, town.clock() + timedelta(days=4), town.app.settings)
    async with town.database.reading() as session:
        assert all(citizen.name != "Siti Aminah" for citizen in (await session.exec(select(Citizen))).all())
    await siti.says(f"/status {number}")
    await siti.waits_for("tidak kami temukan")
    assert await town.set_aside() == []
