"""The switchboard asks fewer handlers than aiogram would, and never leaves out one that has an answer."""

from datetime import UTC, datetime

import pytest
from aiogram import Router
from aiogram.types import CallbackQuery, Chat, Message, User

from bot.incoming import dispatcher
from bot.incoming.dispatcher import receiving_bot
from bot.incoming.switchboard import Switchboard, command_of
from bot.texts import catalogue

ME = User(id=123456, is_bot=True, first_name="Aspirasi", username="AspirasiDepokBot")
SITI = User(id=7, is_bot=False, first_name="Siti")


@pytest.fixture(scope="module")
def board() -> Switchboard:
    return dispatcher.build()


def message(text: str) -> Message:
    return Message(message_id=1, date=datetime.now(UTC), chat=Chat(id=7, type="private"), from_user=SITI, text=text)


def press(data: str) -> CallbackQuery:
    return CallbackQuery(id="1", from_user=SITI, chat_instance="1", data=data, message=message("?"))


async def left_out(board: Switchboard, kind: str, event: Message | CallbackQuery, state: str | None) -> list[str]:
    """Handlers that were not asked although they take the event."""
    asked = [id(one.handler) for one in board.likely(kind, event, state)]
    routers = [one for router in board.sub_routers for one in router.chain_tail if kind in one.observers]
    every, bot = (
        [handler for one in routers for handler in one.observers[kind].handlers],
        receiving_bot("123456:TEST", ME),
    )
    assert asked == [id(handler) for handler in every if id(handler) in asked], "in another order than aiogram's"
    wronged = []
    for handler in every:
        if id(handler) not in asked:
            taken, _ = await handler.check(event, raw_state=state, bot=bot, officer=None)
            if taken:
                wronged.append(f"{handler.callback}: {event}")
    return wronged


async def test_no_message_is_kept_from_a_handler_that_takes_it(board: Switchboard) -> None:
    texts = [f"/{command}" for command in board.commands]
    texts += ["/LAPOR ini", "/status@AspirasiDepokBot 1", "/entah", "Lampu jalan mati", "/"]
    texts += [words for key, words in catalogue().items() if key.startswith("button.") and "{" not in words][::7]
    for text in texts:
        for state in (None, "Nobody:KNOWS", *sorted(filter(None, board.states))[::3]):
            assert await left_out(board, "message", message(text), state) == []


async def test_no_press_is_kept_from_a_handler_that_takes_it(board: Switchboard) -> None:
    for prefix in (*board.prefixes, "entah", ""):
        for data in (prefix, f"{prefix}:1:send:", f"{prefix}:1", f"{prefix}:1:2:3"):
            assert await left_out(board, "callback_query", press(data), None) == []


def test_few_handlers_are_asked(board: Switchboard) -> None:
    every = sum(len(one.message.handlers) for router in board.sub_routers for one in router.chain_tail)
    assert len(board.likely("message", message("Lampu mati"), None)) < every / 5
    assert len(board.likely("message", message("/laporanku"), None)) < every / 5


async def test_a_router_with_what_the_table_would_pass_by_is_not_taken(board: Switchboard) -> None:
    async def passed_by(handler: object, event: object, data: object) -> None: ...

    odd = Switchboard()
    router = Router(name="odd")
    router.message.outer_middleware(passed_by)
    odd.include_router(router)
    with pytest.raises(NotImplementedError, match="odd"):
        odd.settle()


def test_a_command_is_read_as_aiogram_reads_it() -> None:
    assert command_of(message("/Status@AspirasiDepokBot DPK-26-000001")) == "status"
    assert command_of(message("status")) is None
