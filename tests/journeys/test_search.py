"""Stories of the queue's filters and of looking for a report."""

from storage.tables import Role
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"
CROSSING = "Lampu merah di simpang Juanda mati total sejak pagi, kendaraan semrawut"


async def test_an_officer_filters_the_queue_and_finds_a_report(town: Town) -> None:
    budi, tono = await town.officer("dishub"), await town.officer("dlhk", name="Tono")
    siti = await town.citizen()
    first, second = await town.files(siti, LAMP), await town.files(siti, CROSSING)
    await budi.waits_for(second)
    await budi.says(f"/kasus {first}")
    await budi.taps("Terima")
    await siti.waits_for("sudah diterima")

    await budi.says("/antrian")
    page = await budi.waits_for("(2)")
    assert {"Baru (1)", "Milik saya (1)"} <= set(page.buttons)
    assert not any("Lewat batas" in button for button in page.buttons), "what would show nothing is not offered"
    await budi.taps("Milik saya")
    mine = await budi.waits_for("Milik saya (1)")
    assert (first in mine.text, second in mine.text) == (True, False)
    town.clock.turn(days=60)
    await budi.taps("Semua (2)")
    await budi.taps("Lewat batas (2)")
    await budi.waits_for("Lewat batas (2)")
    await budi.taps("Menurut perihal")
    await budi.taps("Lampu lalu lintas (1)")
    found = await budi.waits_for("Lampu lalu lintas (1)")
    assert second in found.text
    for forged in ("q:topic:nonsense:0", "q:place:9:0", "q:xyz::0", "q:all::99999999999", "q:late::-4"):
        await budi.forges(forged)
    town.clock.turn(days=-60)

    await budi.says("/cari")
    await budi.waits_for("Tulis yang dicari")
    await budi.taps("Hari ini")
    both = await budi.waits_for("Yang cocok")
    assert first in both.text and second in both.text  # noqa: PT018
    await budi.says("/cari simpang juanda")
    one = await budi.waits_for("Yang cocok")
    assert (first in one.text, second in one.text) == (False, True)
    await budi.taps(second)
    await budi.waits_for("semrawut")
    await budi.says(f"/cari {first}")
    await budi.waits_for("tiga malam")
    await budi.says("/cari lampu 1 januari 2020")
    await budi.waits_for("Tidak ada laporan yang cocok")

    await tono.says("/cari lampu")
    await tono.waits_for("Tidak ada laporan yang cocok")
    await tono.says(f"/cari {first}")
    await tono.waits_for("bukan di kantor Anda")
    leader = await town.officer(None, Role.LEADER, "Pak Wali")
    await leader.says("/cari lampu")
    await leader.waits_for(first)
    await siti.says("/cari lampu")
    await siti.waits_for("hanya untuk petugas")
    await siti.forges("c:lampu:0")
    await siti.waits_for_alert("hanya untuk petugas")
    assert await town.set_aside() == []
