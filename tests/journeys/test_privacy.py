"""Stories of privacy: who sees a name, what is masked, who agreed to what."""

import json

from sqlmodel import col, select

from bot.simulator import Person
from storage.tables import Attempt, Citizen, Event, Outbox, Role
from tests.town import PIN, Town

NAME = "Rahmawati Kusumaningtyas"
TEXT = "Lampu jalan mati sudah tiga malam, depan rumah no. 12A. Hubungi 0812-3456-7890, NIK 3276054507880003"
SECRETS = ("12A", "0812-3456-7890", "3276054507880003")


def seen_by(person: Person) -> str:
    """Everything this person's phone has, down to the last field."""
    return json.dumps([line.raw for line in person.screen()], ensure_ascii=False)


async def owed_to_others(town: Town, citizen: Person) -> str:
    async with town.database.reading() as session:
        rows = await session.exec(select(Outbox).where(col(Outbox.chat_id) != citizen.id))
        return json.dumps([row.payload for row in rows.all()], ensure_ascii=False)


async def timeline_of(town: Town, number: str) -> list[Event]:
    report = await town.report(number)
    async with town.database.reading() as session:
        return list((await session.exec(select(Event).where(Event.report_id == report.id))).all())


async def test_an_anonymous_citizen_is_nobody_to_the_office_and_still_hears_everything(town: Town) -> None:
    dishub = await town.officer("dishub")
    rahma = town.simulator.person(NAME, username="rahmawati_k")
    await rahma.starts()
    await rahma.sends_contact()
    await rahma.says(TEXT)
    await rahma.waits_for("Di mana tempatnya")
    await rahma.sends_location(*PIN)
    await rahma.sends_photo()
    card = await rahma.waits_for("Foto atau berkas: 1")
    assert "UU 27/2022" in card.text, "the notice stands on the first card"
    assert "Setuju dan kirim laporan" in str(card.buttons)
    await rahma.taps("Ubah")
    await rahma.taps("Jadikan anonim")
    await rahma.waits_for("anonim")
    await rahma.taps("Ubah")
    await rahma.taps("Rahasiakan dari umum")
    await rahma.waits_for("Rahasia")
    await rahma.taps("Setuju dan kirim laporan")
    receipt = await rahma.waits_for("Nomor:")
    number = next(word for word in receipt.text.split() if word.startswith("DPK-"))
    report = await town.report(number)
    assert (report.anonymous, report.confidential) == (True, True)
    async with town.database.reading() as session:
        citizen = (await session.exec(select(Citizen).where(Citizen.chat_id == rahma.id))).one()
        assert citizen.consented_at is not None

    card = await dishub.waits_for(number)
    assert "Pelapor: anonim" in card.text
    assert not any(secret in card.text for secret in SECRETS)
    await dishub.taps("Terima")
    await rahma.waits_for("sudah diterima")
    await dishub.taps("Lihat foto")
    await dishub.taps("Lihat peta")
    await dishub.taps("Lihat lengkap")
    full = await dishub.waits_for("Isi lengkap")
    assert all(secret in full.text for secret in SECRETS)
    await dishub.taps("Minta info")
    await dishub.says("Lampunya yang sebelah mana?")
    await dishub.taps("Kirim ke warga")
    await rahma.taps("Jawab pertanyaan")
    await rahma.says("Sebelah kiri, telepon saya 0812 3456 7890")
    news = await dishub.waits_for("Sebelah kiri")
    assert "0812" not in news.text
    await dishub.taps("Riwayat")
    history = await dishub.waits_for("isi lengkap dibuka")
    assert "0812" not in history.text
    await dishub.says("/antrian")
    await dishub.waits_for("Antrian")
    await town.settles()
    for place in (seen_by(dishub), await owed_to_others(town, rahma)):
        for trace in ("Rahmawati", "Kusumaningtyas", "rahmawati_k", str(rahma.id)):
            assert trace not in place, place[max(0, place.find(trace) - 300) :][:600]
    assert await town.count(Attempt, Attempt.action == "unmask", col(Attempt.allowed)) == 1

    await rahma.says(TEXT)
    await rahma.waits_for("Di mana tempatnya")
    await rahma.sends_location(*PIN)
    card = await rahma.waits_for("Periksa dulu")
    assert "UU 27/2022" not in card.text, "who agreed once is not asked again"
    assert await town.set_aside() == []


async def test_a_name_can_be_hidden_later_and_that_it_was_seen_is_said(town: Town) -> None:
    dishub, tono = await town.officer("dishub"), await town.officer("dishub", name="Tono")
    rahma = await town.citizen(NAME)
    number = await town.files(rahma, TEXT)
    card = await dishub.waits_for(number)
    assert f"Pelapor: {NAME}" in card.text
    await rahma.taps("Lihat")
    await rahma.waits_for("Nama Anda terlihat")
    await rahma.taps("Atur privasi")
    await rahma.waits_for("petugas yang menangani melihat nama")
    await rahma.taps("Jadikan anonim")
    await rahma.waits_for("sudah sempat terkirim")
    await dishub.taps("Terima")
    card = await dishub.waits_for("sedang ditangani")
    assert "Pelapor: anonim" in card.text
    await town.settles()
    assert "Rahmawati" not in await owed_to_others(town, rahma)
    await rahma.taps("Rahasiakan dari umum")
    await rahma.waits_for("Isi: rahasia")
    await rahma.taps("Tampilkan nama saya")
    await rahma.waits_for("melihat nama Anda")
    report = await town.report(number)
    assert (report.anonymous, report.confidential) == (False, True)
    assert [event.kind for event in await timeline_of(town, number)].count("privacy_chosen") == 3

    await tono.forges(f"k:{report.id}:unmask:")
    assert (await tono.waits_for_alert("hanya untuk petugas yang menerima")).text
    stranger = await town.citizen("Orang Lain")
    await stranger.forges(f"r:{report.id}:be_anonymous")
    await stranger.waits_for_alert("tidak kami temukan")
    assert not (await town.report(number)).anonymous
    assert await town.count(Attempt, Attempt.action == "unmask", col(Attempt.allowed).is_(False)) == 1
    assert await town.set_aside() == []


BRIBE = "Petugas loket kelurahan minta uang 500 ribu supaya KTP cepat jadi, ini pungli, pegawai inspektorat juga tahu"
RUDE = "Pegawai kelurahan kasar dan main hp saat melayani warga"


async def test_an_accusation_is_sealed_and_only_the_inspectorate_opens_it(town: Town) -> None:
    desk = await town.officer(None, Role.TRIAGE, "Rina")
    auditor = await town.officer(None, Role.AUDITOR, "Audi")
    kelurahan = await town.officer("kelurahan", name="Lurah Tono")
    rahma = await town.citizen(NAME)
    await rahma.says(BRIBE)
    await rahma.waits_for("Di mana tempatnya")
    await rahma.taps("Tidak ada tempat khusus")
    card = await rahma.waits_for("tidak ada kantor lain yang membacanya")
    assert "anonim" in card.text
    assert "Ombudsman" in card.text, "the Inspektorat itself is named: there is a way past it"
    await rahma.taps("kirim laporan")
    receipt = await rahma.waits_for("Hanya Inspektorat")
    number = next(word for word in receipt.text.split() if word.startswith("DPK-"))
    await desk.hears_nothing(0.3)
    told = await town.admin.waits_for("belum ada petugas Inspektorat", since=0)
    assert "pungli" not in told.text
    report = await town.report(number)
    assert (report.misconduct, report.anonymous, report.agency_id) == (True, True, "inspektorat")
    assert report.due_at is not None
    assert (report.due_at - report.created_at).days in range(55, 61)

    for person in (desk, auditor, town.admin, kelurahan):
        await person.says(f"/kasus {number}")
        await person.waits_for("hanya untuk Inspektorat")
        await person.says("/antrian")
        await person.forges(f"k:{report.id}:history:")
        await person.waits_for_alert("hanya untuk Inspektorat")

    inspector = await town.officer("inspektorat", name="Ira Pengawas")
    await inspector.says("/antrian")
    await inspector.taps(number)
    await inspector.waits_for("BERSEGEL")
    await inspector.taps("Terima")
    await rahma.waits_for("sudah diterima")
    await inspector.forges(f"k:{report.id}:desk:")
    await inspector.says("Bukan urusan kami")
    await inspector.waits_for("Laporan ini bersegel")
    await rahma.taps("Lihat")
    await rahma.taps("Atur privasi")
    await rahma.waits_for("Nama Anda disegel")
    await rahma.forges(f"r:{report.id}:be_named")
    await town.settles()
    assert (await town.report(number)).anonymous
    await inspector.says("/batal")
    await inspector.says(f"/kasus {number}")
    await inspector.taps("Bukan pelanggaran")
    await inspector.taps("Ya, buka segelnya")
    await rahma.waits_for("bukan pelanggaran oleh petugas")
    await inspector.waits_for("Pelapor: anonim")
    await inspector.taps("Alihkan")
    await inspector.waits_for("dialihkan ke mana")
    await town.settles()
    for person in (desk, auditor, town.admin, kelurahan):
        assert "pungli" not in seen_by(person)
    for person in (inspector, desk, auditor, kelurahan):
        assert "Rahmawati" not in seen_by(person)
    assert await town.set_aside() == []


async def test_where_it_may_be_either_the_citizen_says(town: Town) -> None:
    inspector = await town.officer("inspektorat", name="Ira Pengawas")
    siti = await town.citizen()
    await siti.says(RUDE)
    await siti.waits_for("Di mana tempatnya")
    await siti.taps("Tidak ada tempat khusus")
    card = await siti.waits_for("tentang perilaku petugas, atau tentang layanannya")
    assert not any("irim laporan" in label for label in card.buttons), "nothing leaves before that is said"
    await siti.taps("Tentang perilaku petugas")
    await siti.waits_for("tidak ada kantor lain yang membacanya")
    await siti.taps("Ubah")
    await siti.taps("Tentang layanan")
    await siti.waits_for("Pelapor: nama Anda")
    await siti.taps("kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await town.reports()
    assert (report.misconduct, report.anonymous) == (False, False)
    assert report.agency_id != "inspektorat"
    await inspector.hears_nothing(0.3)
    assert await town.set_aside() == []
