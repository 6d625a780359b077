"""The whole way once: a citizen writes, the right office acts, the citizen hears of it."""

from tests.town import Town


async def test_a_complaint_becomes_work_at_the_right_office_and_an_answer_comes_back(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali")

    await dishub.waits_for(number)
    await dishub.taps("Terima")
    await siti.waits_for("sedang ditangani")
    await dishub.taps("Selesai")
    await dishub.waits_for("penjelasan penyelesaian")
    await dishub.says("Lampu sudah kami ganti dengan LED baru.")
    await dishub.waits_for("Warga akan membaca")
    await dishub.taps("Kirim ke warga")
    await siti.waits_for("LED baru")
    await siti.taps("Benar selesai")
    await siti.waits_for("Senang mendengar")
    await dishub.waits_for("memastikan")

    assert [report.status for report in await town.reports()] == ["closed"]
    assert await town.set_aside() == []
