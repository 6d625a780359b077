"""Stories of an officer's day: colleagues, news on the way, proof, reasons, more time, and slips put right."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from sqlmodel import col, select

from storage.lifecycle import Status
from storage.tables import Attachment, Event, Outbox, Role
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"
CROSSING = "Lampu merah di simpang Juanda mati total sejak pagi, kendaraan semrawut"


@pytest.fixture
async def strict(database_url: str, classifier) -> AsyncIterator[Town]:  # type: ignore[no-untyped-def]
    """A town where lamps and roads are only done with a photo."""
    async with Town.running(database_url, classifier, demand_proof=True) as town:
        yield town


async def kinds(town: Town) -> list[str]:
    async with town.database.reading() as session:
        return list((await session.exec(select(Event.kind).order_by(col(Event.id)))).all())


async def test_taken_released_handed_over_and_noted_among_colleagues(town: Town) -> None:
    budi, tono = await town.officer("dishub"), await town.officer("dishub", name="Tono")
    head = await town.officer("dishub", Role.HEAD, "Ibu Kepala")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    report = await town.report(number)
    await asyncio.gather(budi.waits_for(number), tono.waits_for(number))
    await budi.taps("Terima")
    await siti.waits_for("sudah diterima Dinas Perhubungan")
    await tono.forges(f"k:{report.id}:release:")
    await tono.waits_for_alert("sedang dipegang rekan")
    await tono.forges(f"k:{report.id}:hand:")
    await tono.waits_for_alert("sedang dipegang rekan")

    await budi.taps("Lainnya")
    await budi.taps("Catatan dalam")
    await budi.waits_for("Warga tidak akan melihatnya")
    await budi.says("Hubungi Pak RT 05 dulu, pagarnya dikunci")
    await budi.waits_for("sudah disimpan")
    await budi.taps("Utamakan")
    await budi.waits_for("Diutamakan")
    await budi.taps("Lainnya")
    await budi.taps("Lepaskan")
    await budi.waits_for_alert("Anda lepaskan")
    await tono.waits_for("Dilepas rekan Anda")
    assert ((await town.report(number)).status, (await town.report(number)).officer_id) == (Status.ASSIGNED, None)

    await head.taps("Lainnya")
    await head.taps("Serahkan ke rekan")
    await head.taps("Tono")
    await head.waits_for("sudah diserahkan kepada Tono")
    card = await tono.waits_for("Diserahkan kepada Anda")
    assert "Dipegang: Tono" in card.text
    await tono.taps("Riwayat")
    await tono.waits_for("Hubungi Pak RT 05")
    await head.forges(f"k:{report.id}:give:99")
    await head.waits_for_alert("tidak lagi bertugas")

    await siti.says(f"/status {number}")
    await siti.waits_for("Sedang ditangani")
    await town.settles()
    heard = "\n".join(str(sent.params) for sent in town.simulator.sent if sent.chat_id == siti.id)
    assert "Pak RT 05" not in heard
    assert "Dilepas" not in heard
    assert await town.set_aside() == []


async def test_news_on_the_way_with_a_photo_and_a_first_word(town: Town) -> None:
    budi, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    await budi.waits_for(number)
    await budi.says(f"/kasus {number}")
    await budi.waits_for("Kabar pertama ke warga paling lambat")
    await budi.taps("Terima")
    await budi.taps("Kabari warga")
    await budi.waits_for("Tulis kabar")
    await budi.sends_photo()
    await budi.waits_for("Sekarang tulis penjelasannya")
    await budi.says("Tiangnya sudah kami cek, suku cadang datang Kamis")
    await budi.waits_for("Warga akan membaca")
    await budi.taps("Kirim ke warga")
    await siti.waits_for("suku cadang datang Kamis")
    report = await town.report(number)
    assert (report.status, report.first_answer_at is not None) == (Status.IN_PROGRESS, True)
    assert await town.count(Attachment, Attachment.purpose == "progress") == 1
    await budi.says(f"/kasus {number}")
    assert "Kabar pertama" not in (await budi.waits_for("Dipegang")).text


async def test_a_lamp_is_done_with_a_new_photo_that_the_citizen_sees(strict: Town) -> None:
    town = strict
    budi, siti = await town.officer("dishub"), await town.citizen()
    mine = await siti.sends_photo(caption=LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location()
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    await budi.waits_for("Laporan baru")
    await budi.taps("Selesai")
    await budi.waits_for("foto hasil pekerjaan")
    await budi.says("Lampunya sudah diganti")
    await budi.waits_for("Sekarang kirim foto")
    await budi.sends(photo_of(mine))
    await budi.waits_for("sudah pernah dipakai")
    await budi.sends_document()
    await budi.waits_for("foto biasa")
    for number in (7, 8):
        await budi.sends_photo(album="hasil", number=number)
    await town.settles()  # the pictures of an album come one by one
    await budi.waits_for("Warga akan membaca")
    await budi.taps("Kirim ke warga")
    await siti.waits_for("Lampunya sudah diganti")
    assert (await town.reports())[0].status is Status.RESOLVED
    async with town.database.reading() as session:
        proofs = (await session.exec(select(Attachment).where(Attachment.purpose == "proof"))).all()
        told = (await session.exec(select(Outbox).where(Outbox.notice == "photos"))).one()
    assert len(proofs) == 2
    assert told.payload["photos"] == [proof.file_id for proof in proofs]
    assert await town.set_aside() == []


def photo_of(line) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """The very photo of a message, sent again."""
    return {"photo": line.raw["photo"]}


async def test_a_reason_from_the_list_and_never_just_not_ours(town: Town) -> None:
    budi, siti = await town.officer("dishub"), await town.citizen()
    first, second = await town.files(siti, LAMP), await town.files(siti, CROSSING)
    await budi.waits_for(second)
    await budi.says(f"/kasus {first}")
    await budi.taps("Tolak")
    await budi.taps("Milik pribadi")
    await budi.waits_for("tulis keterangan yang ingin Anda tambahkan")
    await budi.says("Tiangnya di halaman rumah nomor 4.")
    await budi.waits_for("halaman rumah")
    await budi.taps("Kirim ke warga")
    told = await siti.waits_for("milik pribadi, sehingga")
    assert "halaman rumah" in told.text
    assert (await town.report(first)).status is Status.REJECTED

    await budi.says(f"/kasus {second}")
    await budi.taps("Tolak")
    await budi.taps("Bukan wewenang kami")
    await budi.waits_for("dialihkan ke mana")
    await budi.taps("Instansi di luar kota")
    await budi.taps("PLN")
    await budi.taps("Dikelola instansi itu")
    await budi.waits_for("sudah dialihkan ke")
    told = await siti.waits_for("di luar pemerintah kota")
    assert "dikelola instansi tersebut" in told.text
    assert (await town.report(second)).status is Status.REFERRED
    assert await town.set_aside() == []


async def test_more_time_once_with_a_reason(town: Town) -> None:
    budi, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    was = (await town.report(number)).due_at
    await budi.waits_for(number)
    await budi.taps("Lainnya")
    await budi.taps("Tambah waktu")
    question = await budi.waits_for("Digeser sampai kapan")
    await budi.taps(question.buttons[0])
    await budi.waits_for("perlu waktu lebih lama")
    await budi.says("Menunggu lampu dari gudang provinsi")
    await budi.waits_for("Warga akan membaca")
    await budi.taps("Kirim ke warga")
    await siti.waits_for("Menunggu lampu dari gudang")
    report = await town.report(number)
    assert report.due_at is not None
    assert was is not None
    assert report.due_at > was
    await budi.forges(f"k:{report.id}:extend:")
    await budi.waits_for_alert("sudah pernah ditambah")


async def test_a_slip_is_put_right_in_the_message_the_citizen_has(town: Town) -> None:
    budi, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    await budi.waits_for(number)
    await budi.taps("Terima")
    await budi.taps("Kabari warga")
    await budi.waits_for("Tulis kabar")
    await budi.says("Kami datang hari Selsa")
    await budi.taps("Kirim ke warga")
    first = await siti.waits_for("hari Selsa")
    await budi.taps("Ubah jawaban")
    await budi.waits_for("Tulis jawaban yang benar")
    await budi.says("Kami datang hari Selasa")
    await budi.taps("Kirim ke warga")
    edited = await siti.waits_for("hari Selasa", since=0)
    assert edited.message_id == first.message_id
    town.clock.turn(minutes=11)
    await budi.taps("Ubah jawaban")
    await budi.waits_for_alert("dalam 10 menit")
    town.clock.turn(minutes=-11)
    await siti.taps("Lihat")
    await siti.taps("Tambah keterangan")
    await siti.says("Jangan hari Selasa, Pak")
    await budi.waits_for("Jangan hari Selasa")
    await budi.taps("Ubah jawaban")
    await budi.waits_for_alert("Warga sudah menanggapi")
    assert await town.set_aside() == []


async def test_the_third_hand_over_is_for_the_desk_to_decide(town: Town) -> None:
    desk = await town.officer(None, Role.TRIAGE, "Rina")
    dishub, dlhk = await town.officer("dishub"), await town.officer("dlhk", name="Tono")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    due = (await town.report(number)).due_at
    card = re.compile(rf"(Laporan baru|Perlu ditentukan).*{number}", re.DOTALL)
    await dishub.waits_for(card)
    for giver, taker, to in ((dishub, dlhk, "DLHK"), (dlhk, dishub, "Dishub"), (dishub, desk, "DLHK")):
        await giver.taps("Alihkan")
        await giver.taps("Dinas lain")
        await giver.taps(to)
        await giver.waits_for("Tulis mengapa")
        await giver.says("Bukan bagian kami")
        await taker.waits_for(card)
    await dishub.waits_for("meja triase yang memutuskan")
    assert "Dinas Lingkungan Hidup" in (await desk.waits_for("Perlu ditentukan")).text
    report = await town.report(number)
    assert (report.status, report.handovers, report.due_at) == (Status.TRIAGE, 3, due)
    await desk.taps("Alihkan")
    await desk.taps("Dinas Perhubungan")
    await siti.waits_for("sudah kami teruskan ke Dinas Perhubungan")
    assert await town.set_aside() == []


async def test_the_citizen_withdraws_while_an_officer_resolves(town: Town) -> None:
    budi, siti = await town.officer("dishub"), await town.citizen()
    number = await town.files(siti, LAMP)
    report = await town.report(number)
    await budi.waits_for(number)
    await budi.taps("Selesai")
    await budi.says("Sudah diganti")
    await budi.waits_for("Warga akan membaca")
    await asyncio.gather(siti.forges(f"r:{report.id}:withdraw_yes"), budi.taps("Kirim ke warga"))
    await town.settles()
    report = await town.report(number)
    ended = [kind for kind in await kinds(town) if kind in {"withdrawn", "resolved"}]
    assert ended == [report.status.value], "one of them was first, and the other was told"
    assert len([alert for alert in (*siti.alerts, *budi.alerts) if "berubah keadaannya" in alert.text]) == 1
    assert await town.set_aside() == []


async def test_two_matters_are_split_and_one_matter_in_two_reports_is_merged(town: Town) -> None:
    budi, tono = await town.officer("dishub"), await town.officer("dlhk", name="Tono")
    desk = await town.officer(None, Role.TRIAGE, "Rina")
    siti, joko = await town.citizen(), await town.citizen("Joko")
    first, second = await town.files(siti, LAMP), await town.files(joko, CROSSING)
    one, two = await town.report(first), await town.report(second)
    await budi.waits_for(second)
    await budi.says(f"/kasus {first}")
    await budi.taps("Lainnya")
    await budi.taps("Laporan serupa")
    await budi.waits_for("Tidak ada laporan terbuka yang serupa")
    await budi.taps("Pisahkan")
    await budi.taps("DLHK")
    await budi.taps("Ya, buat laporan kedua")
    await siti.waits_for("memuat dua hal")
    await tono.waits_for("Laporan baru")
    part = (await town.reports())[-1]
    assert (part.agency_id, part.split_from_id, part.due_at) == ("dlhk", one.id, one.due_at)
    await budi.forges(f"k:{one.id}:part_yes:dlhk")
    await town.settles()
    assert len(await town.reports()) == 3, "pressed twice, split once"

    await budi.says(f"/kasus {second}")
    await budi.taps("Lainnya")
    await budi.taps("Gabungkan")
    await budi.waits_for("digabungkan ke mana")
    await budi.says(part.number)
    await budi.waits_for("bukan di kantor Anda")
    await budi.says(second)
    await budi.waits_for("dirinya sendiri")
    await budi.says(first)
    await budi.taps("Ya, gabungkan")
    await budi.waits_for("sudah digabungkan")
    await joko.waits_for(f"kami satukan dengan {first}")
    merged = await town.report(second)
    assert (merged.status, merged.merged_into_id) == (Status.CLOSED, one.id)
    await budi.forges(f"k:{two.id}:into_yes:{one.id}")
    await budi.waits_for_alert("sudah berakhir")
    await budi.says(f"/kasus {first}")
    await budi.taps("Terima")
    await joko.waits_for(first)  # the author of what was merged hears of the one that goes on

    await desk.says("/antrian")  # a message that can be edited: one with a reply keyboard cannot
    await desk.waits_for("menunggu")
    await desk.forges(f"k:{part.id}:into_yes:{one.id}")  # across offices: only the desk
    await desk.waits_for("sudah digabungkan")
    assert (await town.report(part.number)).merged_into_id == one.id
    assert await town.set_aside() == []
