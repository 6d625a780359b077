"""The things a messenger remembers: accounts, chats, messages, files, callbacks. Plain data, no behaviour."""

from asyncio import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = dict[str, Any]
TEST_TOKEN = "123456:TEST"  # noqa: S105 - opens nothing but a simulator


@dataclass(slots=True)
class Account:
    """A person's account. `started` and `blocked` decide whether the bot may write to them."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str = "id"
    role_label: str = "warga"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    @property
    def user(self) -> Json:
        """The Bot API `User` object."""
        optional = {"last_name": self.last_name, "username": self.username, "language_code": self.language_code}
        known = {key: value for key, value in optional.items() if value}
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, **known}


@dataclass(slots=True)
class Record:
    """A message as stored. `body` is replaced, never altered: updates and snapshots share it.

    `changed` is the world's sequence number of its arrival or its latest edit.
    """

    body: Json
    from_bot: bool
    changed: int


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's id) or a group (its id is negative)."""

    id: int
    kind: str
    title: str | None = None
    members: list[int] = field(default_factory=list)
    is_forum: bool = False
    upgraded_to: int | None = None
    bot_left: bool = False
    messages: dict[int, Record] = field(default_factory=dict)
    from_bot: list[tuple[int, Json]] = field(default_factory=list)
    """(sequence number, message as it was then) of all the bot sent or edited here, in order: waiting searches this."""
    touched: float = 0.0
    """When something last happened here, in seconds of `time.monotonic`."""
    last_id: int = 0
    keyboard: Json | None = None
    """The reply keyboard now open under the chat, and `keyboard_from`, the message that brought it."""
    keyboard_from: int = 0
    with_keyboard: set[int] = field(default_factory=set)
    """Ids of messages that opened or closed a reply keyboard: these can not be edited."""
    inline: dict[int, None] = field(default_factory=dict)
    """Ids of messages that carry inline buttons now, oldest first."""
    waiters: set["Future[None]"] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file with its bytes; `kind` is the Bot API's word for it (photo, document, video, voice, sticker)."""

    file_id: str
    unique_id: str
    kind: str
    name: str
    mime: str
    content: bytes
    path: str


@dataclass(slots=True)
class Callback:
    """A press on an inline button that the bot has or has not answered."""

    id: str
    person_id: int
    chat_id: int
    time: float
    answered: bool = False


class Sent(NamedTuple):
    """An accepted request of the bot, in the order of acceptance."""

    time: float
    method: str
    chat_id: int | None
    params: Json


class Alert(NamedTuple):
    """A toast (or, with `modal`, a box to be closed) that answerCallbackQuery showed to a person."""

    text: str
    modal: bool
