"""One update is one transaction: everything its handler did lands together, or nothing does."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    User,
)
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.citizen.draft import Unacceptable
from bot.config import City
from bot.config import Limits as Pacing
from bot.incoming.dispatcher import POLITE, Politeness, Spinner, WhoWrites, build, receiving_bot
from bot.incoming.fsm import ConversationStorage
from bot.incoming.poller import Poller
from bot.incoming.session import plain
from bot.incoming.worker import Worker
from bot.simulator import Limits, Simulator
from bot.staff.access import Action, Refused
from bot.texts import label, say
from storage import inbox
from storage.bells import Bell
from storage.engine import Database
from storage.lifecycle import ForbiddenMove, NoteRequired, Status
from storage.reports import AlreadyTaken, UnknownReport
from storage.staff import InvitationRefused
from storage.tables import Attempt, Citizen, Conversation, Inbox, InboxState, Lane, Officer, Outbox, Role
from tests.watch import Watch

ME = User(id=123456, is_bot=True, first_name="Aspirasi", username="AspirasiDepokBot")


class Desk:
    """The receiving half of the service, turned by hand: what people do is taken in when a test says so."""

    def __init__(self, sim: Simulator, database: Database) -> None:
        self.sim = sim
        self.database = database
        self.watch = Watch()
        self.poller = Poller(database, sim.token, sim.url, Bell(), self.watch)

    def worker(self, work: Router | Dispatcher) -> Worker:
        dispatcher = work if isinstance(work, Dispatcher) else with_our_middlewares(work)
        bot = receiving_bot(self.sim.token, ME)
        events = {"arrived": Bell(), "owed": Bell(), "changed": Bell()}
        return Worker(
            self.database, dispatcher, bot, clock=self.watch, given={"city": City(), "limits": Pacing()}, **events
        )

    async def takes_in(self, worker: Worker) -> int:
        """Fetch what people did and handle all that may be handled now; returns how many updates that was."""
        async with aiohttp.ClientSession() as http:
            await self.poller.once(http, wait=0)
        handled = 0
        while await worker.handle_next():
            handled += 1
        return handled

    async def rows(self, table: type[Any]) -> list[Any]:
        async with self.database.reading() as session:
            return list((await session.exec(select(table).order_by(*table.__table__.primary_key))).all())

    async def owed(self) -> list[tuple[str, str]]:
        """(method, text) of everything in the outbox, oldest first."""
        return [(row.method, row.payload.get("text", "")) for row in await self.rows(Outbox)]


def with_our_middlewares(router: Router) -> Dispatcher:
    dispatcher = Dispatcher(storage=ConversationStorage())
    for middleware in (Spinner(), WhoWrites(), Politeness()):
        dispatcher.update.outer_middleware(middleware)
    dispatcher.include_router(router)
    return dispatcher


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with Simulator.running(limits=Limits.off()) as sim:
        yield Desk(sim, database)


def failing(times: int) -> Router:
    """Greets; but the words "racun" make it break after everything else is done, the first `times` times."""
    router = Router()
    left = [times]

    @router.message(F.text)
    async def greet(message: Message, state: FSMContext, session: AsyncSession, now: Any) -> None:
        session.add(Citizen(chat_id=message.chat.id, name=message.text or "", created_at=now))
        await state.set_state("asked")
        await state.update_data(said=message.text)
        await message.answer(f"Halo {message.text}")
        if message.text == "racun" and left[0] > 0:
            left[0] -= 1
            raise RuntimeError("boom")

    return router


async def test_a_handler_that_fails_leaves_no_trace_and_is_tried_again(desk: Desk) -> None:
    worker = desk.worker(failing(times=2))
    await desk.sim.person("Siti").says("racun")
    for attempt in (1, 2):
        assert await desk.takes_in(worker) == 1
        (row,) = await desk.rows(Inbox)
        assert (row.state, row.attempts) == (InboxState.WAITING, attempt)
        assert row.error.startswith("RuntimeError at ")  # where, not what: its words may be a citizen's
        assert "boom" not in row.error
        for table in (Citizen, Conversation, Outbox):
            assert await desk.rows(table) == []
        assert await desk.takes_in(worker) == 0, "not before its time has come"
        desk.watch.turn(seconds=attempt**2)
    assert await desk.takes_in(worker) == 1
    (row,) = await desk.rows(Inbox)
    assert (row.state, row.error) == (InboxState.DONE, None)
    assert [citizen.name for citizen in await desk.rows(Citizen)] == ["racun"]
    (conversation,) = await desk.rows(Conversation)
    assert (conversation.state, conversation.data) == ("asked", {"said": "racun"})
    assert await desk.owed() == [("sendMessage", "Halo racun")]


async def test_what_never_succeeds_is_set_aside_with_one_apology_and_its_chat_goes_on(desk: Desk) -> None:
    worker = desk.worker(failing(times=99))
    siti, joko = desk.sim.person("Siti"), desk.sim.person("Joko")
    await siti.says("racun")
    await siti.says("sabar")
    await joko.says("lain")
    assert await desk.takes_in(worker) == 2
    assert await desk.owed() == [("sendMessage", "Halo lain")], "another chat goes on, her own waits"
    for _ in range(inbox.ATTEMPTS):
        desk.watch.turn(minutes=1)
        await desk.takes_in(worker)
    states = [(row.state, row.attempts) for row in await desk.rows(Inbox)]
    assert states == [(InboxState.SET_ASIDE, inbox.ATTEMPTS), (InboxState.DONE, 0), (InboxState.DONE, 0)]
    assert await desk.owed() == [
        ("sendMessage", "Halo lain"),
        ("sendMessage", say("apology")),
        ("sendMessage", "Halo sabar"),
    ]


async def test_a_failure_told_late_does_not_undo_what_a_colleague_finished(desk: Desk) -> None:
    await desk.sim.person("Siti").says("halo")
    assert await desk.takes_in(desk.worker(failing(times=0))) == 1
    (row,) = await desk.rows(Inbox)
    for _ in range(inbox.ATTEMPTS):
        async with desk.database.transaction() as session:
            assert not await inbox.failed(session, row.update_id, "RuntimeError: boom", desk.watch())
    (row,) = await desk.rows(Inbox)
    assert (row.state, row.error) == (InboxState.DONE, None)


async def test_what_somebody_wrote_stays_out_of_the_log_and_out_of_the_error(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    router = Router()

    @router.message(F.text)
    async def twice(message: Message, session: AsyncSession, now: Any) -> None:
        for _ in range(2):  # one chat cannot be two citizens: the database refuses, and says what it was given
            session.add(Citizen(chat_id=message.chat.id, name=message.text or "", created_at=now))
            await session.flush()

    await desk.sim.person("Siti").says("rahasia keluarga saya")
    with caplog.at_level(logging.DEBUG, logger="bot"):
        await desk.takes_in(desk.worker(router))
    (row,) = await desk.rows(Inbox)
    assert row.error.startswith("IntegrityError")
    assert "failed: IntegrityError" in caplog.text
    assert "rahasia" not in caplog.text + row.error


REFUSED = Refused("not_staff", Action.REJECT, 7)
POLITE_ERRORS: list[Any] = [
    Unacceptable("place_too_short"),
    ForbiddenMove(Status.CLOSED, Status.ASSIGNED),
    NoteRequired(Status.REJECTED),
    AlreadyTaken(7),
    UnknownReport(7),
    InvitationRefused("invitation_used"),
    REFUSED,
]


def saying_no(*, answers_first: bool = False) -> Router:
    """Does a good deal, and then raises the polite error whose number was written or pressed."""
    router = Router()

    async def begin(event: Message | CallbackQuery, state: FSMContext, session: AsyncSession, now: Any) -> None:
        session.add(Citizen(chat_id=1, name="Siti", created_at=now))
        await state.set_state("deep")
        if isinstance(event, Message) or answers_first:
            await event.answer("Sudah")
        raise POLITE_ERRORS[int((event.text if isinstance(event, Message) else event.data) or 0)]

    router.message.register(begin)
    router.callback_query.register(begin)
    return router


def test_every_polite_error_with_one_code_has_its_sentence() -> None:
    kinds = list(POLITE)
    for kind in kinds:
        kinds += kind.__subclasses__()
        if kind.__subclasses__():
            continue  # a root: what is raised is below it
        if isinstance(code := kind.__dict__.get("code"), str):
            assert label(f"errors.{code}"), kind


async def test_a_polite_no_undoes_the_work_is_told_and_a_refusal_is_recorded(desk: Desk) -> None:
    siti = desk.sim.person("Siti")
    for number in range(len(POLITE_ERRORS)):
        await siti.presses(await siti.says(str(number)), str(number))
    assert await desk.takes_in(desk.worker(saying_no())) == 2 * len(POLITE_ERRORS)
    assert {row.state for row in await desk.rows(Inbox)} == {InboxState.DONE}
    assert await desk.rows(Citizen) == []
    assert await desk.rows(Conversation) == []
    assert await desk.owed() == [
        answer
        for error in POLITE_ERRORS
        for answer in (
            ("sendMessage", say(f"errors.{error.code}")),
            ("answerCallbackQuery", label(f"errors.{error.code}")),
        )
    ]
    attempts = [(a.chat_id, a.action, a.report_id, a.allowed, a.reason) for a in await desk.rows(Attempt)]
    assert attempts == [(siti.id, "reject", 7, False, "not_staff")] * 2, "once written, once pressed"


async def test_the_record_of_a_refusal_names_the_officer(desk: Desk) -> None:
    budi = desk.sim.person("Budi")
    async with desk.database.transaction() as session:
        session.add(Officer(chat_id=budi.id, name="Budi", role=Role.AUDITOR, created_at=desk.watch()))
    await budi.says(str(POLITE_ERRORS.index(REFUSED)))
    await desk.takes_in(desk.worker(saying_no()))
    (attempt,) = await desk.rows(Attempt)
    assert (attempt.officer_id, attempt.reason) == (1, "not_staff")


def answering() -> Router:
    """Presses whose handlers answer, or do not care to."""
    router = Router()

    @router.callback_query(F.data == "says")
    async def says(callback: CallbackQuery) -> None:
        await callback.answer("Siap")

    @router.callback_query(F.data == "writes")
    async def writes(callback: CallbackQuery, bot: Bot) -> None:
        await bot.send_message(callback.from_user.id, "Baik")

    router.include_router(saying_no(answers_first=True))
    return router


PRESSES: list[tuple[Any, dict[str, str]]] = [
    (answering, {"says": "Siap", "writes": "", "0": label("errors.place_too_short")}),
    (lambda: Router(), {"nobody listens": ""}),
    (build, {"r:999:see": label("errors.report_unknown"), "\x00": label("errors.old_button")}),
]


@pytest.mark.parametrize(("make", "presses"), PRESSES, ids=["handlers", "nobody", "the real ones"])
async def test_every_press_is_answered_exactly_once(desk: Desk, make: Any, presses: dict[str, str]) -> None:
    siti = desk.sim.person("Siti")
    place = await siti.says("halo")
    desk.sim.world.queue.drop()  # the presses alone are what matters here
    for data in presses:
        await siti.presses(place, data)
    assert await desk.takes_in(desk.worker(make())) == len(presses)
    assert {row.state for row in await desk.rows(Inbox)} == {InboxState.DONE}
    rows = [row for row in await desk.rows(Outbox) if row.method == "answerCallbackQuery"]
    assert [row.payload["callback_query_id"] for row in rows] == list(desk.sim.world.callbacks)
    assert [row.payload.get("text", "") for row in rows] == list(presses.values())
    assert {(row.lane, row.chat_id) for row in rows} == {(Lane.INSTANT, None)}
    assert all(row.expires_at is not None for row in rows)


async def test_what_a_handler_is_told_about_its_requests(desk: Desk) -> None:
    router, told = Router(), []

    @router.message()
    async def ask(message: Message, bot: Bot) -> None:
        told.append(await message.answer("Halo"))
        told.append(await bot.send_chat_action(message.chat.id, "typing"))
        told.append(await bot.get_me())

    await desk.sim.person("Siti").says("halo")
    await desk.takes_in(desk.worker(router))
    assert told == [None, True, ME]
    assert [(row.method, Lane(row.lane)) for row in await desk.rows(Outbox)] == [
        ("sendMessage", Lane.REPLY),
        ("sendChatAction", Lane.INSTANT),
    ]


def test_a_request_is_kept_as_plain_values_with_the_defaults_filled_in() -> None:
    bot = receiving_bot("123456:TEST", ME)
    buttons = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Terima", callback_data="k:1:accept")]])
    kept = plain(bot, SendMessage(chat_id=5, text="<b>Halo</b>", reply_markup=buttons))
    kept.pop("disable_web_page_preview", None)  # an older name of the same wish
    assert kept == {
        "chat_id": 5,
        "text": "<b>Halo</b>",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {"inline_keyboard": [[{"text": "Terima", "callback_data": "k:1:accept"}]]},
    }
    pin = ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text="Titik peta", request_location=True)]], resize_keyboard=True
    )
    kept = plain(bot, SendMessage(chat_id=5, text="Di mana?", reply_markup=pin))
    assert kept["reply_markup"] == {
        "keyboard": [[{"text": "Titik peta", "request_location": True}]],
        "resize_keyboard": True,
    }
    assert "parse_mode" not in plain(bot, SendMessage(chat_id=5, text="1 < 2", parse_mode=None)), "plain on purpose"
    assert plain(bot, AnswerCallbackQuery(callback_query_id="9")) == {"callback_query_id": "9"}


async def test_a_conversation_is_remembered_between_updates_and_forgotten_when_it_ends(desk: Desk) -> None:
    router, seen = Router(), []

    @router.message(F.text == "mulai")
    async def begin(message: Message, state: FSMContext) -> None:
        await state.set_state(State("place", "ask"))
        await state.set_data({"text": "Lampu mati", "pin": [-6.39, 106.84], "files": [{"kind": "photo"}]})
        await state.update_data(kind=None)

    @router.message(F.text == "selesai")
    async def end(message: Message, state: FSMContext) -> None:
        await state.clear()

    @router.message(F.text == "ulang")
    async def again(message: Message, state: FSMContext) -> None:
        await state.clear()
        await state.set_state("fresh")

    @router.message()
    async def look(message: Message, state: FSMContext) -> None:
        seen.append((await state.get_state(), await state.get_data()))

    worker = desk.worker(router)
    siti, joko = desk.sim.person("Siti"), desk.sim.person("Joko")
    for person, said in [(siti, "mulai"), (siti, "?"), (joko, "?"), (siti, "ulang"), (siti, "?"), (siti, "selesai")]:
        await person.says(said)
        await desk.takes_in(worker)
    draft = {"text": "Lampu mati", "pin": [-6.39, 106.84], "files": [{"kind": "photo"}], "kind": None}
    assert seen == [("ask:place", draft), (None, {}), ("fresh", {})]
    assert await desk.rows(Conversation) == [], "no row is left behind"
    await siti.says("?")
    await desk.takes_in(worker)
    assert seen[-1] == (None, {})


async def test_a_worker_rings_for_the_sender_and_ends_when_told(desk: Desk) -> None:
    worker, stopping = desk.worker(failing(times=0)), asyncio.Event()
    working = asyncio.create_task(worker.run(stopping))
    await desk.sim.person("Siti").says("halo")
    await desk.takes_in(worker)
    worker.arrived.set()
    await asyncio.wait_for(worker.owed.wait(), 5)
    stopping.set()
    await asyncio.wait_for(working, 5)
    assert await desk.owed() == [("sendMessage", "Halo halo")]
