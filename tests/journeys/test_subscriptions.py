"""Stories of the weekly digest: chosen with buttons, listed, ended with one tap, at most ten."""

from storage import subscriptions
from storage.people import citizen_at
from storage.subscriptions import Scope
from tests.town import Town


async def wanted(town: Town) -> list[tuple[str, str]]:
    async with town.database.reading() as session:
        return await subscriptions.wanted(session)


async def test_choosing_listing_and_stopping(town: Town) -> None:
    siti, joko = await town.citizen(), await town.citizen("Joko")
    await siti.says("/langganan")
    await siti.waits_for("Anda belum berlangganan")
    await siti.taps("Tambah wilayah")
    await siti.waits_for("Kecamatan mana")
    await siti.taps("Bojongsari")
    await siti.waits_for("Seluruh Kecamatan Bojongsari")
    await siti.taps("Kembali")
    await siti.waits_for("Kecamatan mana")
    await siti.taps("Bojongsari")
    await siti.taps("Curug")
    await siti.waits_for("Kelurahan Curug, Bojongsari")
    await siti.taps("Tambah wilayah")
    await siti.taps("Beji")
    await siti.taps("Seluruh Kecamatan Beji")
    await siti.waits_for("Kecamatan Beji")
    await siti.taps("Tambah perihal")
    await siti.taps("Lampu jalan")
    await siti.waits_for("• Lampu jalan")
    await siti.taps("Tambah seluruh Kota Depok")
    old = await siti.waits_for("• Seluruh Kota Depok")
    everything = [("city", ""), ("kecamatan", "Beji"), ("kelurahan", "Curug, Bojongsari"), ("topic", "lampu")]
    assert await wanted(town) == everything

    button = next(b for row in old.raw["reply_markup"]["inline_keyboard"] for b in row if "Lampu" in b["text"])
    await joko.forges(button["callback_data"])  # somebody else's is not his to end
    for forged in ("g:topic:nothing", "g:village:99", "g:villages:x", "g:stop:99999999999999999999", "g:stop:", "g::"):
        await joko.forges(forged)
    await town.settles()
    assert await wanted(town) == everything

    await siti.taps("Berhenti: Lampu jalan")
    left = await siti.waits_for("Seluruh Kota Depok")
    assert "Lampu" not in left.text
    await siti.taps_old(old, "Berhenti: Lampu jalan")
    await town.settles()
    assert await wanted(town) == everything[:3]
    assert await town.set_aside() == []


async def test_ten_are_enough(town: Town) -> None:
    siti = await town.citizen()
    async with town.database.transaction() as session:
        me = (await citizen_at(session, siti.id, "Siti", town.clock())).id or 0
        for name in ("Beji", "Cinere", "Limo", "Tapos", "Cilodong", "Sawangan", "Cipayung", "Cimanggis", "Sukmajaya"):
            await subscriptions.add(session, me, Scope.KECAMATAN, name, town.clock())
    await siti.says("/langganan")
    await siti.taps("Tambah perihal")
    old = await siti.waits_for("Tentang apa")
    await siti.taps("Hewan")
    await siti.waits_for("Ini sudah 10 langganan")
    await siti.taps_old(old, "Sekolah")
    await siti.waits_for_alert("Sudah 10 langganan")
