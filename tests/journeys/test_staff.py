"""Stories of officers: the desk, questions, transfers, refusals; wrong roles and races."""

import asyncio

import pytest

from bot.menus import STAFF
from bot.simulator import Person
from storage.lifecycle import Status
from storage.tables import Attempt, Role
from tests.town import PIN, Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def unsure(town: Town, citizen: Person) -> str:
    """A report that the citizen leaves to the desk."""
    await citizen.says(LAMP)
    await citizen.waits_for("Di mana tempatnya")
    await citizen.sends_location(*PIN)
    await citizen.taps("Ubah")
    await citizen.taps("Ubah tujuan")
    await citizen.taps("Biar petugas")
    await citizen.taps("Kirim laporan")
    receipt = await citizen.waits_for("Nomor:")
    return next(word for word in receipt.text.split() if word.startswith("DPK-"))


async def test_the_desk_chooses_the_office_where_the_classifier_did_not(town: Town) -> None:
    desk = await town.officer(None, Role.TRIAGE, "Rina")
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await unsure(town, siti)
    await desk.waits_for("Perlu ditentukan dinasnya")
    await desk.taps("Alihkan")
    await desk.taps("Dinas Perhubungan")
    await siti.waits_for("sudah kami teruskan ke Dinas Perhubungan")
    await dishub.waits_for(number)
    assert (await town.report(number)).status is Status.ASSIGNED


async def test_a_question_and_its_answer(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await dishub.waits_for(number)
    await dishub.taps("Terima")
    await dishub.taps("Minta info")
    await dishub.waits_for("Tulis pertanyaan")
    await dishub.says("Tiang nomor berapa ya?")
    await dishub.taps("Tulis ulang")
    await dishub.says("Boleh tahu nomor tiangnya?")
    await dishub.taps("Kirim ke warga")
    await siti.waits_for("nomor tiangnya")
    await siti.taps("Jawab pertanyaan")
    await siti.waits_for("tulis jawaban")
    await siti.says("Tiang nomor 17, dekat pos ronda")
    await siti.waits_for("Penanganan dilanjutkan")
    await dishub.waits_for("Tiang nomor 17")
    assert (await town.report(number)).status is Status.IN_PROGRESS


async def test_a_refusal_needs_words_and_the_citizen_reads_them(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await dishub.waits_for(number)
    await dishub.taps("Tolak")
    await dishub.taps("Alasan lain")
    await dishub.waits_for("Tulis alasan")
    await dishub.says("...")
    await dishub.waits_for("tuliskan penjelasannya")
    await dishub.says("x" * 2001)
    await dishub.waits_for("terlalu panjang")
    await dishub.sends_sticker("👍")
    await dishub.waits_for("dengan kata-kata")
    await dishub.says("/batal")
    await dishub.waits_for("tidak jadi")
    await dishub.taps("Tolak")
    await dishub.taps("Alasan lain")
    await dishub.waits_for("Tulis alasan")
    await dishub.says("Lokasinya di dalam <b>lahan pribadi</b> & bukan jalan umum.")
    await dishub.taps("Kirim ke warga")
    told = await siti.waits_for("lahan pribadi")
    assert "<b>lahan pribadi</b> & bukan" in told.text, "what an officer types is shown as typed"
    assert (await town.report(number)).status is Status.REJECTED


async def test_a_transfer_has_a_reason_and_keeps_its_due_date(town: Town) -> None:
    dishub, dlhk = await town.officer("dishub"), await town.officer("dlhk", name="Tono")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    due = (await town.report(number)).due_at
    await dishub.waits_for(number)
    await dishub.taps("Alihkan")
    await dishub.taps("Dinas lain")
    await dishub.taps("DLHK")
    await dishub.waits_for("Tulis mengapa")
    await dishub.says("Lampunya di dalam taman kota")
    await dishub.waits_for("sudah dialihkan ke Dinas Lingkungan Hidup")
    await siti.waits_for("dialihkan ke Dinas Lingkungan Hidup")
    card = await dlhk.waits_for(number)
    assert "Lampunya di dalam taman kota" in card.text
    report = await town.report(number)
    assert (report.agency_id, report.status, report.due_at) == ("dlhk", Status.ASSIGNED, due)


async def test_back_to_the_desk_and_out_of_the_city(town: Town) -> None:
    desk = await town.officer(None, Role.TRIAGE, "Rina")
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await dishub.waits_for(number)
    await dishub.taps("Alihkan")
    await dishub.taps("Kembalikan ke meja triase")
    await dishub.says("Bukan urusan kami")
    await siti.waits_for("carikan dinas yang tepat")
    await desk.waits_for(number)
    await desk.taps("Alihkan")
    await desk.taps("Instansi di luar kota")
    await desk.taps("PLN")
    await siti.waits_for("di luar pemerintah kota")
    assert (await town.report(number)).status is Status.REFERRED


async def test_the_citizen_reopens_what_is_not_fixed(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await dishub.waits_for(number)
    await dishub.taps("Selesai")
    await dishub.says("Sudah diganti")
    await dishub.taps("Kirim ke warga")
    await siti.waits_for("dinyatakan selesai")
    await siti.taps("Belum")
    await siti.waits_for("Apa yang belum beres")
    await siti.says("Masih padam")
    await siti.waits_for("kami buka lagi")
    await dishub.waits_for("Masih padam")
    assert (await town.report(number)).status is Status.IN_PROGRESS


async def test_photos_the_pin_and_the_history_on_demand(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    await siti.sends_album(3, LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    await siti.sends_voice()
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    await dishub.waits_for("Laporan baru")
    await dishub.taps("Lihat foto (4)")
    await dishub.waits_for("Lampiran DPK-")
    await dishub.taps("Lihat peta")
    await dishub.taps("Riwayat")
    await dishub.waits_for("laporan dibuat")
    await town.settles()
    assert [sent.method for sent in town.simulator.sent if sent.chat_id == dishub.id][-4:] == [
        "sendMediaGroup", "sendVoice", "sendLocation", "sendMessage",
    ]  # fmt: skip


async def test_the_queue_lists_what_waits_page_by_page(town: Town) -> None:
    dishub = await town.officer("dishub")
    await dishub.says("/antrian")
    await dishub.waits_for("Tidak ada yang menunggu")
    siti = await town.citizen()
    numbers = [await town.files(siti, f"{LAMP}, tiang nomor {n}") for n in range(6)]
    await dishub.says("/antrian")
    page = await dishub.waits_for("(6)")
    assert numbers[0] in page.text
    assert numbers[5] not in page.text
    await dishub.taps("Berikutnya")
    await dishub.waits_for(numbers[5])
    await dishub.taps(numbers[5])
    await dishub.waits_for("tiang nomor 5")
    await dishub.says(f"/kasus {numbers[0]}")
    await dishub.waits_for("tiang nomor 0")
    await dishub.says("/kasus 4711")
    await dishub.waits_for("tidak kami temukan")


async def test_two_officers_press_accept_at_once_and_one_is_told(town: Town) -> None:
    first, second = await town.officer("dishub"), await town.officer("dishub", name="Tono")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await asyncio.gather(first.waits_for(number), second.waits_for(number))
    await asyncio.gather(first.taps("Terima"), second.taps("Terima"))
    await town.settles()
    told = [alert.text for officer in (first, second) for alert in officer.alerts if alert.text]
    assert len([text for text in told if "Anda terima" in text]) == 1
    assert len([text for text in told if "rekan Anda" in text]) == 1
    assert (await town.report(number)).officer_id is not None


async def test_strangers_and_other_offices_get_a_polite_no_that_is_recorded(town: Town) -> None:
    await town.officer("dishub")
    dlhk = await town.officer("dlhk", name="Tono")
    siti, joko = await town.citizen(), await town.citizen("Joko")
    number = await town.files(siti, LAMP)
    report = await town.report(number)
    for verb in ("accept", "transfer", "ask", "resolve", "reject", "see", "files", "pin", "history", "to"):
        await joko.forges(f"k:{report.id}:{verb}:dlhk")
        await joko.waits_for_alert("hanya untuk petugas")
        await dlhk.forges(f"k:{report.id}:{verb}:dlhk")
        await dlhk.waits_for_alert("bukan di kantor Anda")
    for command in ("/antrian", "/undang", f"/kasus {number}"):
        await joko.says(command)
        await joko.waits_for("hanya untuk petugas")
    await dlhk.says("/undang")
    await dlhk.waits_for("tidak mencakup")
    await dlhk.says(f"/kasus {number}")
    await dlhk.waits_for("bukan di kantor Anda")
    for verb in ("see", "withdraw_yes", "fixed", "answer", "reopen", "dispute", "add"):
        await joko.forges(f"r:{report.id}:{verb}")
        await joko.waits_for_alert("tidak kami temukan")
    await town.settles()
    assert await town.count(Attempt, Attempt.allowed == False) == 25  # noqa: E712
    assert (await town.report(number)).status is Status.ASSIGNED
    assert await town.set_aside() == []


async def test_an_invitation_is_for_one_person_once(town: Town) -> None:
    await town.admin.says("/undang")
    await town.admin.waits_for("tugas apa")
    await town.admin.taps("Petugas")
    await town.admin.taps("Dishub")
    link = (await town.admin.waits_for("https://t.me/")).text
    token = link.split("?start=")[1].split()[0]
    budi, tono, nobody = (town.simulator.person(name) for name in ("Budi", "Tono", "Entah"))
    await budi.starts(token)
    await budi.waits_for("Selamat datang, Budi")
    await tono.starts(token)
    await tono.waits_for("sudah dipakai")
    await nobody.starts("undangan-salah")
    await nobody.waits_for("tidak kami kenal")
    await budi.says("/antrian")
    await budi.waits_for("Tidak ada yang menunggu")


async def test_an_invitation_ends_after_a_week(town: Town) -> None:
    await town.admin.says("/undang")
    await town.admin.taps("Petugas triase")
    token = (await town.admin.waits_for("https://t.me/")).text.split("?start=")[1].split()[0]
    town.clock.turn(days=8)
    late = town.simulator.person("Telat")
    await late.starts(token)
    await late.waits_for("lewat waktunya")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.TRIAGE])
async def test_help_shows_each_role_its_commands(town: Town, role: Role) -> None:
    officer = town.admin if role is Role.ADMIN else await town.officer(None, role, "Rina")
    await officer.says("/bantuan")
    said = await officer.waits_for("Untuk petugas")
    for command in STAFF[role]:
        assert f"/{command} - " in said.text
    assert ("/undang" in said.text) == (role is Role.ADMIN)
