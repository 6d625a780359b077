"""Many people at once, without a wire: raw updates go into the inbox, the worker handles them, the outbox is read.

For walks of thousands of steps, where a real Bot API on loopback would only cost time. The database, the dispatcher,
the worker and the renderer are the real ones; Telegram's checks of HTML, lengths and buttons are the simulator's.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiogram.types import User
from sqlmodel import col, select

from bot.app import App, prepare
from bot.config import Settings
from bot.incoming import dispatcher
from bot.incoming.poller import chat_of
from bot.incoming.worker import TOGETHER
from bot.outgoing.documents import DOCUMENTS
from bot.simulator.entities import parse_html
from bot.simulator.markup import buttons_of, check_markup
from storage import inbox
from storage.claims import Owed
from storage.tables import Inbox, InboxState, Lane, Outbox, OutboxState

ME = User(id=123456, is_bot=True, first_name="Aspirasi", username="AspirasiDepokBot")
Json = dict[str, Any]


@dataclass
class Heard:
    """A message as its reader has it: the plain text and the data of its buttons."""

    number: int
    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Somebody:
    id: int
    name: str
    heard: list[Heard] = field(default_factory=list)

    @property
    def user(self) -> Json:
        return {"id": self.id, "is_bot": False, "first_name": self.name}

    @property
    def chat(self) -> Json:
        return {"id": self.id, "type": "private", "first_name": self.name}


class Crowd:
    """The service's inside, turned by hand: `say`, `press` or `feed`, then look at `heard`."""

    def __init__(self, settings: Settings, classifier: Any, clock: Any) -> None:
        self.app = App(settings, classifier, clock=clock, me=ME)
        self.clock = clock
        self.people: dict[int, Somebody] = {}
        self.updates = 0
        self.messages = 0
        self.last_row = 0
        self.sent: dict[int, list[str]] = defaultdict(list)
        self.toasts: list[str] = []

    async def open(self) -> None:
        await prepare(self.app.database, self.app.settings, self.clock())
        bot = dispatcher.receiving_bot(self.app.settings.telegram.token, ME)
        self.worker = self.app.worker(dispatcher.build(), bot)
        await self.deliver()

    async def close(self) -> None:
        await self.app.database.close()

    def somebody(self, number: int, name: str) -> Somebody:
        return self.people.setdefault(number, Somebody(number, name))

    # -- what people do ------------------------------------------------------------------------------------------

    async def say(self, who: Somebody, text: str, **fields: Any) -> None:
        await self.feed({"message": self.message(who, text=text, **fields)})

    async def send(self, who: Somebody, **fields: Any) -> None:
        """Anything that is no text."""
        await self.feed({"message": self.message(who, **fields)})

    async def press(self, who: Somebody, data: str, on: Heard | None = None) -> None:
        said = {"text": on.text if on else "?", "from": {"id": ME.id, "is_bot": True, "first_name": "Aspirasi"}}
        message = {"message_id": on.number if on else 1, "date": self.now(), "chat": who.chat, **said}
        query = {"id": str(self.updates + 1), "from": who.user, "chat_instance": "1", "data": data, "message": message}
        await self.feed({"callback_query": query})

    def message(self, who: Somebody, **fields: Any) -> Json:
        self.messages += 1
        return {"message_id": self.messages, "date": self.now(), "chat": who.chat, "from": who.user, **fields}

    def now(self) -> int:
        moment: datetime = self.clock()
        return int(moment.timestamp())

    # -- what the service does with it ---------------------------------------------------------------------------

    async def feed(self, *updates: Json) -> None:
        """Keep the updates, handle everything that waits, deliver everything that is owed."""
        rows = []
        for update in updates:
            self.updates += 1
            rows.append((self.updates, chat_of(update), {"update_id": self.updates, **update}))
        async with self.app.database.transaction() as session:
            await inbox.keep(session, rows, self.clock())
        while await self.worker.handle_next(TOGETHER):
            pass
        await self.deliver()

    async def deliver(self) -> None:
        """Put every new row into words and into the hands of its reader, as Telegram would take it."""
        async with self.app.database.transaction() as session:
            fresh = select(Outbox).where(col(Outbox.id) > self.last_row, Outbox.state == OutboxState.WAITING)
            for row in (await session.exec(fresh.order_by(col(Outbox.id)))).all():
                self.last_row = row.id or 0
                owed = Owed(row.id or 0, Lane(row.lane), row.chat_id, row.method, row.notice, row.payload, 1)
                if row.notice in DOCUMENTS:  # a file, made in its own time and tested on its own
                    self.sent[row.chat_id or 0].append(f"<{row.notice}>")
                else:
                    self._take(owed, *self.app.renderer.request(owed))
                row.state = OutboxState.SENT

    def _take(self, row: Owed, method: str, parameters: Json) -> None:
        words = str(parameters.get("text") or parameters.get("caption") or "")
        plain = parse_html(words)[0] if parameters.get("parse_mode") == "HTML" else words
        assert len(plain) <= (4096 if "text" in parameters else 1024), f"{method} of {len(plain)} characters"
        if method == "sendMessage":
            assert plain.strip(), "an empty message"
        markup = check_markup(parameters.get("reply_markup")) if parameters.get("reply_markup") else None
        buttons = [(b["text"], b["callback_data"]) for b in buttons_of(markup) if "callback_data" in b]
        if method == "answerCallbackQuery":
            self.toasts.append(words)
        if row.chat_id is not None:
            self.sent[row.chat_id].append(words)
            if (reader := self.people.get(row.chat_id)) is not None:
                reader.heard.append(Heard(row.id, plain, buttons))

    async def finish(self, watch: Any) -> None:
        """Let time pass until nothing waits: what fails is tried again, then set aside."""
        while True:
            async with self.app.database.reading() as session:
                if not await inbox.waiting(session):
                    return
            watch.turn(seconds=30)
            await self.feed()

    async def set_aside(self) -> list[str]:
        """Errors of updates that could not be handled."""
        async with self.app.database.reading() as session:
            found = await session.exec(select(Inbox).where(Inbox.state == InboxState.SET_ASIDE))
            return [row.error or "" for row in found.all()]
