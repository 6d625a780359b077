"""Stories of an administrator in the chat: offices that change, days off, and what staff write down for others."""

import asyncio
import re
from datetime import date, timedelta

from sqlmodel import select

from bot.schedule.jobs import JOBS
from bot.simulator import Person
from storage import agencies, days, offices
from storage.lifecycle import Status
from storage.tables import Agency, Attempt, Broadcast, Citizen, Report, Role
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def test_an_office_is_created_renamed_and_merged_and_its_work_moves_along(town: Town) -> None:
    admin, budi = town.admin, await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await budi.taps("Terima")
    await budi.waits_for("sedang ditangani")
    await admin.says("/kelola")
    await admin.taps("Kantor")
    await admin.taps("Kantor baru")
    await admin.waits_for("tiga baris")
    await admin.says("Dinas Lampu")
    await admin.waits_for("tepat tiga baris")
    await admin.says("Dinas Lampu dan Taman\nDisluta\nbulan depan")
    await admin.waits_for("belum jelas")
    await admin.says("Dinas Lampu dan Taman\nDisluta\nhari ini")
    await admin.waits_for("Menjawab mulai")
    await admin.taps("Ya, ubah")
    await admin.waits_for("Sudah diubah")
    await admin.forges("ad:rename:disluta")
    await admin.waits_for("Nama baru untuk")
    await admin.says("Dinas Penerangan dan Taman\nDispenta\nhari ini")
    await admin.taps("Ya, ubah")
    await admin.waits_for("Sudah diubah")
    await admin.forges("ad:office:dishub")
    await admin.taps("Gabung atau akhiri")
    await admin.taps("Dispenta")
    await admin.waits_for("Sampai tanggal berapa")
    yesterday = town.clock().date() - timedelta(days=2)
    await admin.says(f"{yesterday:%d-%m-%Y}")
    await admin.waits_for("pindah ke Dinas Penerangan dan Taman")
    await admin.taps("Ya, ubah")
    await siti.waits_for("dialihkan ke Dinas Penerangan dan Taman")
    await budi.waits_for("sekarang ditangani Dinas Penerangan dan Taman")
    report = await town.report(number)
    assert (report.agency_id, report.status) == ("disluta", Status.IN_PROGRESS)
    assert report.officer_id is not None, "who worked on it moves along and goes on"
    await budi.says(f"/kasus {number}")
    await budi.waits_for("Kantor: Dinas Penerangan dan Taman")
    async with town.database.reading() as session:
        heir = await agencies.standing(session, "dishub", town.clock().date())
        assert heir is not None
        assert heir.id == "disluta", "what the map says of an ended office goes to its heir"
    await budi.taps("Riwayat")
    told = (await budi.waits_for("Riwayat DPK")).text
    assert "(Dinas Perhubungan)" in told
    assert "(Dinas Penerangan dan Taman)" in told
    await admin.forges("ad:office:entah")
    await admin.waits_for_alert("tidak kami temukan")
    await budi.says("/kelola")
    await budi.waits_for("tidak mencakup")
    assert await town.set_aside() == []


async def test_topics_days_off_deadlines_and_the_log(town: Town) -> None:
    admin = town.admin
    await admin.says("/kelola")
    await admin.taps("Perihal")
    await admin.waits_for("satu kata")
    await admin.says("zzz")
    await admin.waits_for("tidak kami temukan")
    await admin.says("lampu jalan")
    await admin.taps("Lampu jalan")
    await admin.taps("DLHK")
    await admin.waits_for("Mulai tanggal berapa")
    await admin.says("hari ini")
    await admin.taps("Ya, ubah")
    await admin.waits_for("Sudah diubah")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    assert (await town.report(number)).agency_id == "dlhk"
    due = (await town.report(number)).due_at
    assert due is not None
    await admin.taps("Hari libur")
    await admin.waits_for("Belum ada")
    await admin.taps("Tambah hari libur")
    await admin.waits_for("dua baris")
    await admin.says(f"{due:%d-%m-%Y}")
    await admin.waits_for("tulis dua baris")
    await admin.says(f"{due:%d-%m-%Y}\nHari jadi kota")
    await admin.taps("Ya, ubah")
    await admin.waits_for("Sudah diubah")
    await town.app.refresh.look()
    assert not town.app.intake.calendar.works(due.date())
    await admin.taps("Hari libur")
    await admin.taps(f"Hapus {due:%d-%m-%Y}")
    await admin.taps("Ya, ubah")
    await admin.waits_for("Sudah diubah")
    await admin.taps("Batas waktu")
    await admin.waits_for("14 hari")
    await admin.taps("Kembali")
    await admin.taps("Catatan sistem")
    await admin.taps("hanya kegagalan")
    await admin.taps("Tidak jadi")
    await admin.waits_for("tidak jadi")
    kept = await town.count(Attempt, Attempt.action == "administer", Attempt.allowed == True)  # noqa: E712
    assert kept > 10
    assert await town.set_aside() == []


async def test_an_answer_on_file_is_written_changed_and_ended_and_citizens_get_it_at_once(town: Town) -> None:
    admin, siti = town.admin, await town.citizen()
    asked = "/tanya Pendaftaran lomba layang-layang hias sampai kapan?"
    await admin.says("/kelola")
    await admin.taps("Jawaban siap")
    await admin.taps("Jawaban baru")
    await admin.waits_for("satu baris satu pertanyaan")
    await admin.says("Kapan lomba layang-layang?")
    await admin.waits_for("paling sedikit dua")
    await admin.says("Kapan pendaftaran lomba layang-layang hias?\nlomba layang-layang hias daftar sampai kapan")
    await admin.waits_for("Jawaban baru untuk")
    await admin.says("Pendaftaran dibuka sampai 30 Juni.")
    await admin.waits_for("Di mana warga bisa bertanya")
    await admin.says("Disporyata, loket 2")
    await admin.waits_for("Begini warga akan membacanya")
    await admin.taps("Ya, ubah")
    await admin.waits_for("Sudah diubah")
    await answered(siti, asked, "sampai 30 Juni")
    await admin.taps("Jawaban siap")
    await admin.says("layang")
    await admin.taps("Kapan pendaftaran lomba layang-layang hias?")
    await admin.waits_for("Ditulis oleh kota")
    await admin.taps("Ganti jawaban")
    await admin.says("Pendaftaran diperpanjang sampai 15 Juli.")
    await admin.taps("Tempatnya tetap")
    await admin.waits_for("loket 2")
    await admin.taps("Ya, ubah")
    await admin.waits_for("Sudah diubah")
    await answered(siti, asked, "sampai 15 Juli")
    await admin.taps("Jawaban siap")
    await admin.says("layang")
    await admin.taps("Kapan pendaftaran lomba layang-layang hias?")
    await admin.taps("Akhiri")
    await admin.taps("Ya, ubah")
    await admin.waits_for("Sudah diubah")
    await answered(siti, asked, "Di mana tempatnya")
    await admin.forges("ad:faq:entah")
    await admin.waits_for_alert("tidak kami temukan")
    assert await town.set_aside() == []


async def answered(citizen: Person, asked: str, words: str) -> None:
    """Ask until the service has looked at what was changed; it does so at once, beside the answer to the officer."""
    for _ in range(20):
        await citizen.says("/batal")
        await citizen.says(asked)
        said = await citizen.waits_for(re.compile("Tempat bertanya|Di mana tempatnya"))
        if words in said.text:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(said.text)


async def test_a_boundary_rule_is_moved_switched_off_and_put_back(town: Town) -> None:
    admin, example = town.admin, "Petugas kelurahan judes dan membentak warga"

    async def change(*buttons: str) -> str | None:
        """The office that such a report goes to afterwards."""
        await admin.says("/kelola")
        await admin.taps("Aturan batas")
        await admin.says("judes")
        for button in (example, *buttons, "Ya, ubah"):
            await admin.taps(button)
        await admin.waits_for("Sudah diubah")
        await town.app.refresh.look()
        return town.app.intake.look(example).agency

    assert town.app.intake.look(example).agency == "kecamatan"
    assert await change("Matikan aturan") == "kelurahan"
    assert await change("Ganti kantornya", "Dinkes") == "dinkes"
    assert await change("Kembalikan seperti bawaan") == "kecamatan"
    await admin.says("/kelola")
    await admin.taps("Aturan batas")
    await admin.says("zzz")
    await admin.waits_for("tidak kami temukan")
    async with town.database.reading() as session:
        assert await days.rules(session) == {}
    assert await town.set_aside() == []


async def test_a_report_is_written_down_at_the_counter_and_entered_into_sp4n(town: Town) -> None:
    budi, rina = await town.officer("dishub"), await town.officer(None, Role.TRIAGE, "Rina")
    await rina.says("/catat")
    await rina.waits_for("Tulis laporan")
    await rina.says("...")
    await rina.waits_for("Mohon tuliskan")
    await rina.says(LAMP)
    await rina.waits_for("Di mana tempatnya")
    await rina.says("Jalan Margonda dekat stasiun")
    await rina.waits_for("nama pelapornya")
    await rina.taps("Lewati")
    await rina.taps("Telepon")
    await rina.waits_for("Dinas Perhubungan")
    await rina.taps("Catat laporan")
    told = await rina.waits_for("Untuk dibacakan: D P K")
    number = next(word for word in told.text.split() if word.startswith("DPK-"))
    await budi.waits_for(number)
    report = await town.report(number)
    assert (report.source, report.agency_id) == ("phone", "dishub")
    assert report.entered_by is not None
    assert await town.count(Citizen, Citizen.id == report.citizen_id, Citizen.chat_id == None) == 1  # noqa: E711
    await budi.taps("Terima")
    await budi.waits_for("sedang ditangani")
    await rina.says("/sp4n")
    await rina.waits_for("nomor pelacakan")
    await rina.says(f"/sp4n {number} 1")
    await rina.waits_for("tidak lazim")
    await rina.says(f"/sp4n {number} 12345678")
    await rina.waits_for("12345678")
    assert (await town.report(number)).sp4n_number == "12345678"
    assert await town.set_aside() == []


async def test_a_template_is_written_by_the_head_and_used_by_the_officers(town: Town) -> None:
    head, budi = await town.officer("dishub", Role.HEAD, "Ratna"), await town.officer("dishub")
    await head.says("/templat")
    await head.waits_for("Belum ada templat")
    await head.taps("Templat baru")
    await head.waits_for("{nomor}")
    await head.says("Lampu dicek\nLaporan {nomer} kami cek.")
    await head.waits_for("tidak kami kenal")
    await head.says("Lampu dicek\nLaporan {nomor} kami cek sebelum {batas}. Salam, {dinas}.")
    await head.waits_for("Laporan DPK-26-000123 kami cek sebelum Senin")
    await head.taps("Simpan untuk satu perihal")
    await head.says("lampu jalan")
    await head.taps("Lampu jalan mati")
    await head.waits_for("Templat jawaban")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await budi.taps("Minta info")
    await budi.taps("Lampu dicek")
    await budi.waits_for(f"Laporan {number} kami cek sebelum")
    await budi.taps("Kirim ke warga")
    await siti.waits_for("Salam, Dinas Perhubungan.")
    await budi.says("/templat")
    await budi.waits_for("tidak mencakup")
    await head.taps("Lampu dicek")
    await head.taps("Hapus")
    await head.taps("Ya, hapus")
    await head.waits_for("Belum ada templat")
    await town.admin.forges("tp:see:1")
    await town.admin.waits_for_alert("tidak kami temukan")
    assert await town.set_aside() == []


async def test_a_message_to_all_is_counted_and_confirmed_twice(town: Town) -> None:
    siti, joko = await town.citizen(), await town.citizen("Joko")
    for person in (siti, joko):
        await town.files(person, f"{LAMP} di rumah {person.name}")
    await town.admin.says("/siaran")
    await town.admin.says("Sabtu ini ada kerja bakti <b>bersama</b>.")
    await town.admin.taps("Semua warga")
    await town.admin.waits_for("2 orang")
    await town.admin.taps("Lanjut")
    assert await town.count(Broadcast) == 0
    await town.admin.taps("Ya, kirim ke 2 orang")
    await town.admin.waits_for("mulai dikirim")
    job = next(job for job in JOBS if job.name == "broadcasts")
    assert await town.app.clockwork.do(job) == 2
    assert await town.app.clockwork.do(job) == 0
    for person in (siti, joko):
        await person.waits_for("kerja bakti <b>bersama</b>", since=0)
    assert await town.count(Broadcast, Broadcast.state == "done", Broadcast.owed == 2) == 1


async def test_a_person_is_blocked_by_the_number_of_a_report(town: Town) -> None:
    siti, rina = await town.citizen(), await town.officer(None, Role.TRIAGE, "Rina")
    number = await town.files(siti, LAMP)
    await rina.says(f"/blokir {number}")
    await rina.waits_for("tuliskan penjelasannya")
    await rina.says(f"/blokir {number} Mengirim iklan berulang kali")
    asked = await rina.waits_for("tidak akan bisa melapor")
    assert "Siti" not in asked.text
    await rina.taps("Ya, blokir")
    await siti.waits_for("Mengirim iklan berulang kali")
    assert await town.count(Citizen, Citizen.blocked_at != None) == 1  # noqa: E711
    await rina.says(f"/bukablokir {number}")
    await siti.waits_for("sudah bisa mengirim")
    assert await town.count(Citizen, Citizen.blocked_at != None) == 0  # noqa: E711
    await siti.says(f"/blokir {number} balas")
    await siti.waits_for("hanya untuk petugas")


async def test_history_keeps_the_name_of_its_day(database) -> None:  # type: ignore[no-untyped-def]
    today = date(2026, 11, 24)
    async with database.transaction() as session:
        session.add(Agency(id="x", name="Dinas Lama", short="DL", scope="city", starts_on=date(2020, 1, 1)))
        await session.flush()
        await offices.rename(session, "x", "Dinas Baru", "DB", date(2027, 1, 1), today)
        assert (await session.get_one(Agency, "x")).name == "Dinas Lama"
        assert await offices.use_names(session, date(2027, 1, 1)) == 1
        assert (await session.get_one(Agency, "x")).name == "Dinas Baru"
        assert await offices.name_on(session, "x", date(2026, 12, 31)) == "Dinas Lama"
        assert await offices.name_on(session, "x", date(2027, 6, 1)) == "Dinas Baru"
        assert (await session.exec(select(Report))).all() == []
