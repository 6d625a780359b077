"""One thread, many reports: a reply to a message of the bot lands on the report that message names."""

from bot.simulator import Person
from storage.lifecycle import Status
from storage.tables import Attachment, Event
from tests.journeys.test_ending import LAMP, done
from tests.town import PIN, Town

RUBBISH = "Sampah di pinggir jalan menumpuk seminggu belum diangkut, bau sekali"


async def question(officer: Person, citizen: Person, number: str) -> object:
    await officer.says(f"/kasus {number}")
    await officer.waits_for(number)
    await officer.taps("Minta info")
    await officer.waits_for("Tulis pertanyaan")
    await officer.says("Boleh tahu nomor tiangnya?")
    await officer.taps("Kirim ke warga")
    return await citizen.waits_for("nomor tiangnya")


async def test_a_reply_answers_adds_and_leaves_the_draft_alone(town: Town) -> None:
    dishub, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    receipt = await siti.waits_for("Nomor:", since=0)
    asked = await question(dishub, siti, number)
    await siti.says(RUBBISH)
    await siti.waits_for("Di mana tempatnya")
    await siti.replies(asked, "Tiang nomor 17")  # type: ignore[arg-type]
    await siti.waits_for("Penanganan dilanjutkan")
    await dishub.waits_for("Tiang nomor 17")
    await siti.sends_photo(reply_to=receipt)
    await siti.waits_for("sudah kami teruskan")
    await dishub.waits_for("tanpa kata-kata")
    await siti.sends({"location": {"latitude": -6.4, "longitude": 106.8}}, reply_to=receipt)
    await siti.waits_for("sudah kami teruskan")
    seen = await town.report(number)
    assert (seen.status in {Status.ASSIGNED, Status.IN_PROGRESS}, seen.latitude) == (True, -6.4)
    assert await town.count(Attachment, Attachment.report_id == seen.id) == 1
    await siti.sends_location(*PIN)  # the draft goes on where it was
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    assert len(await town.reports()) == 2
    await siti.says("/laporanku")
    list_ = await siti.waits_for("Laporan Anda")
    await siti.replies(list_, "Ini belum ada perkembangan ya")
    await siti.waits_for("untuk laporan yang mana")
    await siti.taps(number)
    await siti.waits_for("sudah kami teruskan")
    await siti.says("/status")
    await siti.waits_for("Laporan yang mana")
    assert await town.set_aside() == []


async def test_a_reply_on_what_is_done_or_over_is_asked_about(town: Town) -> None:
    dishub, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    receipt = await siti.waits_for("Nomor:", since=0)
    await done(town, dishub, siti, number)
    await siti.replies(receipt, "Masih gelap pak")
    asked = await siti.waits_for("Apa maksud pesan Anda")
    await siti.taps("Belum")
    await siti.waits_for("kami buka lagi")
    await dishub.waits_for("Masih gelap pak")
    await siti.taps_old(asked, "Benar selesai")
    await siti.waits_for("sudah tidak kami simpan")
    assert (await town.report(number)).status is Status.IN_PROGRESS
    await done(town, dishub, siti, number, "Sudah kami ganti semua")
    await siti.replies(receipt, "Alhamdulillah terang sekali")
    await siti.waits_for("Apa maksud pesan Anda")
    await siti.taps("Benar selesai")
    await siti.waits_for("Beri nilai")
    await dishub.waits_for("terang sekali")
    await siti.taps("5 hebat")
    await siti.waits_for("sudah kami catat")
    await siti.replies(receipt, RUBBISH)
    await siti.waits_for("sudah berakhir")
    await siti.taps("Buat laporan baru")
    await siti.waits_for("Di mana tempatnya")
    assert await town.set_aside() == []


async def test_a_number_of_somebody_else_gives_nothing_away(town: Town) -> None:
    siti, joko = await town.citizen(), await town.citizen("Joko")
    number = await town.files(siti, LAMP)
    await joko.says(f"{LAMP}, seperti {number}")
    card = await joko.waits_for("Di mana tempatnya")
    await joko.replies(card, f"dekat tempat {number} itu")
    await joko.waits_for("Periksa dulu")
    await joko.forwards(f"Laporan {number} sudah kami teruskan")
    await town.settles()
    assert await town.count(Event, Event.report_id == (await town.report(number)).id, Event.kind == "added") == 0
    assert "Ditangani" not in joko.hears
    assert await town.set_aside() == []
