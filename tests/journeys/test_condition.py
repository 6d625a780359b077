"""An administrator asks how the service is, reads a digest as its readers do, and has it sent once more."""

from datetime import timedelta

from bot.schedule.jobs import EDITIONS
from storage import runs
from storage.tables import Outbox, Role, Run, RunState
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def test_kesehatan_tells_what_waits_who_works_and_how_far_the_jobs_are(town: Town) -> None:
    admin, now = town.admin, town.clock()
    async with town.database.transaction() as session:
        for job, state, done, total, error in (
            ("backup", RunState.DONE, 1234, 1234, None),
            ("citizen_digest", RunState.RUNNING, 2500, 10_000, None),
            ("channel_digest", RunState.RUNNING, 0, 1, "OSError"),
        ):
            session.add(
                Run(job=job, period=now + timedelta(days=1), state=state, done=done, total=total, error=error,
                    started_at=now, finished_at=now - timedelta(hours=5) if job == "backup" else None)
            )  # fmt: skip
    await admin.says("/kesehatan")
    told = await admin.waits_for("Keadaan layanan")
    for part in (
        "Semua berjalan baik", "masuk yang menunggu: 0,",
        "Server yang menerima pesan: 1", "Cadangan terakhir: 5 jam lalu, 1.234 baris",
        "2.500 dari 10.000 (25%)", "terhenti setelah 0, OSError", "Ringkasan warga", "Menunggu dikirim",
        "SQLite" if town.database.is_sqlite else "PostgreSQL",
    ):  # fmt: skip
        assert part in told.text, part
    budi = await town.officer("dishub")
    await budi.says("/kesehatan")
    await budi.waits_for("tidak mencakup")
    assert await town.set_aside() == []


async def test_a_digest_is_previewed_by_one_and_sent_again_to_all(town: Town) -> None:
    admin, budi = town.admin, await town.officer("dishub")
    await town.officer(None, Role.LEADER, "Wali Kota")
    await town.files(await town.citizen(), LAMP)
    town.clock.turn(days=7)
    for edition in EDITIONS:
        await town.app.clockwork.publish(edition)
    first = await budi.waits_for("Ringkasan pekan")
    await admin.says("/ringkasan")
    await admin.waits_for("Ringkasan mana")
    await admin.taps("Ringkasan dinas")
    await admin.waits_for("yang mana")
    await admin.taps("Dishub")
    await admin.waits_for("beginilah yang diterima")
    seen = await admin.waits_for("Ringkasan pekan")
    assert seen.text == first.text
    before = await town.count(Outbox, Outbox.notice == "digest")
    await admin.forges("dg:again:office_digest:")
    await admin.waits_for("sekali lagi")
    await admin.taps("Ya, kirim ulang")
    await admin.waits_for("dikirim ulang dalam beberapa menit")
    await admin.forges("dg:yes:office_digest:")
    await admin.waits_for("masih dikirim")
    office = next(edition for edition in EDITIONS if edition.name == "office_digest")
    assert await town.app.clockwork.publish(office) == 1
    assert await town.app.clockwork.publish(office) == 0
    assert await town.count(Outbox, Outbox.notice == "digest") == before + 1
    async with town.database.reading() as session:
        last = await runs.last(session, "office_digest")
    assert last is not None
    assert (last.issue, last.state) == (2, RunState.DONE)
    await admin.forges("dg:see:entah:")
    await admin.waits_for_alert("")
    assert await town.set_aside() == []
