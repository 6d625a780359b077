"""Stories of questions: answered at once, forwarded all the same, about other bodies, never before danger."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import select

from bot.answers import with_changes
from bot.citizen.card import receipt
from bot.config import City
from bot.intake import Intake
from classifier import Classifier
from storage import agencies, faq
from storage.calendar import Calendar
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.people import citizen_at
from storage.reports import Opening
from storage.tables import FaqTally, Report
from tests.town import Town

ASKED = "Bagaimana cara mengurus KTP yang hilang?"
OUTSIDE = {
    "pln": ("Listrik padam sejak subuh, token masih ada, mohon PLN cek", "PLN 123"),
    "polres": ("Motor saya dicuri semalam di parkiran, mohon polisi menindak pencurinya", "110"),
    "samsat": ("Antre bayar pajak kendaraan di Samsat lima jam, loket cuma satu", "Samsat"),
    "disdik-jabar": ("SMA negeri anak saya menarik uang gedung lima juta, kepala sekolahnya memaksa", "KCD II"),
    "kai": ("Eskalator stasiun Depok Baru mati, KRL sore selalu terlambat", "KAI Commuter"),
    "imigrasi": ("Paspor saya di kantor imigrasi sudah dua bulan belum jadi", "Imigrasi"),
    "atr-bpn": ("Sertifikat tanah di BPN tiga tahun tidak selesai, berkas PTSL saya hilang", "Kantor Pertanahan"),
    "bpjs-kes": ("Kartu BPJS mandiri saya ditagih dobel, kantor BPJS tidak menjawab", "BPJS"),
    "tol-cijago": ("Jalan tol Cijago bergelombang, hampir selip di km 5", "Translingkar"),
    "kemenag": ("Guru madrasah aliyah kami memungut uang ujian, mohon Kemenag memeriksa", "Kementerian Agama"),
    "pgn": ("Tagihan gas PGN rumah saya melonjak, petugas meteran gas tidak pernah datang", "PGN"),
    "telekomunikasi": ("Internet Indihome di rumah mati seminggu, teknisi tidak datang", "penyedia internet"),
}
"""Body outside the city -> a message, and a word of the channel its citizen must read."""


async def tally(town: Town) -> dict[tuple[str, str], int]:
    async with town.database.reading() as session:
        rows = (await session.exec(select(FaqTally))).all()
    return {(row.entry, row.outcome): row.count for row in rows}


async def test_a_question_is_answered_at_once_and_may_still_go_to_an_office(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(ASKED)
    told = await siti.waits_for("surat keterangan hilang di kantor polisi")
    assert "Tempat bertanya: Disdukcapil" in told.text
    assert "Diperiksa 24 November 2026" in told.text
    await siti.taps("Terjawab")
    await siti.waits_for("Senang bisa membantu")
    assert await town.reports() == []
    await siti.taps_old(told, "Teruskan ke dinas")
    await siti.waits_for("sudah lewat")

    await siti.says("/tanya")
    await siti.waits_for("Silakan tulis pertanyaan")
    await siti.says("kk ilang min, gmn")
    first = await siti.waits_for("Untuk KK baru")
    await siti.taps("Teruskan ke dinas")
    await siti.waits_for("Di mana tempatnya")
    await siti.taps_old(first, "Teruskan ke dinas")
    await siti.taps_old(first, "Terjawab")  # too late: it is a report by now
    await siti.taps("Tidak ada tempat khusus")
    await siti.waits_for("Jenis: Permintaan informasi")
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await town.reports()
    assert (report.kind, report.agency_id, report.text) == (Kind.INFORMATION, "disdukcapil", "kk ilang min, gmn")
    assert await tally(town) == {
        ("ktp-hilang", "shown"): 1,
        ("ktp-hilang", "solved"): 1,
        ("kartu-keluarga", "shown"): 1,
        ("kartu-keluarga", "forwarded"): 1,
    }
    assert await town.set_aside() == []


async def test_what_nobody_wrote_an_answer_for_and_every_complaint_goes_on_as_before(town: Town) -> None:
    siti = await town.citizen()
    await siti.says("/tanya siapa pemenang lomba kelurahan tahun ini")
    await siti.waits_for("Di mana tempatnya")
    await siti.says("/batal")
    await siti.waits_for("tidak jadi dikirim")
    await siti.says("KTP saya hilang dan sudah tiga bulan tidak dicetak, petugasnya tidak peduli")
    await siti.waits_for("Di mana tempatnya")
    await siti.says("/batal")
    await siti.waits_for("tidak jadi dikirim")
    await siti.sends_photo(caption=ASKED)  # with a picture it is a matter of its own
    await siti.waits_for("Di mana tempatnya")
    await siti.says("/batal")
    await siti.waits_for("tidak jadi dikirim")
    await siti.says("Rumah tetangga kebakaran, api besar, nomor damkar berapa?")
    first = await siti.waits_for("112")
    assert "hubungi dulu" in first.text
    await siti.waits_for("Di mana tempatnya")
    assert await tally(town) == {}


async def test_an_answer_the_city_changed_or_ended_is_given_after_the_next_look(town: Town) -> None:
    siti = await town.citizen()
    now = town.clock()
    async with town.database.transaction() as session:
        await faq.put(
            session,
            "ktp-hilang",
            questions=["ktp hilang bagaimana", "cara mengurus ktp yang hilang"],
            answer="Datang ke <loket> 7 & bawa KK.",
            channel="Loket 7",
            topics=["ktp"],
            by=None,
            now=now,
            day=now.date(),
        )
    await town.app.shelf.refresh()
    await siti.says(ASKED)
    await siti.waits_for("Datang ke <loket> 7 & bawa KK.")
    async with town.database.transaction() as session:
        await faq.end(session, "ktp-hilang", by=None, now=now, day=now.date())
    await town.app.shelf.refresh()
    await siti.taps("Terjawab")  # pressed on an answer that exists no more
    await siti.waits_for("Senang bisa membantu")
    await siti.says(ASKED)
    await siti.waits_for("Di mana tempatnya")
    assert "ktp-hilang" not in town.app.intake.answers.entries
    assert "ktp-hilang" in with_changes([])


async def test_a_body_outside_the_city_is_named_with_its_channel_and_the_report_is_counted(
    sqlite_file: Path, tmp_path: Path, classifier: Classifier
) -> None:
    shutil.copy(sqlite_file, tmp_path / "test.db")  # nothing here depends on the engine
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    intake = Intake(classifier, Calendar.of("Asia/Jakarta"), "DPK")
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    async with database.transaction() as session:
        bodies = [
            {"id": b.id, "name": b.name, "short": b.short, "scope": b.scope, "channel": b.channel, "starts_on": now}
            for b in intake.bodies.values()
        ]
        await agencies.seed(session, bodies)
        citizen = await citizen_at(session, 7, "Siti", now)
        for body, (text, channel) in OUTSIDE.items():
            guess = intake.look(text)
            assert body in [agency for agency, _ in guess.alternatives], (body, guess)
            opening = Opening(f"draft-{body}", citizen.id or 0, text, Kind.COMPLAINT, urgent=guess.urgent)
            report, _ = await intake.open(session, opening, guess, body, now)
            told = await receipt(session, report, City())
            assert (report.status, report.agency_id) == (Status.REFERRED, body)
            assert channel in told
            assert report.number in told
        assert len((await session.exec(select(Report))).all()) == len(OUTSIDE)
    await database.close()


async def test_whom_to_call_comes_before_anything_else(town: Town) -> None:
    for n, (words, first, never) in enumerate(
        [
            ("ada begal di margonda tolong!!", "110.*polisi", "mendesak"),
            ("tetangga mukulin istrinya sampai teriak2", "110.*polisi", "mendesak"),
            ("ibu saya pingsan butuh ambulans", "119.*ambulans(.|\n)*mendesak", "wewenang"),
            ("listrik rumah saya mati dari tadi", "PLN.*bukan pemerintah kota.*123", "bahaya"),
        ]
    ):
        citizen = await town.citizen(f"Warga {n}")
        await citizen.says(words)
        told = (await citizen.waits_for(re.compile(first))).text
        assert never not in told
        asked = await citizen.waits_for("Di mana tempatnya")
        assert told != asked.text
        await citizen.says("Jalan Kenanga dekat musala")  # the place says nothing new
        await citizen.waits_for("Periksa dulu")
        assert sum(line.text == told for line in citizen.screen()) == 1
