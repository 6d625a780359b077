"""Stories of endings: confirmed and rated, not done after all, an objection, silence, four weeks later."""

from bot.schedule import jobs
from bot.simulator import Person
from storage.lifecycle import Status
from storage.standing import standing
from storage.tables import Role
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def done(town: Town, officer: Person, citizen: Person, number: str, words: str = "Lampu sudah diganti") -> None:
    """The office calls it done."""
    await officer.says(f"/kasus {number}")
    await officer.waits_for(number)
    await officer.taps("Selesai")
    await officer.waits_for("penjelasan penyelesaian")
    await officer.says(words)
    await officer.taps("Kirim ke warga")
    await citizen.waits_for("dinyatakan selesai")


async def days_pass(town: Town, days: int, job: jobs.Run) -> None:
    """Ten in the morning of each day, with the job run."""
    for _ in range(days):
        town.clock.turn(days=1)
        async with town.database.transaction() as session:
            await job(session, town.clock(), town.app.settings)
    town.app.owed.set()


async def test_done_says_the_citizen_then_a_rating_and_a_word_and_an_old_button_changes_nothing(town: Town) -> None:
    dishub, siti = await town.officer("dishub"), await town.citizen()
    joko = await town.citizen("Joko")
    number = await town.files(siti, LAMP)
    await done(town, dishub, siti, number)
    told = await siti.waits_for("Apakah benar sudah beres", since=0)
    i = (await town.report(number)).id
    for verb in ("fixed", "reopen", "rate_5", "object", "nudge", "holds", "broke", "said_not", "pick"):
        await joko.forges(f"r:{i}:{verb}")
        await joko.waits_for_alert("tidak kami temukan")
        joko.alerts.clear()
    await siti.taps("Benar selesai")
    asked = await siti.waits_for("Beri nilai 1 sampai 5")
    assert [label[0] for label in asked.buttons[:5]] == list("12345")
    await siti.taps_old(told, "Benar selesai")
    await siti.waits_for_alert("tidak berlaku lagi")
    await siti.taps("4 baik")
    await siti.waits_for("Ada pesan untuk petugas")
    await siti.taps_old(asked, "1 buruk")
    await siti.waits_for_alert("sudah kami catat")
    await siti.says("Cepat dan ramah, terima kasih")
    await siti.waits_for("sudah kami sampaikan")
    await dishub.waits_for("Cepat dan ramah")
    seen = await town.report(number)
    assert (seen.status, seen.rating, seen.rating_note) == (Status.CLOSED, 4, "Cepat dan ramah, terima kasih")
    await siti.says(f"/status {number}")
    assert "Nilai dari Anda: 4 dari 5" in (await siti.waits_for("sudah Anda pastikan")).text
    assert await town.set_aside() == []


async def test_beside_a_rating_a_complaint_may_begin_and_nothing_is_guessed(town: Town) -> None:
    dishub, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    await done(town, dishub, siti, number)
    await siti.taps("Benar selesai")
    await siti.taps("5 hebat")
    await siti.waits_for("Ada pesan")
    await siti.says("Sampah di depan pasar Musi belum diangkut seminggu, baunya menyengat")
    await siti.waits_for("atau laporan baru")
    await siti.taps("Buat laporan baru")
    await siti.waits_for("Di mana tempatnya")
    await siti.says("/batal")
    await siti.waits_for("tidak jadi dikirim")
    assert (await town.report(number)).rating_note == ""


async def test_not_done_takes_a_photo_first_and_then_the_reason(town: Town) -> None:
    dishub, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    due = (await town.report(number)).due_at
    await done(town, dishub, siti, number)
    await siti.taps("Belum")
    await siti.waits_for("Apa yang belum beres")
    await siti.sends_photo()
    await siti.waits_for("tuliskan alasannya")
    await siti.sends_sticker("😡")
    await siti.waits_for("belum bisa membaca")
    await siti.says("Masih padam, ini fotonya")
    await siti.waits_for("kami buka lagi")
    await dishub.waits_for("Masih padam")
    seen = await town.report(number)
    assert (seen.status, seen.due_at, seen.verified_at) == (Status.IN_PROGRESS, due, None)


async def test_a_low_rating_may_go_to_the_head_and_to_diskominfo_whose_word_is_last(town: Town) -> None:
    dishub, siti = await town.officer("dishub"), await town.citizen()
    head = await town.officer("dishub", Role.HEAD, "Ratna")
    other = await town.officer("dlhk", Role.HEAD, "Tono")
    desk = await town.officer(None, Role.TRIAGE, "Rina")
    number = await town.files(siti, LAMP)
    await done(town, dishub, siti, number)
    await siti.taps("Benar selesai")
    await siti.taps("1 buruk")
    await siti.waits_for("ajukan keberatan")
    await siti.taps("Ajukan keberatan")
    await siti.waits_for("Mengapa Anda keberatan")
    await siti.says("Hanya satu dari tiga lampu yang diganti")
    await siti.waits_for("sudah kami teruskan")
    told = await head.waits_for("Hanya satu dari tiga")
    assert "Lampu sudah diganti" in told.text
    i = (await town.report(number)).id
    for stranger, no in ((dishub, "tidak mencakup"), (other, "bukan di kantor"), (siti, "hanya untuk petugas")):
        await stranger.forges(f"k:{i}:appeal_answer:")
        await stranger.waits_for_alert(no)
    await head.taps("Jawab warga")
    await head.waits_for("Tulis jawaban")
    await head.says("Dua lampu lain menunggu suku cadang bulan depan")
    await head.waits_for("Warga akan membaca")
    await head.taps("Kirim ke warga")
    await siti.waits_for("suku cadang")
    await head.taps_old(told, "Kerjakan lagi")
    await head.waits_for_alert("sudah dijawab")
    await siti.taps("Masih keberatan")
    await siti.waits_for("Diskominfo akan memutuskannya")
    await siti.says("Sudah dua bulan dijanjikan begitu")
    await desk.waits_for("tingkat akhir")
    await head.forges(f"k:{i}:appeal_again:")
    await head.waits_for_alert("tidak mencakup")
    await desk.taps("Kerjakan lagi")
    await desk.waits_for("dikerjakan lagi")
    await desk.says("Semua lampu diganti pekan ini")
    await desk.taps("Kirim ke warga")
    await siti.waits_for("diterima. Laporan dibuka lagi")
    await dishub.waits_for("Semua lampu diganti")
    seen = await town.report(number)
    assert (seen.status, seen.appeal, seen.rating) == (Status.ASSIGNED, "done", None)
    assert await town.set_aside() == []


async def test_silence_closes_as_done_says_the_office_and_four_weeks_later_it_may_be_broken_again(town: Town) -> None:
    dishub, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    await done(town, dishub, siti, number)
    siti.mark = siti.now()
    await days_pass(town, 25, jobs.break_silence)
    await siti.waits_for("tidak ada kabar dari Anda, laporan kami tutup")
    await siti.waits_for("kami tutup sebagai selesai menurut dinas")
    await siti.says("/laporanku")
    await siti.waits_for("belum Anda pastikan")
    await siti.taps("Selesai")
    await siti.waits_for("Laporan Anda yang selesai")
    assert standing(await town.report(number)) == "unverified"
    await days_pass(town, 28, jobs.ask_if_it_holds)
    await siti.waits_for("Empat minggu lalu")
    await siti.taps("Rusak lagi")
    card = await siti.waits_for("Periksa dulu")
    assert f"Lanjutan dari {number}" in card.text
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    first, second = await town.reports()
    assert (second.latitude, second.agency_id, second.kind) == (first.latitude, first.agency_id, first.kind)
    assert await town.set_aside() == []


async def test_a_late_office_is_reminded_once_by_the_citizen(town: Town) -> None:
    dishub, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    i = (await town.report(number)).id
    await siti.forges(f"r:{i}:nudge")
    await siti.waits_for_alert("masih punya waktu")
    town.clock.turn(days=35)
    await siti.says("/status")
    seen = await siti.waits_for("sudah lewat")
    await siti.taps("Ingatkan dinas")
    await siti.waits_for("kami ingatkan")
    await dishub.waits_for("Warga mengingatkan")
    await siti.taps_old(seen, "Ingatkan dinas")
    await siti.waits_for("sudah Anda ingatkan pada")
