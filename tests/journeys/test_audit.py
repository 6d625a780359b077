"""Stories of those who watch over the service: who opened what, and that the log is whole."""

import re
import subprocess
import sys

from bot.schedule.jobs import JOBS
from storage.tables import Role, Seal
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


def verify(town: Town, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", "audit", "verify", *options],
        env={
            "ASPIRASI_TELEGRAM_TOKEN": "123456:TEST",
            "ASPIRASI_DATABASE_URL": town.database.engine.url.set(
                drivername=town.database.engine.url.get_backend_name()
            ).render_as_string(hide_password=False),
        },
        capture_output=True,
        text=True,
        check=False,
    )


async def test_an_auditor_reads_who_opened_a_report_and_proves_the_log(town: Town) -> None:
    auditor = await town.officer(None, Role.AUDITOR, "Wati")
    budi, tono = await town.officer("dishub"), await town.officer("dlhk", name="Tono")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await budi.taps("Terima")
    await budi.waits_for("sedang ditangani")
    await tono.says(f"/kasus {number}")
    await tono.waits_for("bukan di kantor")
    await auditor.says("/riwayat")
    await auditor.waits_for("yang mana")
    await auditor.says(f"/riwayat {number}")
    seen = await auditor.waits_for("Siapa membuka dan mengubah")
    assert "Budi Hartono Petugas menerima laporan" in seen.text
    assert re.search(r"Tono Petugas ditolak saat ingin membuka laporan", seen.text)
    assert "Wati Auditor membuka catatan ini" in seen.text
    for person in (budi, siti):
        await person.says(f"/riwayat {number}")
        await person.waits_for("Maaf")
    await auditor.says("/riwayat 4711")
    await auditor.waits_for("tidak kami temukan")
    town.clock.turn(minutes=5)
    await town.app.clockwork.do(next(job for job in JOBS if job.name == "seal_log"))
    assert await town.count(Seal) > 5
    whole = verify(town)
    assert whole.returncode == 0, whole.stderr
    head = whole.stdout.split()[-1]
    assert verify(town, "--known", head).returncode == 0
    broken = verify(town, "--known", "0" * 63 + "1")
    assert broken.returncode == 1
    assert "newest rows were taken away" in broken.stderr
    assert await town.set_aside() == []
