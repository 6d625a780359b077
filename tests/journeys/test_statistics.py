"""Stories of figures: an office's own, the city's, any dates, and who may not."""

from storage.tables import Attempt, Outbox, Role
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def test_an_office_sees_its_own_figures_and_the_leader_the_city(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    await town.files(siti, LAMP)
    await dishub.says("/statistik")
    said = await dishub.waits_for("Statistik Dinas Perhubungan", timeout=30)
    assert "Masuk: 1" in said.text
    assert "photo" in said.raw, "the figures are drawn, too"
    assert "Seluruh kota" not in said.text
    await dishub.taps("Tahun ini")
    assert "1 Januari" in (await dishub.waits_for("Statistik Dinas Perhubungan", timeout=30)).text

    leader = await town.officer(None, Role.LEADER, "Walikota")
    await leader.says("/statistik")
    assert "Masuk: 1" in (await leader.waits_for("Statistik Seluruh kota", timeout=30)).text
    await leader.taps("Pilih kantor")
    await leader.taps("DLHK")
    await leader.waits_for("Belum ada laporan masuk", timeout=30)


async def test_any_dates_may_be_asked_for_in_words(town: Town) -> None:
    dishub = await town.officer("dishub")
    await dishub.says("/statistik 1-15 nop 2025")
    await dishub.waits_for("1–15 November 2025", timeout=30)
    await dishub.taps("Rentang sendiri")
    await dishub.waits_for("tanggal awal dan akhirnya")
    for wrong, answer in (
        ("kemarin lusa", "belum kami mengerti"),
        ("31 februari 2026", "belum kami mengerti"),
        ("5-1 Mei 2026", "mendahului"),
        ("01/01/2024 - 31/12/2026", "terlalu panjang"),
    ):
        await dishub.says(wrong)
        await dishub.waits_for(answer)
    await dishub.says("28 Des 2025 s.d. 03/01/2026")
    await dishub.waits_for("28 Desember 2025 – 3 Januari 2026", timeout=30)
    await dishub.says("/statistik 2026-11-23")
    await dishub.waits_for("masuk 23 November 2026", timeout=30)
    assert await town.set_aside() == []


async def test_figures_of_others_stay_with_them(town: Town) -> None:
    dlhk = await town.officer("dlhk", name="Tono")
    joko = await town.citizen("Joko")
    await joko.says("/statistik")
    await joko.waits_for("hanya untuk petugas")
    await dlhk.says("/statistik")
    await dlhk.waits_for("Statistik Dinas Lingkungan Hidup", timeout=30)
    await dlhk.forges("stat:month:dishub")
    await dlhk.waits_for("Statistik Dinas Lingkungan Hidup", timeout=30)
    for data in ("stat:offices:", "stat:month:", "stat:own:x"):
        await joko.forges(data)
        await joko.waits_for_alert("hanya untuk petugas")
    await dlhk.forges("stat:offices:")
    await dlhk.waits_for_alert("tidak mencakup")
    await town.admin.forges("stat:month:entah")
    await town.admin.waits_for_alert("tidak berlaku")
    assert await town.count(Attempt, Attempt.action == "statistics", Attempt.allowed == False) >= 4  # noqa: E712
    assert await town.count(Outbox, Outbox.notice == "statistics", Outbox.chat_id == joko.id) == 0
