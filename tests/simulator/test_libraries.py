"""Both libraries talk to the simulator unchanged, through every method it has."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram import types as aiotypes
from aiogram.exceptions import TelegramForbiddenError, TelegramMigrateToChat, TelegramRetryAfter
from aiogram.filters import CommandStart
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, EndPointNotFound, Forbidden, InvalidToken, RetryAfter
from telegram.ext import ExtBot

from bot.simulator import Simulator
from bot.simulator.files import sample_picture
from tests.simulator.conftest import aiogram_bot, polling

Ptb = ExtBot[None]


async def test_aiogram_polls_answers_and_edits(sim: Simulator, aio: Bot) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart(deep_link=True))
    async def start(message: aiotypes.Message) -> None:
        button = aiotypes.InlineKeyboardButton(text="Kirim sekarang", callback_data="kirim")
        keyboard = aiotypes.InlineKeyboardMarkup(inline_keyboard=[[button]])
        await message.answer(f"<b>Halo</b> {message.text}", parse_mode="HTML", reply_markup=keyboard)

    @dispatcher.callback_query(F.data == "kirim")
    async def press(query: aiotypes.CallbackQuery) -> None:
        await query.answer("Tersimpan")
        assert isinstance(query.message, aiotypes.Message)
        await query.message.edit_text("Nomor DPK-1")

    siti = sim.person("Siti Aminah", username="siti")
    async with polling(dispatcher, aio):
        await siti.starts("undangan-abc")
        greeting = await siti.waits_for("undangan-abc")
        assert greeting.raw["entities"][0] == {"type": "bold", "offset": 0, "length": 4}
        await siti.taps("Kirim")
        receipt = await siti.waits_for("DPK-")
        assert receipt.edited
        assert receipt.buttons == ()
        assert (await siti.waits_for_alert()).text == "Tersimpan"
        assert len(siti.screen()) == 2


async def test_aiogram_sends_every_kind(sim: Simulator, aio: Bot) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    picture = aiotypes.BufferedInputFile(sample_picture(), "foto.png")
    me = await aio.get_me()
    assert (me.id, me.is_bot, me.username) == (123456, True, "AspirasiDepokBot")
    photo = await aio.send_photo(siti.id, picture, caption="<i>Foto</i>", parse_mode="HTML")
    assert photo.photo
    assert (photo.photo[-1].width, photo.photo[-1].height) == (320, 240)
    again = await aio.send_photo(siti.id, photo.photo[-1].file_id)
    assert again.photo
    album = await aio.send_media_group(
        siti.id,
        [
            aiotypes.InputMediaPhoto(media=aiotypes.BufferedInputFile(sample_picture(1), "a.png"), caption="Dua"),
            aiotypes.InputMediaPhoto(media=photo.photo[-1].file_id),
        ],
    )
    assert album[0].media_group_id == album[1].media_group_id
    assert (await aio.send_document(siti.id, aiotypes.BufferedInputFile(b"a,b", "data.csv"))).document
    assert (await aio.send_location(siti.id, -6.39, 106.82)).location
    assert (await aio.send_venue(siti.id, -6.39, 106.82, "Kantor", "Jl. Margonda")).venue
    await aio.send_chat_action(siti.id, "typing")
    await aio.set_my_commands([aiotypes.BotCommand(command="lapor", description="Buat laporan")])
    assert [item.command for item in await aio.get_my_commands()] == ["lapor"]
    await aio.set_chat_menu_button(menu_button=aiotypes.MenuButtonCommands())
    assert (await aio.get_chat(siti.id)).first_name == "Siti"
    content = await aio.download(photo.photo[-1])
    assert content is not None
    assert content.read() == sample_picture()


async def test_python_telegram_bot_uses_every_method(sim: Simulator, ptb: Ptb) -> None:
    siti = sim.person("Siti Aminah", username="siti")
    await siti.starts()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Satu", callback_data="1")]])
    first = await ptb.send_message(siti.id, "Halo <b>dunia</b>", parse_mode="HTML", reply_markup=keyboard)
    assert first.parse_entities() == {first.entities[0]: "dunia"}
    assert abs((datetime.now(UTC) - first.date).total_seconds()) < 5
    answer = await ptb.send_message(siti.id, "Balasan", reply_parameters=ReplyParameters(first.message_id))
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.message_id == first.message_id
    photo = await ptb.send_photo(siti.id, sample_picture(), caption="Foto")
    document = await ptb.send_document(siti.id, b"isi", filename="laporan.txt", caption="Berkas")
    assert document.document is not None
    assert document.document.file_name == "laporan.txt"
    video = await ptb.send_video(siti.id, b"film", duration=3)
    voice = await ptb.send_voice(siti.id, b"suara", duration=4)
    assert video.video is not None
    assert voice.voice is not None
    group = await ptb.send_media_group(
        siti.id, [InputMediaPhoto(sample_picture(2), caption="Satu"), InputMediaVideo(b"film dua")]
    )
    assert group[0].media_group_id == group[1].media_group_id
    files = await ptb.send_media_group(
        siti.id, [InputMediaDocument(b"a", filename="a.txt"), InputMediaDocument(b"b", filename="b.txt")]
    )
    assert len(files) == 2
    assert (await ptb.send_location(siti.id, -6.4, 106.8)).location is not None
    assert (await ptb.send_venue(siti.id, -6.4, 106.8, "Balai", "Jl. Margonda")).venue is not None
    copy = await ptb.copy_message(siti.id, siti.id, first.message_id)
    assert copy.message_id > first.message_id
    forwarded = await ptb.forward_message(siti.id, siti.id, first.message_id)
    assert forwarded.forward_origin is not None
    await ptb.edit_message_text("Baru", siti.id, first.message_id, reply_markup=keyboard)
    await ptb.edit_message_reply_markup(siti.id, first.message_id, reply_markup=None)
    await ptb.edit_message_caption(siti.id, photo.message_id, caption="Foto baru")
    await ptb.edit_message_media(InputMediaPhoto(sample_picture(3), caption="Lain"), siti.id, photo.message_id)
    assert await ptb.delete_message(siti.id, answer.message_id)
    assert await ptb.send_chat_action(siti.id, "typing")
    file = await ptb.get_file(document.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"isi"
    texts = [line.text for line in siti.screen()]
    assert "Baru" in texts
    assert "Lain" in texts
    assert "Balasan" not in texts


async def test_python_telegram_bot_sets_the_bot_up(sim: Simulator, ptb: Ptb) -> None:
    siti = sim.person("Siti")
    group = sim.group("Grup Dishub", [siti])
    commands = [BotCommand("lapor", "Buat laporan")]
    private = BotCommandScopeAllPrivateChats()
    assert await ptb.set_my_commands(commands, scope=private, language_code="id")
    assert [c.command for c in await ptb.get_my_commands(scope=private, language_code="id")] == ["lapor"]
    assert await ptb.delete_my_commands(scope=private, language_code="id")
    assert await ptb.get_my_commands(scope=private, language_code="id") == ()
    assert await ptb.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await ptb.get_chat_menu_button()).type == "commands"
    assert await ptb.set_my_description("Panjang")
    assert (await ptb.get_my_description()).description == "Panjang"
    assert await ptb.set_my_short_description("Pendek")
    assert (await ptb.get_my_short_description()).short_description == "Pendek"
    assert await ptb.set_my_name("Bot Kota")
    assert (await ptb.get_my_name()).name == "Bot Kota"
    assert (await ptb.get_chat(group.id)).title == "Grup Dishub"
    assert (await ptb.get_chat_member(group.id, siti.id)).status == "creator"
    assert await ptb.get_chat_member_count(group.id) == 2
    assert len(await ptb.get_chat_administrators(group.id)) == 1
    assert await ptb.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot was kicked"):
        await ptb.send_message(group.id, "a")


async def test_updates_of_every_kind_parse_in_both_libraries(sim: Simulator, ptb: Ptb, aio: Bot) -> None:
    siti = sim.person("Siti Aminah", username="siti")
    await siti.starts()
    own = await siti.says("Jalan rusak https://example.org @siti_depok")
    await siti.edits(own, "Jalan rusak parah")
    await siti.replies(own, "Tambahan")
    await siti.forwards("Dari grup")
    await siti.sends_photo("Foto")
    await siti.sends_album(2, "Album")
    await siti.sends_location(-6.4, 106.8)
    await siti.sends_venue("Balai", "Jl. Margonda")
    await siti.sends_voice()
    await siti.sends_video("Film")
    await siti.sends_document()
    await siti.sends_sticker("👍")
    await siti.sends_contact()
    await ptb.send_message(siti.id, "Pilih")
    await siti.forges("data palsu")
    siti.blocks()
    siti.unblocks()
    sim.upgrade(sim.group("Grup", [siti]))
    updates = await aio.get_updates(timeout=0)
    parsed = await ptb.get_updates(timeout=0, allowed_updates=Update.ALL_TYPES)
    assert [item.update_id for item in updates] == [item.update_id for item in parsed]
    assert len(updates) >= 20
    kinds = {item.event_type for item in updates}
    assert kinds == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert any(item.message and item.message.migrate_to_chat_id for item in parsed)


async def test_errors_arrive_as_the_libraries_name_them(sim: Simulator, ptb: Ptb, aio: Bot) -> None:
    siti = sim.person("Siti")
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await ptb.send_message(siti.id, "a")
    await siti.starts()
    siti.blocks()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await aio.send_message(siti.id, "a")
    siti.unblocks()
    sim.faults.next("sendMessage", kind="429", retry_after=7, times=2)
    with pytest.raises(RetryAfter) as late:
        await ptb.send_message(siti.id, "a")
    assert late.value.retry_after == timedelta(seconds=7)
    with pytest.raises(TelegramRetryAfter) as late_too:
        await aio.send_message(siti.id, "a")
    assert late_too.value.retry_after == 7
    group = sim.group("Grup", [siti])
    old = group.id
    sim.upgrade(group)
    with pytest.raises(ChatMigrated) as moved:
        await ptb.send_message(old, "a")
    with pytest.raises(TelegramMigrateToChat) as moved_too:
        await aio.send_message(old, "a")
    assert moved.value.new_chat_id == moved_too.value.migrate_to_chat_id == group.id
    assert (await ptb.send_message(group.id, "a")).chat.type == "supergroup"
    with pytest.raises(BadRequest, match="Chat not found"):
        await ptb.send_message(42, "a")


async def test_a_wrong_token_and_an_unknown_method_are_refused(sim: Simulator, ptb: Ptb) -> None:
    stranger: Ptb = ExtBot("999:WRONG", base_url=f"{sim.url}/bot", base_file_url=f"{sim.url}/file/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await asyncio.gather(*(request.shutdown() for request in stranger._request))
    with pytest.raises(EndPointNotFound):
        await ptb.do_api_request("sendNothing")


async def test_two_pollers_on_one_token_conflict(sim: Simulator, ptb: Ptb) -> None:
    second = aiogram_bot(sim)
    first = asyncio.create_task(ptb.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    assert await second.get_updates(timeout=0) == []
    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        await first
    await second.session.close()


async def test_a_reply_keyboard_opens_and_its_button_writes(sim: Simulator, ptb: Ptb) -> None:
    siti = sim.person("Siti")
    await siti.starts()
    await ptb.send_message(siti.id, "Menu", reply_markup=ReplyKeyboardMarkup([["Buat laporan", "Bantuan"]]))
    assert siti.keyboard() == ["Buat laporan", "Bantuan"]
    line = await siti.taps("laporan")
    assert (line.text, line.from_bot) == ("Buat laporan", False)
