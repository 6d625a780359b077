"""The screens of the guides, taken in a real browser from the simulator: `make pictures` writes docs/images/*.png.

Every name and every message in them is made up; what the bot says is what it says today.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, async_playwright

import classifier
from bot.simulator import Person
from storage import migrate
from storage.engine import Database
from tests.models import model_folder
from tests.requirements import browser as chromium
from tests.town import PIN, Town
from tests.wire.test_demo_page import ARGS

FOLDER = Path(__file__).parent.parent.parent / "docs" / "images"
CACHE = Path(__file__).parent.parent.parent / ".cache"
LAMP = "PJU depan Gang Kenanga RT 03 mati pak dah 3 hari, gelap bgt kalau malam"

Shoot = Callable[[Person, str], Awaitable[None]]


async def main() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        url = f"sqlite:///{folder / 'pictures.db'}"
        database = Database(url)
        await migrate.upgrade(database)
        await database.close()
        model = classifier.load(model_folder(CACHE))
        async with Town.running(url, model) as town, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGS)
            page = await browser.new_page(
                viewport={"width": 460, "height": 900},  # a phone: one person at a time
                device_scale_factor=1.4,
                reduced_motion="reduce",
                timezone_id="Asia/Jakarta",
            )
            await page.goto(town.simulator.url)
            dishub = await town.officer("dishub", name="Budi Hartono")
            await citizens(town, dishub, shooter(page, town))
            await officers(town, dishub, shooter(page, town))
            await browser.close()
    finally:
        shutil.rmtree(folder)


def shooter(page: Page, town: Town) -> Shoot:
    async def shoot(person: Person, name: str) -> None:
        await town.settles()
        await page.evaluate("id => localStorage.setItem('orang', JSON.stringify([id]))", person.id)
        await page.reload()
        column = page.get_by_role("region", name=person.name)
        await column.wait_for()
        await page.wait_for_load_state("networkidle")
        await column.screenshot(path=FOLDER / f"{name}.png")
        print(f"docs/images/{name}.png", flush=True)

    return shoot


async def citizens(town: Town, dishub: Person, shoot: Shoot) -> None:
    """From the first word to the last."""
    siti = await town.citizen("Siti Aminah")
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await shoot(siti, "warga-1-tulis")
    await siti.sends_location(*PIN)
    await siti.waits_for("Periksa dulu")
    await shoot(siti, "warga-2-periksa")
    await siti.taps("Ubah")
    await shoot(siti, "warga-3-ubah")
    await siti.taps("Kembali")
    await siti.taps("kirim laporan")
    await siti.waits_for("Nomor:")
    await shoot(siti, "warga-4-nomor")

    rudi = await town.citizen("Rudi Setiawan")
    await rudi.says("lampu jalan gang kenanga mati udah 3 malem min, tolong")
    await rudi.waits_for("Di mana tempatnya")
    await rudi.sends_location(PIN[0] + 0.0003, PIN[1])
    await rudi.waits_for("sudah ada yang melaporkan")
    await shoot(rudi, "warga-5-serupa")
    await rudi.taps("Dukung")

    await dishub.taps("Terima")
    await dishub.taps("Selesai")
    await dishub.waits_for("Tulis penjelasan")
    await shoot(dishub, "petugas-1-menulis")
    await dishub.says("Lampu sudah menyala lagi tadi sore, kabel yang putus sudah kami ganti.")
    await shoot(dishub, "petugas-2-pratinjau")
    await dishub.taps("Kirim ke warga")
    await siti.waits_for("dinyatakan selesai")
    await shoot(siti, "warga-6-selesai")
    await siti.taps("Benar selesai")
    await shoot(siti, "warga-7-nilai")
    await siti.says("/laporanku")
    await shoot(siti, "warga-8-laporanku")

    ani = await town.citizen("Ani Lestari")
    await ani.says("syarat bikin kartu keluarga baru apa saja ya?")
    await shoot(ani, "warga-9-tanya")

    parks = await town.officer("dlhk", name="Sri Wahyuni")
    await ani.says("Usul: tolong dibuatkan taman bermain anak di lapangan RW 05, sekarang kosong tidak terpakai")
    await ani.waits_for("Di mana tempatnya")
    await ani.sends_location(PIN[0] - 0.02, PIN[1])
    await ani.taps("kirim laporan")
    await parks.waits_for("taman bermain")
    await parks.taps("Terima")
    await parks.taps("Jawab usul")
    await parks.says(
        "Masuk rencana tahun depan: lapangannya milik kota, dan warga kami undang membahas gambarnya pada Februari."
    )
    await parks.taps("Kirim ke warga")
    await ani.waits_for("menjawab usul Anda")
    await shoot(ani, "warga-10-usul")


async def officers(town: Town, dishub: Person, shoot: Shoot) -> None:
    """A day at the desk."""
    for number, name in enumerate(["Yusuf Maulana", "Rini Astuti", "Hendra Wijaya"]):
        person = await town.citizen(name)
        place = ["Jalan Melati", "Jalan Anggrek dekat pasar", "perempatan Jalan Cempaka"][number]
        await person.says(f"Lampu lalu lintas di {place} mati sejak kemarin, kendaraan semrawut")
        await person.waits_for("Di mana tempatnya")
        await person.sends_location(PIN[0] + 0.02 * (number + 1), PIN[1])
        await person.taps("kirim laporan")
        await person.waits_for("Nomor:")
    await town.settles()
    await shoot(dishub, "petugas-3-laporan-baru")
    await dishub.says("/antrian")
    await shoot(dishub, "petugas-4-antrian")
    await dishub.taps("Alihkan")
    await shoot(dishub, "petugas-5-alihkan")
    await dishub.says("/statistik")
    await dishub.waits_for("Masuk", timeout=20)
    await shoot(dishub, "petugas-6-statistik")
    await town.admin.says("/staf")
    await shoot(town.admin, "petugas-7-staf")


if __name__ == "__main__":
    asyncio.run(main())
