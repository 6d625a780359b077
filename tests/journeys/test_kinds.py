"""Each kind of report told to the end in its own words: a complaint, a wish, a question to an office."""

from dataclasses import dataclass

import pytest

from bot.schedule import jobs
from bot.simulator import Person
from storage.engine import calendar_of
from storage.lifecycle import Kind
from storage.standing import standing
from tests.journeys.test_ending import days_pass
from tests.town import PIN, Town


@dataclass(frozen=True)
class Told:
    """What one kind of report reads like, from the receipt to the end."""

    kind: Kind
    text: str
    days: int
    receipt: str
    accepted: str
    steps: str
    button: str
    asked: str
    answered: str
    no: str
    why_not: str
    yes: str
    end: str
    standing: str


STORIES = [
    Told(
        kind=Kind.COMPLAINT,
        text="Rumput taman di lapangan RW 05 tinggi sekali dan bangku tamannya patah",
        days=14,
        receipt="Diteruskan ke: Dinas Lingkungan Hidup",
        accepted="sedang ditangani",
        steps="Ditangani · Selesai",
        button="Selesai",
        asked="penjelasan penyelesaian",
        answered="dinyatakan selesai",
        no="Belum",
        why_not="Apa yang belum beres",
        yes="Benar selesai",
        end="Senang mendengar",
        standing="Selesai, sudah Anda pastikan",
    ),
    Told(
        kind=Kind.ASPIRATION,
        text="Usul: tolong dibuatkan taman bermain anak di lapangan RW 05, sekarang kosong tidak terpakai",
        days=14,
        receipt="Dipertimbangkan oleh: Dinas Lingkungan Hidup",
        accepted="sedang dipertimbangkan",
        steps="Dipertimbangkan · Dijawab",
        button="Jawab usul",
        asked="bisa masuk rencana atau belum",
        answered="menjawab usul Anda",
        no="Belum jelas",
        why_not="Apa yang belum jelas",
        yes="Sudah jelas",
        end="sudah terjawab dan tetap kami simpan",
        standing="Sudah dijawab, dan jelas bagi Anda",
    ),
    Told(
        kind=Kind.INFORMATION,
        text="Taman mana saja di Tapos yang akan diperbaiki tahun ini, dan berapa anggarannya?",
        days=5,
        receipt="Dijawab oleh: Dinas Lingkungan Hidup",
        accepted="jawabannya sedang disiapkan",
        steps="Disiapkan · Dijawab",
        button="Jawab",
        asked="Tulis jawaban atas pertanyaan",
        answered="atas pertanyaan Anda",
        no="Belum terjawab",
        why_not="Apa yang belum terjawab",
        yes="Sudah terjawab",
        end="Syukurlah",
        standing="Sudah terjawab",
    ),
]


async def filed(town: Town, siti: Person, told: Told) -> str:
    """Written as another kind than meant, corrected with one tap each, and sent to the office of parks."""
    await siti.says(told.text)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    await siti.waits_for("Periksa dulu")
    for kind in ("Permintaan informasi" if told.kind is not Kind.INFORMATION else "Pengaduan", WORDS[told.kind]):
        await siti.taps("Ubah")
        await siti.taps("Ubah jenis")
        await siti.taps(kind)
        await siti.waits_for(f"Jenis: {kind}")
    if "Tujuan: Dinas Lingkungan Hidup" not in siti.hears:
        await siti.taps("Dinas Lingkungan Hidup")
    await siti.taps("irim laporan")
    receipt = await siti.waits_for("Nomor:")
    assert told.receipt in receipt.text
    return next(word for word in receipt.text.split() if word.startswith("DPK-"))


WORDS = {
    Kind.COMPLAINT: "Pengaduan",
    Kind.ASPIRATION: "Aspirasi atau saran",
    Kind.INFORMATION: "Permintaan informasi",
}


async def answers(officer: Person, citizen: Person, told: Told, words: str) -> None:
    await officer.taps(told.button)
    await officer.waits_for(told.asked)
    await officer.says(words)
    assert told.answered in (await officer.waits_for("Warga akan membaca")).text  # shown as the citizen will read it
    await officer.taps("Kirim ke warga")
    assert words in (await citizen.waits_for(told.answered)).text


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.kind.name.lower())
async def test_each_kind_has_its_words_its_deadline_and_its_ending(town: Town, told: Told) -> None:
    parks, siti = await town.officer("dlhk"), await town.citizen()
    number = await filed(town, siti, told)
    report = await town.report(number)
    assert report.kind is told.kind
    async with town.database.reading() as session:
        assert report.due_at == calendar_of(session).due(told.kind, False, report.created_at)
        assert report.due_at.date() == calendar_of(session).add(report.created_at.date(), told.days)
    await parks.waits_for(number)
    await parks.taps("Terima")
    await siti.waits_for(told.accepted)
    await siti.says(number)
    await siti.waits_for(told.steps)
    await answers(parks, siti, told, "Sudah kami bahas dan kerjakan pekan ini.")
    await siti.taps(told.no)
    await siti.waits_for(told.why_not)
    await siti.says("Bagian yang di dekat pos ronda bagaimana?")
    await siti.waits_for("kami buka lagi")
    await parks.waits_for("pos ronda")
    await answers(parks, siti, told, "Yang di dekat pos ronda menyusul pekan depan.")
    await siti.taps(told.yes)
    await siti.waits_for(told.end)
    await siti.taps("5 hebat")
    await siti.waits_for("Nilai 5 dari 5")
    await siti.says("/laporanku")
    assert told.standing in (await siti.waits_for("Laporan Anda")).text
    assert standing(await town.report(number)) == "verified"
    assert await town.set_aside() == []


async def test_a_wish_that_cannot_be_met_and_a_question_nobody_reacts_to(town: Town) -> None:
    parks, siti = await town.officer("dlhk"), await town.citizen()
    wish = await filed(town, siti, STORIES[1])
    joko = await town.citizen("Joko Susilo")
    await joko.says(STORIES[1].text)
    await joko.waits_for("Di mana tempatnya")
    await joko.sends_location(*PIN)
    await joko.taps(f"Dukung {wish}")
    await parks.waits_for(wish)
    await parks.taps("Tolak")
    await parks.waits_for("tidak dapat dipenuhi?")
    await parks.taps("Alasan lain")
    await parks.says("Lapangan itu milik pengembang dan belum diserahkan kepada kota.")
    await parks.taps("Kirim ke warga")
    assert "ikut dibaca saat dinas menyusun rencana" in (await siti.waits_for("belum bisa dijalankan")).text

    await joko.waits_for("yang Anda dukung belum bisa dijalankan")
    await joko.says("/laporanku")
    await joko.taps("Laporan yang Anda dukung (1)")
    await joko.waits_for(f"{wish} belum bisa dijalankan")

    question = await filed(town, siti, STORIES[2])
    await parks.waits_for(question)
    await parks.taps("Terima")
    await answers(parks, siti, STORIES[2], "Ada tiga taman; daftarnya di papan pengumuman kantor kami.")
    await days_pass(town, 25, jobs.break_silence)
    await siti.waits_for("Apakah pertanyaan", since=0)
    closed = await siti.waits_for("kami tutup sebagai sudah dijawab", since=0)
    assert "Belum terjawab" in closed.buttons
    assert await town.set_aside() == []
