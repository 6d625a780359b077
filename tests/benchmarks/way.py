"""Raw updates as Telegram sends them, and a bare aiogram bot to compare with."""

import time
from collections.abc import AsyncGenerator, Iterable
from typing import Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.base import BaseSession
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import TelegramMethod
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    User,
)
from sqlalchemy import text

from storage.engine import Database

Json = dict[str, Any]
SOUTH, WEST, STEP = -6.45, 106.74, 0.004
FIRST_CITIZEN = 6_000_000_000

STORIES = (
    "Lampu jalan di gang {n} mati sudah tiga malam, gelap sekali",
    "Sampah menumpuk di depan rumah nomor {n}, bau dan banyak lalat",
    "Jalan berlubang di blok {n}, kemarin ada motor jatuh",
    "Pohon besar di gang {n} hampir tumbang, mohon dipangkas",
    "Got mampet di RT {n}, tiap hujan air masuk ke rumah warga",
    "Parkir liar di depan toko {n} bikin macet tiap sore",
    "Pelayanan KTP di loket {n} lama sekali, antre dari subuh",
    "Air PDAM di blok {n} keruh sejak hari senin",
)


def place_of(n: int) -> tuple[float, float]:
    """Latitude and longitude on a grid over the city, so that few reports lie near each other."""
    return SOUTH + n // 30 % 30 * STEP, WEST + n % 30 * STEP


class Stream:
    """Updates of citizens, each with a number of its own, dated now."""

    def __init__(self, first: int = 1) -> None:
        self.next_id = first

    def _update(self, kind: str, content: Json) -> Json:
        self.next_id += 1
        return {"update_id": self.next_id, kind: content}

    def message(self, n: int, **fields: Any) -> Json:
        who = {"id": FIRST_CITIZEN + n, "is_bot": False, "first_name": f"Warga {n}"}
        chat = {"id": who["id"], "type": "private", "first_name": who["first_name"]}
        head = {"message_id": self.next_id, "date": int(time.time()), "chat": chat, "from": who}
        return self._update("message", head | fields)

    def story(self, n: int) -> Json:
        return self.message(n, text=STORIES[n % len(STORIES)].format(n=n))

    def pin(self, n: int) -> Json:
        latitude, longitude = place_of(n)
        return self.message(n, location={"latitude": latitude, "longitude": longitude})

    def command(self, n: int, text: str) -> Json:
        return self.message(n, text=text, entities=[{"type": "bot_command", "offset": 0, "length": len(text)}])

    def press(self, n: int, data: str) -> Json:
        who = {"id": FIRST_CITIZEN + n, "is_bot": False, "first_name": f"Warga {n}"}
        chat = {"id": who["id"], "type": "private", "first_name": who["first_name"]}
        bot = {"id": 1, "is_bot": True, "first_name": "Aspirasi"}
        message = {
            "message_id": self.next_id,
            "date": int(time.time()),
            "chat": chat,
            "from": bot,
            "text": "Periksa dulu",
        }
        query = {"id": str(self.next_id), "from": who, "chat_instance": "1", "data": data, "message": message}
        return self._update("callback_query", query)


class Ask(StatesGroup):
    PLACE = State()
    CHECK = State()


class Nowhere(BaseSession):
    """Takes every request and sends none."""

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        return None

    async def close(self) -> None:
        pass

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield b""


def bare() -> tuple[Dispatcher, Bot]:
    """The same dialogue in aiogram as its tutorial would have it: state in memory, nothing kept, nobody classified."""
    filed: dict[int, list[str]] = {}
    here = Router()

    async def story(message: Message, state: FSMContext) -> None:
        await state.set_state(Ask.PLACE)
        await state.set_data({"text": message.text})
        keys = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Kirim titik lokasi", request_location=True)]])
        await message.answer("Di mana tempatnya?", reply_markup=keys)

    async def pin(message: Message, state: FSMContext) -> None:
        await state.set_state(Ask.CHECK)
        data = await state.update_data(latitude=message.location and message.location.latitude)
        buttons = [[InlineKeyboardButton(text="Kirim", callback_data="d:0:send:")]]
        await message.answer(
            f"Periksa dulu\n{data['text']}", reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons)
        )

    async def send(callback: CallbackQuery, state: FSMContext) -> None:
        data = await state.get_data()
        filed.setdefault(callback.from_user.id, []).append(data.get("text", ""))
        await state.clear()
        if isinstance(callback.message, Message):
            await callback.message.edit_text("Laporan diterima. Nomor: 1")
        await callback.answer()

    async def mine(message: Message) -> None:
        await message.answer("\n".join(filed.get(message.chat.id, [])) or "Belum ada")

    here.message.register(mine, Command("laporanku"))
    here.message.register(pin, StateFilter(Ask.PLACE), F.location)
    here.message.register(story, F.text)
    here.callback_query.register(send, F.data.startswith("d:"))
    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.include_router(here)
    me = User(id=1, is_bot=True, first_name="Aspirasi", username="AspirasiDepokBot")
    bot = Bot("1:TEST", session=Nowhere())
    bot._me = me
    return dispatcher, bot


async def bare_speed(citizens: Iterable[int]) -> float:
    """Updates a second through the bare bot: words, pin, press, look, of each citizen."""
    dispatcher, bot = bare()
    stream, people = Stream(), list(citizens)
    rounds = [
        [stream.story(n) for n in people],
        [stream.pin(n) for n in people],
        [stream.press(n, "d:0:send:") for n in people],
        [stream.command(n, "/laporanku") for n in people],
    ]
    began = time.perf_counter()
    for one in rounds:
        for update in one:
            await dispatcher.feed_raw_update(bot, update)
    return 4 * len(people) / (time.perf_counter() - began)


async def fresh(server: str, name: str) -> str:
    database = Database(f"{server}/postgres")
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            text(f"CREATE DATABASE {name}")
        )
    await database.close()
    return f"{server}/{name}"
