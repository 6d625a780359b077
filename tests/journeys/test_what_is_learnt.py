"""What officers do teaches the classifier, and what it thought is shown; two matters in one message are noticed."""

from sqlmodel import select

from storage.examples import all_taught
from storage.tables import Report, Role
from tests.town import PIN, Town

TWO = "Lapor min, got depan rumah mampet. Selain itu PJU di tikungan juga padam dari bulan lalu"
LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def test_an_accepted_report_confirms_and_a_transfer_corrects(town: Town) -> None:
    dishub = await town.officer("dishub")
    dlhk = await town.officer("dlhk", name="Tono")
    siti = await town.citizen()
    first, second = await town.files(siti, LAMP), await town.files(siti, LAMP + " di taman")
    await dishub.says(f"/kasus {first}")
    await dishub.waits_for(first)
    await dishub.taps("Terima")
    await siti.waits_for("sedang ditangani")
    await dishub.says(f"/kasus {second}")
    await dishub.waits_for(second)
    await dishub.taps("Alihkan")
    await dishub.taps("Dinas lain")
    await dishub.taps("DLHK")
    await dishub.waits_for("Tulis mengapa")
    await dishub.says("Lampunya milik taman")
    await dlhk.waits_for(second)
    async with town.database.reading() as session:
        taught = await all_taught(session)
    assert [(one.agency, one.topic, one.corrected) for one in taught] == [
        ("dishub", "pju-mati", False),
        ("dlhk", None, True),
    ]


async def test_the_desks_choice_is_an_example(town: Town) -> None:
    desk = await town.officer(None, Role.TRIAGE, "Rina")
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    await siti.taps("Ubah")
    await siti.taps("Ubah tujuan")
    await siti.taps("Biar petugas")
    await siti.taps("Kirim laporan")
    await desk.waits_for("Perlu ditentukan")
    await desk.taps("Alihkan")
    await desk.taps("Dinas Perhubungan")
    await siti.waits_for("sudah kami teruskan")
    async with town.database.reading() as session:
        (one,) = await all_taught(session)
    assert (one.agency, one.topic, one.corrected) == ("dishub", "pju-mati", False), "the guess was right after all"


async def test_the_office_reads_why_it_got_the_report_and_that_rude_words_are_in_it(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, "Lampu jalan di gang kami mati sebulan, dasar pemerintah anjing tolol")
    card = await dishub.waits_for(number)
    assert "karena kata:" in card.text
    assert "kata-kata kasar" in card.text
    async with town.database.reading() as session:
        report = (await session.exec(select(Report))).one()
    assert report.guess_agency_id == "dishub"
    assert report.confidence > 0.5
    assert report.model
    assert report.reasons


async def test_two_problems_in_one_message_become_two_reports_if_the_citizen_wants(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(TWO)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    await siti.waits_for("dua hal")
    await siti.taps("Pisahkan jadi dua")
    await siti.taps("Kirim laporan")
    await siti.waits_for("yang satunya")
    await siti.taps("Kirim laporan")
    await siti.waits_for("DPK-26-000002")
    first, second = await town.reports()
    assert {first.agency_id, second.agency_id} == {"dishub", "dpupr"}
    assert first.latitude == second.latitude == PIN[0]
