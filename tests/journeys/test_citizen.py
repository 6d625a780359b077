"""Stories of citizens: writing, placing, correcting, following, taking back."""

import re

from storage.lifecycle import Status
from tests.town import PIN, Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def test_the_shortest_way_is_write_pin_send(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    await siti.waits_for("Dinas Perhubungan")
    await siti.taps("Kirim laporan")
    receipt = await siti.waits_for("Nomor:")
    assert "DPK-" in receipt.text
    assert "paling lambat" in receipt.text
    (report,) = await town.reports()
    assert (report.agency_id, report.status, report.latitude) == ("dishub", Status.ASSIGNED, PIN[0])


async def test_the_place_by_buttons(town: Town) -> None:
    siti = await town.citizen()
    await siti.says("/lapor")
    await siti.waits_for("Silakan ceritakan")
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.taps("Pilih kecamatan")
    await siti.taps("Beji")
    await siti.taps("Kukusan")
    card = await siti.waits_for("Kel. Kukusan, Kec. Beji")
    assert "Periksa dulu" in card.text
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await town.reports()
    assert (report.kecamatan, report.kelurahan) == ("Beji", "Kukusan")


async def test_the_place_in_words_and_a_photo_with_a_caption(town: Town) -> None:
    siti = await town.citizen()
    await siti.sends_photo(caption=LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.says("depan warung Bu Tini, Jalan Melati")
    card = await siti.waits_for("Periksa dulu")
    assert "Foto atau berkas: 1" in card.text
    await siti.sends_photo(number=2)
    await siti.waits_for("Foto atau berkas: 2")
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await town.reports()
    assert report.place == "depan warung Bu Tini, Jalan Melati"


async def test_a_pin_or_a_photo_may_come_first(town: Town) -> None:
    siti = await town.citizen()
    await siti.sends_location(*PIN)
    await siti.waits_for("Lokasinya sudah kami catat")
    await siti.sends_photo()
    await siti.waits_for("sudah kami simpan")
    await siti.says(LAMP)
    await siti.waits_for("Periksa dulu")


async def test_everything_on_the_card_can_be_corrected(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.taps("Tidak ada tempat khusus")
    await siti.waits_for("Tempat: tidak disebut")

    await siti.taps("Ubah")
    await siti.taps("Ubah isi")
    await siti.says("Sampah di pinggir jalan menumpuk seminggu belum diangkut, bau")
    await siti.waits_for("menumpuk seminggu")
    await siti.taps("Ubah")
    await siti.taps("Ubah tempat")
    await siti.waits_for("Di mana tempatnya")
    await siti.says("depan pasar Musi")
    await siti.waits_for("depan pasar Musi")
    await siti.taps("Ubah")
    await siti.taps("Ubah jenis")
    await siti.taps("Aspirasi")
    await siti.waits_for("Jenis: Aspirasi")
    await siti.taps("Ubah")
    await siti.taps("Ubah tujuan")
    await siti.taps("Biar petugas")
    await siti.waits_for("dipilihkan petugas")
    await siti.taps("Ubah")
    await siti.taps("Kembali")
    await siti.waits_for("Periksa dulu")
    await siti.taps("Kirim laporan")
    await siti.waits_for("sedang menentukan dinas")
    (report,) = await town.reports()
    assert (report.status, report.kind, report.place) == (Status.TRIAGE, "aspirasi", "depan pasar Musi")
    assert "menumpuk" in report.text


async def test_words_while_the_card_lies_there_are_added(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    await siti.waits_for("Periksa dulu")
    await siti.says("Tiangnya juga miring")
    await siti.waits_for("sudah kami tambahkan")
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await town.reports()
    assert "Tiangnya juga miring" in report.text


async def test_cancelling_at_every_step_leaves_nothing(town: Town) -> None:
    siti = await town.citizen()
    await siti.says("/batal")
    await siti.waits_for("Tidak ada laporan yang sedang ditulis")
    await siti.says("/lapor")
    await siti.waits_for("Silakan ceritakan")
    await siti.says("/batal")
    await siti.waits_for("tidak jadi dikirim")
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.taps("Batal")
    await siti.waits_for("tidak jadi dikirim")
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    await siti.waits_for("Periksa dulu")
    await siti.taps("Batal")
    await siti.waits_for("tidak jadi dikirim")
    assert await town.reports() == []


async def test_danger_hears_the_emergency_numbers_first(town: Town) -> None:
    siti = await town.citizen()
    await siti.says("Tolong kebakaran rumah di gang sebelah, api sudah besar, ada orang di dalam!")
    lines = [await siti.waits_for("112"), await siti.waits_for("Di mana tempatnya")]
    assert lines[0].message_id < lines[1].message_id
    await siti.sends_location(*PIN)
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await town.reports()
    assert report.urgent


async def test_a_body_outside_the_city_is_named_at_once_and_can_be_disputed(town: Town) -> None:
    desk = await town.officer(None, role="triage", name="Rina")  # type: ignore[arg-type]
    siti = await town.citizen()
    number = await town.files(siti, "Listrik padam di rumah kami sejak subuh, token PLN masih banyak, mohon dicek PLN")
    assert "PLN" in siti.hears
    assert (await town.report(number)).status is Status.REFERRED
    await siti.taps("Ini urusan kota")
    await siti.waits_for("memeriksa lagi")
    await desk.waits_for(number)
    assert (await town.report(number)).status is Status.TRIAGE


async def test_greetings_are_answered_kindly_and_may_still_be_reports(town: Town) -> None:
    siti = await town.citizen()
    await siti.says("Selamat pagi, semoga sehat selalu admin")
    await siti.waits_for("sudah menyapa")
    await siti.taps("Ini memang laporan")
    await siti.waits_for("Di mana tempatnya")


async def test_who_asks_how_far_it_is_sees_their_running_reports(town: Town) -> None:
    siti, other = await town.citizen(), await town.citizen("Rina")
    number = await town.files(siti, LAMP)
    await siti.says("udah sampe mana pak?")
    shown = await siti.waits_for("masih berjalan")
    assert number in shown.text
    assert shown.buttons == (number, "Ini memang laporan")
    await siti.taps(number)
    await siti.waits_for(re.compile(f"{number}.*Dinas Perhubungan", re.DOTALL))
    await other.says("udah sampe mana pak?")  # nobody else's
    assert number not in (await other.waits_for("sudah menyapa")).text


async def test_who_only_announces_a_report_is_asked_for_it(town: Town) -> None:
    siti = await town.citizen()
    for words in ("assalamualaikum pak mau lapor", "min mau nanya dong", "Pengaduan"):
        await siti.says(words)
        await siti.waits_for("Silakan ceritakan")
    await town.files(siti, LAMP)
    (report,) = await town.reports()
    assert report.text == LAMP


async def test_words_with_a_number_land_on_that_report(town: Town) -> None:
    siti, other, officer = await town.citizen(), await town.citizen("Rina"), await town.officer("dishub")
    number = await town.files(siti, LAMP)
    await officer.waits_for(number)
    await siti.says(f"mana nih belum ada tanggapan {number.lower()}")
    await siti.waits_for(re.compile(f"{number}.*kami teruskan|kami teruskan.*{number}", re.DOTALL))
    await officer.waits_for("belum ada tanggapan")
    await other.says(f"lampu di {number} punya tetangga saya masih mati gelap")  # not theirs: a report of their own
    await other.waits_for("Di mana tempatnya")
    assert len(await town.reports()) == 1


async def test_a_greeting_does_not_stick_to_the_complaint_that_follows(town: Town) -> None:
    siti = await town.citizen()
    await siti.says("Selamat pagi, semoga sehat selalu admin")
    await siti.waits_for("sudah menyapa")
    await town.files(siti, LAMP)
    (report,) = await town.reports()
    assert report.text == LAMP


async def test_the_list_the_number_and_the_view(town: Town) -> None:
    siti, joko = await town.citizen(), await town.citizen("Joko")
    await siti.says("/laporanku")
    await siti.waits_for("belum punya laporan")
    number = await town.files(siti, LAMP)
    await siti.says("/laporanku")
    await siti.waits_for(number)
    await siti.says(f"/status {number.lower()}")
    seen = await siti.waits_for("Diteruskan ke dinas")
    assert "●" in seen.text
    await siti.says(number)
    await siti.waits_for("Keadaan")
    await siti.says("/status")
    await siti.waits_for("Keadaan")
    await siti.says("1")
    await siti.waits_for("Keadaan")
    await joko.says("/status")
    await joko.waits_for("Laporan yang mana")
    for asked in (f"/status {number}", "/status 999999", "/status abc"):
        await joko.says(asked)
        await joko.waits_for("tidak kami temukan")


async def test_a_report_can_be_taken_back_until_it_has_ended(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await dishub.waits_for(number)
    await siti.taps("Lihat")
    await siti.taps("Batalkan laporan")
    await siti.taps("Tidak jadi")
    await siti.taps("Batalkan laporan")
    asked = await siti.waits_for("Yakin membatalkan")
    await siti.taps("Ya, batalkan")
    await siti.waits_for("sudah dibatalkan")
    await dishub.waits_for("membatalkan")
    await siti.taps_old(asked, "Ya, batalkan")
    await siti.waits_for_alert("tidak berlaku lagi")
    assert (await town.report(number)).status is Status.WITHDRAWN
