"""Stories of photos, albums, recordings and documents: one card for an album, ten pieces and no more, more later."""

from sqlmodel import col, select

from bot.simulator import Person
from storage.tables import Attachment, Inbox
from tests.town import PIN, Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def kinds(town: Town) -> list[str]:
    async with town.database.reading() as session:
        return list((await session.exec(select(Attachment.kind).order_by(col(Attachment.id)))).all())


async def sends_album(person: Person, numbers: range, caption: str = "") -> None:
    """Pictures that differ from all others, as one album; the caption is on the first, as apps do."""
    for number in numbers:
        await person.sends_photo(caption if number == numbers[0] else None, album=f"a{numbers[0]}", number=number)


async def test_albums_are_one_message_each_and_everything_may_be_evidence(town: Town) -> None:
    siti = await town.citizen()
    await sends_album(siti, range(4), LAMP)
    await siti.waits_for("Di mana tempatnya", timeout=20)
    await town.settles()
    assert siti.hears.count("Di mana tempatnya") == 1
    await siti.sends_location(*PIN)
    await siti.waits_for("Foto atau berkas: 4")
    for send in (siti.sends_video, siti.sends_document, siti.sends_voice):
        await send()
        await siti.waits_for("Periksa dulu")
    await siti.sends({"video_note": {"file_id": "vn", "file_unique_id": "uvn", "length": 240, "duration": 3}})
    await siti.waits_for("Foto atau berkas: 8")
    await sends_album(siti, range(10, 15), "Tiangnya juga miring")
    await siti.waits_for("Paling banyak 10")
    card = await siti.waits_for("Foto atau berkas: 10")
    assert "Tiangnya juga miring" in card.text
    await town.settles()
    assert siti.hears.count("Paling banyak 10") == 1
    await siti.sends_photo(number=20)
    await siti.waits_for("Paling banyak 10")
    await siti.waits_for("Periksa dulu")
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:", timeout=15)
    assert await kinds(town) == ["photo"] * 4 + ["video", "document", "voice", "video_note"] + ["photo"] * 2
    async with town.database.reading() as session:
        attached = (await session.exec(select(Attachment))).all()
    assert all(piece.purpose == "evidence" and piece.at is not None for piece in attached)

    await siti.taps("Lihat")
    await siti.taps("Tambah keterangan")
    await siti.waits_for("keterangan tambahan")
    await sends_album(siti, range(50, 53), "Malam ini masih mati")
    await siti.waits_for("keterangan untuk", timeout=10)
    await town.settles()
    assert siti.hears.count("keterangan untuk") == 1
    assert len(await kinds(town)) == 13

    joko = await town.citizen("Joko")
    await joko.says("Sampah menumpuk di pinggir jalan sudah seminggu tidak diangkut, bau")
    await sends_album(joko, range(30, 32))
    await joko.says("depan warung Bu Tini")  # it waits its turn behind the album
    await sends_album(joko, range(40, 43))
    await joko.waits_for("Foto atau berkas: 5", timeout=10)
    await joko.taps("Kirim laporan")
    await joko.waits_for("Nomor:")
    assert (await town.reports())[-1].place == "depan warung Bu Tini"
    assert len(await kinds(town)) == 18
    assert await town.count(Inbox, col(Inbox.not_before).is_not(None)) == 17
    assert await town.set_aside() == []
