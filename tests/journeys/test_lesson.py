"""The first lesson of docs/panduan-petugas.md, step by step, in the very room that `make demo` opens."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.app import App
from bot.commands import demo
from bot.simulator import Person, Simulator
from storage.lifecycle import Status
from storage.reads import by_number

GUIDE = Path(__file__).parents[2] / "docs" / "panduan-petugas.md"
STEPS = re.findall(r"^(\d)\. ((?:.+\n?   )*.+)$", GUIDE.read_text(encoding="utf-8").split("Pelajaran pertama")[1], re.M)


@asynccontextmanager
async def room(folder: Path, classifier: Any) -> AsyncIterator[tuple[App, dict[str, Person]]]:
    """What `make demo` shows, without the page."""
    async with Simulator.running(token=demo.TOKEN) as simulator:
        cast = demo.people(simulator)
        app = App(demo.settings_for(simulator.url, folder, (cast["admin"].id,)), classifier)
        running = asyncio.create_task(app.run())
        await demo.set_the_scene(app, cast, simulator.url)
        try:
            yield app, cast
        finally:
            app.stop()
            await asyncio.wait_for(running, 15)


async def test_the_first_lesson_goes_as_it_is_written(classifier: Any, tmp_path: Path) -> None:
    assert [number for number, _ in STEPS] == list("1234567")
    named = {" ".join(word.split()) for _, step in STEPS for word in re.findall(r"\*([^*]+)\*", step)}
    typed = [" ".join(said.split()) for _, step in STEPS for said in re.findall(r'"([^"]+)"', step)]
    lamp, place, question, answer, vague = typed
    async with room(tmp_path, classifier) as (app, cast):
        joko, budi, siti, rina = cast["joko"], cast["dishub"], cast["siti"], cast["triage"]
        pressed: set[str] = {person.name for person in (joko, budi, siti, rina)}

        async def press(person: Person, button: str) -> None:
            pressed.add(button)
            await person.taps(button, timeout=15)

        await joko.says(lamp)
        await joko.waits_for("Di mana tempatnya", timeout=15)
        await joko.says(place)
        await press(joko, "Kirim laporan")
        number = re.findall(r"DPK-\d\d-\d+", (await joko.waits_for("Nomor:", timeout=15)).text)[0]
        await budi.waits_for(number, timeout=15)
        await press(budi, "Terima")
        await joko.waits_for("sedang ditangani", timeout=15)
        await press(budi, "Minta info")
        await budi.says(question)
        await press(budi, "Kirim ke warga")
        await joko.waits_for(question, timeout=15)
        await press(joko, "Jawab pertanyaan")
        await joko.says(answer)
        await budi.waits_for(answer, timeout=15)
        for photo in (1, 2):
            await press(budi, "Selesai")
            await budi.says("Lampunya sudah kami ganti tadi sore.")
            await budi.waits_for("foto", timeout=15)
            if photo == 2:
                await budi.sends_photo(number=701)
                await budi.waits_for("sudah pernah", timeout=15)
            await budi.sends_photo(number=700 + photo)
            await press(budi, "Kirim ke warga")
            await joko.waits_for("dinyatakan selesai", timeout=15)
            if photo == 1:
                await press(joko, "Belum")
                await joko.says("Masih mati, baru saja saya lihat.")
                await budi.waits_for("Masih mati", timeout=15)
        await press(joko, "Benar selesai")
        await press(joko, "5 hebat")
        await joko.waits_for("erima kasih", timeout=15)
        await siti.says(vague)
        await press(siti, "Tidak ada tempat khusus")
        await press(siti, "Kirim laporan")
        waiting = re.findall(r"DPK-\d\d-\d+", (await siti.waits_for("Nomor:", timeout=15)).text)[0]
        await rina.says("/antrian")
        await rina.taps(waiting, timeout=15)
        await press(rina, "Alihkan")
        await rina.taps("Dinas lain", timeout=15)
        await rina.taps("DLHK", timeout=15)
        await siti.waits_for("Dinas Lingkungan", timeout=15)
        async with app.database.reading() as session:
            lamps, vagues = await by_number(session, number), await by_number(session, waiting)
        assert lamps is not None
        assert vagues is not None
        assert (lamps.status, lamps.rating, lamps.verified_at is None) == (Status.CLOSED, 5, False)
        assert (vagues.status, vagues.agency_id) == (Status.ASSIGNED, "dlhk")
        assert named <= pressed, "every button and name of the lesson was used as written"
