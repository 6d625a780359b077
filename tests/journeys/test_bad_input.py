"""Whatever a person can send has an answer in plain words, or a deliberate silence; and no update is set aside."""

import asyncio

from storage.tables import Inbox, InboxState, Outbox, OutboxState
from tests.town import PIN, Town

LAMP = "Lampu jalan di depan gang mati sudah tiga malam, gelap sekali"


async def test_little_and_strange_texts(town: Town) -> None:
    siti = await town.citizen()
    for text, answer in [
        ("🙏🙏😭", "belum ada kata-katanya"),
        ("...", "belum ada kata-katanya"),
        ("banjir", "lebih lengkap"),
        ("di jalan mawar sudah dua hari, air masuk teras", "Di mana tempatnya"),
        ("/batal", "tidak jadi"),
        ("/entah", "belum kami kenal"),
    ]:
        await siti.says(text)
        await siti.waits_for(answer)
    assert await town.set_aside() == []


async def test_a_very_long_story_is_one_report(town: Town) -> None:
    siti = await town.citizen()
    story = "Lampu jalan di gang kami mati. " + "Anak-anak pulang mengaji kegelapan dan takut. " * 200
    await siti.says(story[:9000])
    await siti.waits_for("Di mana tempatnya")
    await town.settles()
    await siti.sends_location(*PIN)
    await siti.taps("Kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await town.reports()
    assert 8900 < len(report.text) <= 9010


async def test_a_story_without_end_is_refused_kindly(town: Town) -> None:
    siti = await town.citizen()
    await siti.says("Jalan rusak parah di kampung kami. " * 400)
    await siti.waits_for("10.000 huruf")
    assert await town.set_aside() == []


async def test_stickers_contacts_polls_and_other_kinds(town: Town) -> None:
    siti = await town.citizen()
    await siti.sends_sticker("👍")
    await siti.waits_for("Terima kasih!")
    await siti.sends({"dice": {"emoji": "🎲", "value": 3}})
    await siti.waits_for("Terima kasih!")
    option = {"text": "Ya", "voter_count": 0, "persistent_id": "0"}
    poll = {"id": "1", "question": "Setuju?", "options": [option], "total_voter_count": 0, "is_closed": False}
    poll |= {"is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False}
    poll |= {"members_only": False}
    await siti.sends({"poll": poll})
    await siti.waits_for("belum bisa membaca")
    await siti.sends_contact()
    await siti.waits_for("tidak kami perlukan")
    await siti.sends_voice()
    await siti.waits_for("sudah kami simpan")
    await siti.says("/batal")
    await siti.forwards(LAMP)
    await siti.waits_for("Di mana tempatnya")
    assert await town.set_aside() == []


async def test_an_edited_message_gets_a_hint(town: Town) -> None:
    siti = await town.citizen()
    message = await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.edits(message, LAMP + " sekali")
    await siti.waits_for("mengubah pesan")


async def test_html_in_words_and_names_is_shown_as_typed(town: Town) -> None:
    dishub = await town.officer("dishub")
    eve = town.simulator.person("<script>alert(1)</script> & <b>Eve")
    await eve.starts()
    await eve.waits_for("<script>alert(1)</script>")
    await town.files(eve, "Lampu jalan <b>mati</b> & gelap <script>alert(1)</script> sudah 3 hari")
    card = await dishub.waits_for("Laporan baru")
    assert "<b>mati</b> & gelap <script>" in card.text


async def test_a_button_pressed_twice_sends_once(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    card = await siti.waits_for("Periksa dulu")
    await asyncio.gather(*(siti.taps_old(card, "Kirim laporan") for _ in range(4)))
    await siti.waits_for("Nomor:")
    await siti.waits_for("sudah terkirim dengan nomor DPK-")
    await town.settles()
    assert len(await town.reports()) == 1


async def test_an_old_cards_button_a_month_later(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    card = await siti.waits_for("Periksa dulu")
    await siti.taps("Batal")
    await siti.waits_for("tidak jadi dikirim")
    town.clock.turn(days=31)
    await siti.taps_old(card, "Kirim laporan")
    await siti.waits_for("laporan yang sudah lewat")
    assert await town.reports() == []


async def test_forged_buttons_do_nothing(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    for data in ("", "x", "d:", "d:zzz:send:", "k:1:accept:", "k:abc:accept:", "r:99:see", "r:-1:see", "q:5", "l:-3",
                 "i:admin:", "w:1:send", "d:1:2:3:4:5", "🙂" * 16, "k:99999999999999999999:see:"):  # fmt: skip
        if data:
            await siti.forges(data)
    await town.settles()
    assert await town.set_aside() == []
    assert await town.reports() == []


async def test_an_office_that_was_not_offered_cannot_be_chosen(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    card = await siti.waits_for("Periksa dulu")
    buttons = [button for row in card.raw["reply_markup"]["inline_keyboard"] for button in row]
    draft = next(button["callback_data"] for button in buttons if "kirim" in button["text"].casefold()).split(":")[1]
    await siti.forges(f"d:{draft}:office:inspektorat")
    await siti.taps_old(card, "Kirim laporan")
    await siti.waits_for("Nomor:")
    (report,) = await town.reports()
    assert report.agency_id == "dishub"


async def test_groups_get_one_pointer_and_otherwise_silence(town: Town) -> None:
    siti = await town.citizen()
    group = town.simulator.group("RT 05", [siti])
    await siti.says("/lapor", chat=group)
    await siti.waits_for("percakapan pribadi", chat=group)
    await siti.says("lampu jalan mati semua", chat=group)
    await siti.hears_nothing(0.5)
    assert await town.reports() == []


async def test_a_blocked_bot_stops_writing_and_begins_again_when_opened(town: Town) -> None:
    dishub = await town.officer("dishub")
    siti = await town.citizen()
    number = await town.files(siti, LAMP)
    await dishub.waits_for(number)
    siti.blocks()
    await dishub.taps("Terima")
    await town.settles()
    assert await town.count(Outbox, Outbox.state == OutboxState.GIVEN_UP) <= 1
    siti.unblocks()
    await siti.says(f"/status {number}")
    await siti.waits_for("Sedang ditangani")


async def test_two_people_at_once_get_two_reports(town: Town) -> None:
    people = [await town.citizen(name) for name in ("Siti", "Joko", "Ani", "Udin")]
    numbers = await asyncio.gather(*(town.files(person, LAMP) for person in people))
    assert len(set(numbers)) == 4


async def test_an_update_nobody_knows_and_a_poisoned_one(town: Town) -> None:
    siti = await town.citizen()
    town.simulator.push_raw_update({"strange_new_thing": {"from": {"id": siti.id}, "x": [1, {"y": None}]}})
    town.simulator.push_raw_update(
        {
            "message": {
                "message_id": "not a number",
                "chat": {"id": siti.id, "type": "private"},
                "date": "x",
                "text": "a",
            }
        }
    )
    await siti.waits_for("gagal kami proses", timeout=20)
    assert await town.count(Inbox, Inbox.state == InboxState.SET_ASIDE) == 1
    await siti.says(LAMP)
    await siti.waits_for("Di mana tempatnya")


async def test_two_reports_at_once_from_two_devices_become_two_reports(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.says("Sampah rumah tangga tidak diangkut sudah dua minggu, baunya menyengat")
    await siti.waits_for("atau laporan lain?")
    await siti.taps("Laporan lain")
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    await siti.taps("Kirim laporan")
    await siti.waits_for("laporan Anda yang satunya")
    await siti.waits_for("Di mana tempatnya")
    await siti.says("depan pasar Musi")
    await siti.taps("Kirim laporan")
    await siti.waits_for("DPK-26-000002")
    assert [report.agency_id for report in await town.reports()] == ["dishub", "dlhk"]


async def test_words_that_belong_to_the_open_report_are_added(town: Town) -> None:
    siti = await town.citizen()
    await siti.says(LAMP)
    await siti.says("Sampah rumah tangga tidak diangkut sudah dua minggu, baunya menyengat")
    await siti.taps("Bagian laporan tadi")
    await siti.waits_for("Di mana tempatnya")
    await siti.sends_location(*PIN)
    await siti.waits_for("baunya menyengat")
