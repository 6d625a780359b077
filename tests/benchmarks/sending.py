"""What a message costs to send, in processor time of a process that only sends."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.app import prepare
from bot.simulator import Limits, Simulator
from storage import outbox
from storage.engine import Database
from storage.tables import Lane
from tests.conftest import settings_for
from tests.wire.process import Service

CHATS, EACH = 700, 3
"""As many at once for a chat as may go without waiting."""

BUTTONS = {"inline_keyboard": [[{"text": "Kirim", "callback_data": "d:1:send:"}]]}


async def sending(name: str, url: str, folder: Path, model: Path) -> None:
    """From the row that waits to the row that is settled; `aspirasi run --only outgoing` against the simulator."""
    (place := folder / f"sending-{name}").mkdir()
    database = Database(url)
    async with Simulator.running(limits=Limits.off()) as simulator:
        people = [simulator.person(f"Warga {n}") for n in range(CHATS + 100)]
        for person in people:
            await person.starts()
        await prepare(database, settings_for(url), datetime.now(UTC))
        service = Service(simulator, place, url, model, [], only="outgoing", per_second=1000)
        try:
            await service.start()
            await service.ready(240)
            await owe(database, [person.id for person in people[CHATS:]])  # what is compiled once is compiled
            began = service.busy()
            await owe(database, [person.id for person in people[:CHATS]] * EACH)
            cost = 1000 * (service.busy() - began) / (CHATS * EACH)
        finally:
            await service.stop()
    await database.close()
    print(f"a message sent, {name}: {cost:.2f} ms of processor time", flush=True)


async def owe(database: Database, chats: list[int]) -> None:
    """An answer to each chat; returns when nothing is owed any more."""
    now = datetime.now(UTC)
    payload = {"text": "Di mana tempatnya? " * 10, "reply_markup": BUTTONS}
    async with database.transaction() as session:
        for chat in chats:
            await outbox.put(session, now=now, lane=Lane.REPLY, chat_id=chat, method="sendMessage", payload=payload)
    async with asyncio.timeout(300):
        while True:
            async with database.reading() as session:
                if not await outbox.waiting(session):
                    return
            await asyncio.sleep(0.2)
