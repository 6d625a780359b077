"""The state of the simulated messenger, with indices for whatever is looked up, and news for whoever watches.

Nothing here walks over all people or all messages: 5,000 people and 100,000 messages cost no more than two people.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.errors import bad_request, forbidden, migrated
from bot.simulator.faults import Faults
from bot.simulator.files import FileStore
from bot.simulator.limits import Gate, Limits
from bot.simulator.model import TEST_TOKEN, Account, Alert, Callback, Chat, Json, Record, Sent
from bot.simulator.updates import UpdateQueue
from bot.simulator.webhook import Webhook

FIRST_PERSON = 5_100_000_001
"""Above 2^32 on purpose: today's Telegram ids are, and a program that stores them in 32 bits must fail in the tests."""
FIRST_GROUP = -4_200_000_001
FIRST_SUPERGROUP = -1_002_100_000_001

Listener = Callable[[int | None, Json], None]


@dataclass
class World:
    """Everything one simulated Telegram knows about one bot."""

    token: str = TEST_TOKEN
    bot_username: str = "AspirasiDepokBot"
    bot_name: str = "Aspirasi Depok"
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.time
    privacy_mode: bool = True
    callback_max_age: float = 60.0
    people: dict[int, Account] = field(default_factory=dict)
    usernames: dict[str, int] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    alerts: dict[int, list[Alert]] = field(default_factory=dict)
    commands: dict[tuple[str, int, str], list[Json]] = field(default_factory=dict)
    profile: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    groups_of: dict[int, list[int]] = field(default_factory=dict)
    listeners: set[Listener] = field(default_factory=set)
    faults: Faults = field(default_factory=Faults)
    files: FileStore = field(default_factory=FileStore)
    queue: UpdateQueue = field(default_factory=UpdateQueue)
    sequence: int = 0
    last_private_id: int = 0
    albums: int = 13_000_000_000_000_000

    def __post_init__(self) -> None:
        self.gate = Gate(self.limits)
        self.webhook = Webhook(self.queue, self.clock)
        self.bot_id = int(self.token.split(":", 1)[0])

    @property
    def bot(self) -> Json:
        """The bot's `User` object as it appears in messages."""
        name = self.profile.get("name") or self.bot_name
        return {"id": self.bot_id, "is_bot": True, "first_name": name, "username": self.bot_username}

    def now(self) -> int:
        """Unix time in whole seconds, as Telegram dates messages."""
        return int(self.clock())

    def tick(self) -> int:
        """The next sequence number: orders all arrivals and edits."""
        self.sequence += 1
        return self.sequence

    def add_person(self, account: Account) -> Chat:
        """Add an account, together with its (still empty) private chat with the bot."""
        self.people[account.id] = account
        if account.username:
            self.usernames[account.username.lower()] = account.id
        chat = self.chats[account.id] = Chat(account.id, "private", members=[account.id])
        self.tell(None, {"kind": "people"})
        return chat

    def next_person_id(self) -> int:
        """A free id for a new account."""
        number = FIRST_PERSON + len(self.people)
        while number in self.chats:
            number += 1
        return number

    def add_group(self, title: str, members: list[int], *, kind: str, forum: bool = False) -> Chat:
        """Add a group or supergroup in which the bot is a member."""
        first = FIRST_SUPERGROUP if kind == "supergroup" else FIRST_GROUP
        chat_id = first
        while chat_id in self.chats:
            chat_id -= 1
        chat = self.chats[chat_id] = Chat(chat_id, kind, title=title, members=members, is_forum=forum)
        for member in members:
            self.groups_of.setdefault(member, []).append(chat_id)
        self.tell(None, {"kind": "people"})
        return chat

    def find_chat(self, chat_id: Any) -> Chat:
        """The chat a request names (an id, digits in a string, or @username). Raises "chat not found"."""
        if chat_id is None or chat_id == "":
            raise bad_request("chat_id is empty")
        key = str(chat_id)
        if key.startswith("@"):
            known = self.usernames.get(key[1:].lower())
        else:
            known = int(key) if key.lstrip("-").isdigit() else None
        chat = self.chats.get(known) if known is not None else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def writable(self, chat_id: Any) -> Chat:
        """The chat, if the bot may write there now; otherwise the refusal Telegram gives."""
        chat = self.find_chat(chat_id)
        if chat.upgraded_to is not None:
            raise migrated(chat.upgraded_to)
        if chat.bot_left:
            raise forbidden(f"bot was kicked from the {'group' if chat.kind == 'group' else 'supergroup'} chat")
        if chat.kind == "private":
            account = self.people[chat.id]
            if account.deactivated:
                raise forbidden("user is deactivated")
            if account.blocked:
                raise forbidden("bot was blocked by the user")
            if not account.started:
                raise forbidden("bot can't initiate conversation with a user")
        return chat

    def chat_object(self, chat: Chat) -> Json:
        """The Bot API `Chat` object."""
        if chat.kind == "private":
            user = self.people[chat.id].user
            shown = {key: value for key, value in user.items() if key not in ("is_bot", "language_code")}
            return {**shown, "type": "private"}
        forum = {"is_forum": True} if chat.is_forum else {}
        return {"id": chat.id, "type": chat.kind, "title": chat.title or "", **forum}

    def post(self, chat: Chat, fields: Json, *, sender: Account | None) -> Record:
        """Put a message into a chat; `sender` is None for the bot. Returns the stored record."""
        # In Telegram private chats and small groups share one counter per account; a supergroup has its own.
        if chat.kind == "supergroup":
            chat.last_id += 1
            number = chat.last_id
        else:
            self.last_private_id += 1
            number = self.last_private_id
        head = {
            "message_id": number,
            "from": self.bot if sender is None else sender.user,
            "chat": self.chat_object(chat),
            "date": self.now(),
        }
        record = chat.messages[number] = Record({**head, **fields}, sender is None, self.tick())
        if sender is None:
            chat.from_bot.append((record.changed, record.body))
            self._index_markup(chat, number, record)
        self.tell(chat.id, {"kind": "message", "message": record.body, "from_bot": sender is None})
        self.wake(chat)
        return record

    def changed(self, chat: Chat, record: Record) -> None:
        """Note that a message was edited, and tell whoever watches."""
        record.changed = self.tick()
        number = record.body["message_id"]
        if record.from_bot:
            chat.from_bot.append((record.changed, record.body))
            self._index_markup(chat, number, record)
        self.tell(chat.id, {"kind": "edit", "message": record.body, "from_bot": record.from_bot})
        self.wake(chat)

    def remove(self, chat: Chat, number: int) -> None:
        """Delete a message for everyone."""
        chat.messages.pop(number, None)
        chat.inline.pop(number, None)
        self.tell(chat.id, {"kind": "delete", "message_id": number})
        self.wake(chat)

    def set_keyboard(self, chat: Chat, markup: Json | None, number: int) -> None:
        """Open or close the reply keyboard of a chat."""
        chat.keyboard, chat.keyboard_from = markup, number
        self.tell(chat.id, {"kind": "keyboard", "keyboard": markup})

    def tell(self, chat_id: int | None, event: Json) -> None:
        """Pass news to the pages that are open; `chat_id` None concerns all of them."""
        for listener in tuple(self.listeners):
            listener(chat_id, event)

    def wake(self, chat: Chat) -> None:
        """Wake everyone who waits for something to happen in this chat."""
        chat.touched = time.monotonic()
        for waiter in tuple(chat.waiters):
            if not waiter.done():
                waiter.set_result(None)

    async def news(self, chats: list[Chat], seconds: float) -> None:
        """Sleep until something happens in one of the chats, at most `seconds`."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for chat in chats:
            chat.waiters.add(waiter)
        try:
            await asyncio.wait({waiter}, timeout=max(0.0, seconds))
        finally:
            waiter.cancel()
            for chat in chats:
                chat.waiters.discard(waiter)

    def _index_markup(self, chat: Chat, number: int, record: Record) -> None:
        if record.body.get("reply_markup"):
            chat.inline[number] = None
        else:
            chat.inline.pop(number, None)
