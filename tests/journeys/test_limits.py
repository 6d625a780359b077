"""Stories of too much: floods, repetitions, too many reports, a blocked person, insults; and danger in all of them."""

from datetime import UTC, datetime

from classifier import Classifier
from storage import pace
from storage.people import citizen_at
from storage.tables import Inbox, Pace
from tests.town import PIN, Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"
FIRE = "Tolong kebakaran rumah di gang sebelah, api sudah besar, ada orang di dalam!"


async def test_a_flood_is_slowed_kindly_and_nothing_of_the_report_is_lost(
    database_url: str, classifier: Classifier
) -> None:
    async with Town.running(
        database_url, classifier, limits={"messages_per_minute": 4, "reports_per_hour": 100}
    ) as town:
        town.clock.turn_to(datetime.now(UTC))  # messages bear Telegram's time, presses the town's: here they must agree
        officer = await town.officer("dishub")
        siti = await town.citizen()
        await siti.says("/bantuan")
        await siti.waits_for("Cara melapor")
        await siti.says(LAMP)
        await siti.waits_for("Di mana tempatnya")
        await siti.sends_location(*PIN)
        card = await siti.waits_for("Periksa dulu")
        await siti.says("Tiangnya juga miring ke arah rumah warga")
        await siti.waits_for("tetap kami simpan")
        await siti.sends_photo()
        await siti.says("Kabelnya terkelupas di bawah")
        await siti.taps_old(card, "Kirim laporan")
        await town.settles()
        await siti.hears_nothing(0.2)  # told once a minute
        assert await town.reports() == []
        await siti.says(FIRE)
        assert "hubungi dulu" in (await siti.waits_for("112")).text
        assert await town.count(Inbox) >= 9  # what was not answered is kept as it came
        for _ in range(6):  # officers at work are not counted
            await officer.says("/antrian")
            await officer.waits_for("Tidak ada yang menunggu")
        async with town.database.transaction() as session:
            row = await session.get_one(Pace, siti.id)
            row.left = 4.0  # a minute later
        await siti.taps_old(card, "Kirim laporan")
        await siti.waits_for("Nomor:")
        (report,) = await town.reports()
        assert "miring ke arah rumah" in report.text
        assert "terkelupas" in report.text
        assert await town.set_aside() == []


async def test_the_same_words_twice_are_answered_once(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya", since=0)
    await town.settles()
    await siti.hears_nothing(0.2)
    await siti.sends_location(*PIN)
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await town.reports()
    assert (report.text, report.place) == (LAMP, "")


async def test_a_report_above_the_hourly_limit_stays_a_draft_unless_it_is_urgent(
    database_url: str, classifier: Classifier
) -> None:
    async with Town.running(
        database_url, classifier, limits={"messages_per_minute": 1_000, "reports_per_hour": 1}
    ) as town:
        siti = await town.citizen()
        await town.files(siti, LAMP)
        await siti.says("Sampah di pinggir jalan menumpuk seminggu belum diangkut, bau")
        await siti.waits_for("Di mana tempatnya")
        await siti.sends_location(PIN[0] + 0.02, PIN[1])
        card = await siti.waits_for("Periksa dulu")
        await siti.taps("Kirim laporan")
        await siti.waits_for_alert("banyak laporan dalam satu jam")
        assert len(await town.reports()) == 1
        town.clock.turn(hours=1, minutes=1)
        await siti.taps_old(card, "Kirim laporan")
        await siti.waits_for("Nomor:")
        await town.files(siti, FIRE)
        assert [report.urgent for report in await town.reports()] == [False, False, True]


async def test_a_blocked_person_is_told_why_follows_what_is_open_and_keeps_the_emergency_numbers(town: Town) -> None:
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    async with town.database.transaction() as session:
        me = await citizen_at(session, siti.id, "Siti", town.clock())
        await pace.block(session, me.id or 0, "Berulang kali mengirim laporan palsu", town.clock())
    await siti.says("Sampah menumpuk di depan pasar seminggu")
    told = await siti.waits_for("untuk sementara Anda tidak dapat mengirim laporan")
    assert "laporan palsu" in told.text
    assert "SP4N-LAPOR" in told.text
    await siti.says("Halo, kenapa tidak dijawab ini?")
    await siti.says("/lapor")
    await town.settles()
    await siti.hears_nothing(0.2)  # once a day
    await siti.says(FIRE)
    await siti.waits_for("hubungi dulu")
    await siti.says(f"/status {number}")
    await siti.waits_for("Keadaan")
    async with town.database.transaction() as session:
        await pace.unblock(session, me.id or 0)
    await siti.says("Sampah menumpuk di depan pasar seminggu")
    await siti.waits_for("Di mana tempatnya")


async def test_insults_do_not_lose_the_report_inside_them_and_danger_in_a_caption_or_addition_goes_first(
    town: Town,
) -> None:
    siti = await town.citizen()
    await town.files(siti, "Dasar goblok semua, jalan berlubang di depan pasar sudah sebulan dibiarkan")
    (report,) = await town.reports()
    assert report.abusive
    await siti.sends_photo(caption=FIRE)
    first, then = await siti.waits_for("hubungi dulu"), await siti.waits_for("Di mana tempatnya")
    assert first.message_id < then.message_id
