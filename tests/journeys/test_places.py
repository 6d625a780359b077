"""Stories of places: a pin and its kelurahan, a pin next door, names that several places carry, shared positions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.simulator import Person
from tests import grounds
from tests.town import Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"
KUKUSAN = grounds.middle_of("32.76.06.1002")
BOGOR = (grounds.SOUTH - 0.05, grounds.WEST + 0.05)
SURABAYA = (-7.25, 112.75)


@pytest.fixture
async def mapped(sqlite_file: Path, tmp_path: Path, classifier) -> AsyncIterator[Town]:  # type: ignore[no-untyped-def]
    """A town whose configuration names a (made-up) file of boundaries. Places do not depend on the engine."""
    (tmp_path / "town.db").write_bytes(sqlite_file.read_bytes())
    city = {"boundaries": str(grounds.written(tmp_path))}
    async with Town.running(f"sqlite:///{tmp_path / 'town.db'}", classifier, city=city) as town:
        yield town


async def asked(town: Town, name: str, text: str = LAMP) -> Person:
    """Somebody who was just asked where."""
    person = await town.citizen(name)
    await person.says(text)
    await person.waits_for("Di mana tempatnya")
    return person


async def test_a_pin_finds_its_kelurahan_and_one_next_door_is_asked_about(mapped: Town) -> None:
    siti = await asked(mapped, "Siti")
    await siti.sends_location(*KUKUSAN)
    await siti.waits_for("Tempat: Kel. Kukusan, Kec. Beji, titik lokasi")
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await mapped.reports()
    assert (report.kelurahan, report.kecamatan, report.latitude) == ("Kukusan", "Beji", KUKUSAN[0])

    joko = await asked(mapped, "Joko")
    await joko.sends_location(*BOGOR)
    question = await joko.waits_for("yaitu di Kabupaten Bogor")
    await joko.taps("Ya, pakai titik ini")
    await joko.waits_for("di luar wilayah kota menurut titik lokasi: Kabupaten Bogor")
    await joko.taps("Kirim laporan")
    await joko.waits_for("Nomor:")
    await joko.taps_old(question, "Ya, pakai titik ini")
    await joko.waits_for("sudah terkirim")

    ani = await asked(mapped, "Ani")
    await ani.sends_location(*BOGOR)
    await ani.taps("Perbaiki tempatnya")
    await ani.waits_for("Di mana tempatnya")
    await ani.sends_location(*SURABAYA)
    await ani.waits_for("di luar wilayah kota. Apakah")
    await ani.says("depan warung Bu Tini, Kukusan")  # words instead of an answer: the stray pin is dropped
    await ani.taps("Ini berbeda")  # Siti's lamp is in the same kelurahan
    await ani.waits_for("Tempat: depan warung Bu Tini, Kukusan, Kel. Kukusan, Kec. Beji")
    await ani.taps("Kirim laporan")
    await ani.waits_for("Nomor:")
    last = (await mapped.reports())[-1]
    assert (last.latitude, last.kelurahan) == (None, "Kukusan")
    assert await mapped.set_aside() == []


async def test_a_pin_that_comes_first_and_lies_outside_is_asked_about_after_the_words(mapped: Town) -> None:
    siti = await mapped.citizen()
    await siti.sends_location(*SURABAYA)
    await siti.waits_for("Lokasinya sudah kami catat")
    await siti.says(LAMP)
    await siti.waits_for("di luar wilayah kota")
    await siti.sends_location(*KUKUSAN)
    await siti.waits_for("Kel. Kukusan")


async def test_a_name_in_the_words_that_two_places_carry_becomes_two_buttons(mapped: Town) -> None:
    siti = await asked(mapped, "Siti", "Sampah menumpuk di Curug sudah seminggu tidak diangkut, bau")
    await siti.waits_for("Curug, Cimanggis atau Curug, Bojongsari", since=0)
    await siti.taps("Ya, di Curug, Bojongsari")
    await siti.waits_for("Kel. Curug, Kec. Bojongsari")


async def test_a_trap_in_the_answer_asks_once(mapped: Town) -> None:
    siti = await asked(mapped, "Siti")
    await siti.says("di Curug dekat masjid")
    await siti.waits_for("Yang mana maksud Anda")
    await siti.taps("Curug, Cimanggis")
    await siti.waits_for("di Curug dekat masjid, Kel. Curug, Kec. Cimanggis")

    joko = await asked(mapped, "Joko")
    await joko.says("Depok")
    await joko.waits_for("Yang mana maksud Anda")
    await joko.taps("Bagian lain kota")
    await joko.taps("Beji")
    await joko.waits_for("Pilih kelurahannya")
    await joko.taps("Kembali")
    await joko.taps("Sawangan")
    await joko.taps("Tidak tahu kelurahannya")
    await joko.waits_for("Tempat: Kec. Sawangan")

    ani = await asked(mapped, "Ani")
    await ani.says("Curug")
    await ani.waits_for("Yang mana maksud Anda")
    await ani.says("Curug")  # once is enough
    await ani.waits_for("Tempat: Curug")

    udin = await asked(mapped, "Udin")
    await udin.says("Kukusan")
    await udin.waits_for("Tempat: Kel. Kukusan, Kec. Beji")
    assert await mapped.set_aside() == []


async def test_a_named_place_and_a_shared_position_are_pins(mapped: Town) -> None:
    siti = await asked(mapped, "Siti")
    await siti.sends_venue("Warung Bu Tini", "Jl. Melati", *KUKUSAN)
    await siti.waits_for("Tempat: Warung Bu Tini, Jl. Melati, Kel. Kukusan")

    joko = await asked(mapped, "Joko")
    shared = {"latitude": KUKUSAN[0], "longitude": KUKUSAN[1], "live_period": 900}
    sent = await joko.sends({"location": shared})
    await joko.waits_for("Kel. Kukusan")
    moved = sent.raw | {"location": shared | {"latitude": KUKUSAN[0] + 0.001}, "edit_date": 1_790_000_000}
    mapped.simulator.push_raw_update({"edited_message": moved})
    await joko.hears_nothing(1)
    await joko.taps("Kirim laporan")
    await joko.waits_for("Nomor:")
    (report,) = await mapped.reports()
    assert report.latitude == KUKUSAN[0]


async def test_forged_codes_change_nothing(mapped: Town) -> None:
    siti = await asked(mapped, "Siti")
    await siti.taps("Pilih kecamatan")
    listed = await siti.waits_for("Pilih kecamatannya")
    draft = listed.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")[1]
    for data in (
        f"d:{draft}:kel:99",
        f"d:{draft}:kec:32.76",
        f"d:{draft}:only:x",
        f"d:{draft}:abroad:",
        f"d:{draft}:kel:",
    ):
        await siti.forges(data)
    await siti.hears_nothing(1)
    assert await mapped.set_aside() == []
