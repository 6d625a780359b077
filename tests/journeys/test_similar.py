"""Stories of the same matter: seen before a second report is sent, supported, followed to its end."""

from sqlmodel import select

from storage.lifecycle import Status
from storage.tables import Attachment, Citizen, Event, Supporter
from tests.town import PIN, Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, hubungi saya di 0812-3456-7890"
AGAIN = "pju mati di depan gang, gelap banget kalau malam"
THERE = (PIN[0] + 0.0004, PIN[1])  # some 45 metres away


async def tells(town: Town, name: str, text: str = AGAIN, pin: tuple[float, float] = THERE):  # type: ignore[no-untyped-def]
    """Somebody who wrote and pinned, and has not sent yet."""
    person = await town.citizen(name)
    await person.says(text)
    await person.waits_for("Di mana tempatnya")
    await person.sends_location(*pin)
    return person


async def test_a_second_citizen_supports_and_hears_what_becomes_of_it(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    joko = await town.citizen("Joko")
    await joko.sends_photo(caption=AGAIN)
    await joko.waits_for("Di mana tempatnya")
    await joko.sends_location(*THERE)
    question = await joko.waits_for("sudah ada yang melaporkan")
    assert number in question.text
    assert "Kira-kira 40 meter" in question.text
    assert "3 x 24 jam" in question.text, "supporting is a first action too: the notice on personal data stands here"
    assert "0812" not in question.text
    assert "Siti" not in question.text
    await joko.taps(f"Dukung {number}")
    await joko.waits_for(f"mendukung laporan {number}")
    async with town.database.reading() as session:
        assert (await session.exec(select(Citizen).where(Citizen.chat_id == joko.id))).one().consented_at is not None
    await joko.taps_old(question, f"Dukung {number}")
    await joko.waits_for("sudah lewat")
    assert (len(await town.reports()), await town.count(Supporter)) == (1, 1)
    assert await town.count(Attachment, Attachment.purpose == "evidence") == 1

    await dishub.says(f"/kasus {number}")
    await dishub.waits_for("Didukung: 1 warga")
    await dishub.taps("Riwayat")
    history = await dishub.waits_for("didukung warga lain")
    assert "Joko" not in history.text
    await dishub.says(f"/kasus {number}")
    await dishub.taps("Terima")
    await joko.waits_for(f"{number} yang Anda dukung sudah diterima")
    await dishub.taps("Minta info")
    await dishub.waits_for("Tulis pertanyaan")
    await dishub.says("Tiang nomor berapa?")
    await dishub.taps("Kirim ke warga")
    await siti.waits_for("Tiang nomor berapa?")
    await joko.says("/laporanku")
    await joko.waits_for("belum punya laporan")
    assert "Tiang nomor" not in joko.hears
    await joko.taps("Laporan yang Anda dukung (1)")
    await joko.waits_for("menunggu keterangan pelapor")
    await joko.says(number)
    seen = await joko.waits_for("Didukung: 1 warga")
    assert "0812" not in seen.text
    await dishub.says(f"/kasus {number}")
    await dishub.taps("Selesai")
    await dishub.waits_for("Tulis penjelasan")
    await dishub.says("Lampu sudah diganti, nomor saya 0812-9999-0000")
    await dishub.taps("Kirim ke warga")
    told = await joko.waits_for("dinyatakan selesai")
    assert "sudah diganti" in told.text
    assert "0812" not in told.text
    await siti.waits_for("dinyatakan selesai")
    await joko.taps("Berhenti mengikuti")
    await joko.waits_for("tidak lagi mengikuti")
    await joko.says(f"/status {number}")
    await joko.waits_for("tidak kami temukan")
    assert await town.count(Supporter) == 0
    assert await town.set_aside() == []


async def test_something_else_goes_on_to_the_card(town: Town) -> None:
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    joko = await tells(town, "Joko")
    await joko.waits_for("sudah ada yang melaporkan")
    await joko.taps("Ini berbeda")
    await joko.waits_for("Periksa dulu")
    await joko.sends_photo()
    await joko.waits_for("Foto atau berkas: 1")  # and the question does not come back
    await joko.taps("Kirim laporan")
    await joko.waits_for("Nomor:")
    assert len(await town.reports()) == 2

    ani = await tells(town, "Ani", "Sampah menumpuk di depan gang belum diangkut, bau", PIN)
    await ani.waits_for("Periksa dulu")  # another matter at the same place: no question at all
    far = await tells(town, "Udin", LAMP, (PIN[0] + 0.02, PIN[1]))
    await far.waits_for("Periksa dulu")

    await siti.says(AGAIN)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*THERE)
    await siti.waits_for("Anda sudah melaporkan ini")
    await siti.taps(f"Lihat {number}")
    await siti.waits_for("Keadaan")


async def test_what_is_private_is_never_shown_and_cannot_be_supported(town: Town) -> None:
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    personal = await town.files(siti, "Tetangga saya dipukuli suaminya setiap malam, anaknya juga, tolong dilindungi")
    async with town.database.transaction() as session:
        report = await session.get_one(type(await town.report(number)), 1)
        report.confidential = True
    joko = await tells(town, "Joko")
    card = await joko.waits_for("Periksa dulu")
    draft = card.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")[1]
    await joko.forges(f"d:{draft}:support:1")
    assert "tidak kami temukan" in (await joko.waits_for_alert("tidak kami temukan")).text
    ani = await tells(town, "Ani", "Tetangga dipukul suaminya tiap malam, anaknya juga", PIN)
    await ani.waits_for("Periksa dulu")
    assert personal not in ani.hears
    for data in ("s:1:see", "s:1:leave", "s:99:see", "sl:-4", f"d:{draft}:support:x", "s:x:see"):
        await joko.forges(data)
    await town.settles()
    assert await town.count(Supporter) == 0
    assert await town.set_aside() == []


async def test_a_report_that_ended_meanwhile_and_an_own_one_cannot_be_supported(town: Town) -> None:
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    joko = await tells(town, "Joko")
    await joko.waits_for("sudah ada yang melaporkan")
    await siti.says(number)
    await siti.taps("Batalkan laporan")
    await siti.taps("Ya, batalkan")
    await siti.waits_for("sudah dibatalkan")
    await joko.taps(f"Dukung {number}")
    await joko.waits_for_alert("sudah berubah keadaannya")
    await joko.taps("Ini berbeda")
    await joko.waits_for("Periksa dulu")  # nothing of the draft is lost
    await joko.taps("Kirim laporan")
    await joko.waits_for("Nomor:")
    assert [report.status for report in await town.reports()] == [Status.WITHDRAWN, Status.ASSIGNED]


async def test_when_the_author_withdraws_the_first_supporter_goes_on(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    joko, ani = [await tells(town, name) for name in ("Joko", "Ani")]
    for person in (joko, ani):
        await person.taps(f"Dukung {number}")
        await person.waits_for("mendukung laporan")
    await siti.says(number)
    await siti.waits_for("Didukung: 2 warga")
    await siti.taps("Batalkan laporan")
    await siti.waits_for("didukung 2 warga lain")
    await siti.taps("Ya, batalkan")
    await siti.waits_for("sudah lepas")
    await joko.waits_for("sekarang atas nama Anda")
    report = await town.report(number)
    assert (report.status, "0812" in report.text) == (Status.ASSIGNED, False)
    await siti.says(number)
    await siti.waits_for("tidak kami temukan")
    await dishub.says(f"/kasus {number}")
    await dishub.waits_for("Didukung: 1 warga")
    await dishub.taps("Terima")
    await joko.waits_for(f"laporan {number} sudah diterima")
    await ani.waits_for(f"{number} yang Anda dukung")
    await town.settles()
    assert "diterima" not in siti.hears
    assert await town.count(Event, Event.kind == "inherited") == 1
