"""A proof shows something new: the same view is refused also as another file, in another size or format."""

import asyncio
import io
from typing import Any

from PIL import Image
from sqlmodel import select

from bot.outgoing.pictures import fingerprint
from bot.simulator.files import sample_picture
from storage.lifecycle import Status
from storage.tables import Attachment, Picture
from tests.town import PIN, Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


def again(number: int) -> bytes:
    """The same view as a smaller JPEG: other bytes, another file."""
    picture, out = Image.open(io.BytesIO(sample_picture(number))).convert("RGB"), io.BytesIO()
    picture.resize((200, 150)).save(out, "JPEG", quality=60)
    return out.getvalue()


async def looked_at(town: Town, many: int) -> None:
    """Wait until so many photos have their fingerprint."""
    async with asyncio.timeout(15):
        while await town.count(Picture, Picture.fingerprint != None) < many:  # noqa: E711
            await asyncio.sleep(0.1)


async def test_the_same_view_proves_nothing_twice(database_url: str, classifier: Any) -> None:
    async with Town.running(database_url, classifier, demand_proof=True, compare_pictures=True) as town:
        budi, siti = await town.officer("dishub"), await town.citizen()
        await siti.sends_photo(caption=LAMP, number=1)
        await siti.waits_for("Di mana tempatnya")
        await siti.sends_location(*PIN)
        await siti.taps("Kirim laporan")
        await siti.waits_for("Nomor:")
        await budi.taps("Selesai")
        await budi.sends_photo("Lampunya sudah diganti", content=again(1))
        await budi.waits_for("Warga akan membaca")
        await looked_at(town, 2)  # the officer's, and the citizen's beside it
        await budi.taps("Kirim ke warga")
        await budi.waits_for_alert("tampak sama")
        await budi.taps("Tulis ulang")
        await budi.sends_photo("Lampunya sudah diganti", number=2)
        await budi.waits_for("Warga akan membaca")
        await looked_at(town, 3)
        await budi.taps("Kirim ke warga")
        await siti.waits_for("Lampunya sudah diganti")
        assert (await town.reports())[0].status is Status.RESOLVED
        async with town.database.reading() as session:
            kept = (await session.exec(select(Attachment.fingerprint).order_by(Attachment.id))).all()  # type: ignore[arg-type]
        assert kept == [fingerprint(sample_picture(1)), fingerprint(sample_picture(2))]
        number = await town.files(siti, "Lampu di perempatan Jalan Cempaka juga mati sejak kemarin malam, gelap")
        await budi.says(f"/kasus {number}")
        await budi.taps("Selesai")
        await budi.sends_photo("Beres", content=again(2))  # what proved the other report
        await looked_at(town, 4)
        await budi.taps("Kirim ke warga")
        await budi.waits_for_alert("tampak sama")
        assert await town.set_aside() == []


def test_what_is_no_picture_has_no_fingerprint() -> None:
    assert fingerprint(b"PK\x03\x04 no picture") is None
    assert fingerprint(sample_picture(3)[:200]) is None
