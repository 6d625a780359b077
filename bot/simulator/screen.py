"""A chat as a person sees it."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from bot.simulator.markup import buttons_of
from bot.simulator.model import Chat, Json


@dataclass(frozen=True, slots=True)
class Line:
    """One message at one moment. Later edits do not change a line already taken.

    `text` is the text or the caption; `raw` is the whole Bot API message.
    """

    from_bot: bool
    text: str
    buttons: tuple[str, ...]
    photo: bool
    message_id: int
    edited: bool
    chat_id: int
    raw: Json

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def __str__(self) -> str:
        return self.text

    @property
    def file_name(self) -> str:
        """The name of an attached document or video, or nothing."""
        found = self.raw.get("document") or self.raw.get("video") or {}
        return str(found.get("file_name", ""))


def line_of(body: Json, *, from_bot: bool) -> Line:
    """The line that shows a message."""
    return Line(
        from_bot=from_bot,
        text=str(body.get("text") or body.get("caption") or ""),
        buttons=tuple(button["text"] for button in buttons_of(body.get("reply_markup"))),
        photo="photo" in body,
        message_id=body["message_id"],
        edited="edit_date" in body,
        chat_id=body["chat"]["id"],
        raw=body,
    )


def lines_of(chat: Chat) -> list[Line]:
    """Everything now in the chat, newest last."""
    return [line_of(record.body, from_bot=record.from_bot) for record in chat.messages.values()]


def bot_lines_since(chat: Chat, since: int) -> Iterator[Line]:
    """What the bot sent or edited after a sequence number, in order; finding the start costs O(log n)."""
    start = bisect_right(chat.from_bot, since, key=lambda item: item[0])
    for index in range(start, len(chat.from_bot)):
        yield line_of(chat.from_bot[index][1], from_bot=True)


def describe_tail(chat: Chat, count: int = 8) -> str:
    """The last lines in words, for the message of a failed test."""
    numbers = list(chat.messages)[-count:]
    shown = [line_of(chat.messages[n].body, from_bot=chat.messages[n].from_bot) for n in numbers]
    rows = [_row(line) for line in shown]
    if chat.keyboard:
        rows.append("  (papan tombol) " + " ".join(f"[{b['text']}]" for b in buttons_of(chat.keyboard)))
    return "\n".join(rows) or "  (empty chat)"


def _row(line: Line) -> str:
    kinds = [
        kind for kind in ("photo", "location", "document", "video", "voice", "sticker", "contact") if kind in line.raw
    ]
    words = " ".join([*(f"<{kind}>" for kind in kinds), line.text.replace("\n", " / ")])
    edited = " (edited)" if line.edited else ""
    buttons = "".join(f" [{label}]" for label in line.buttons)
    return f"  {'bot' if line.from_bot else 'you'} #{line.message_id}{edited}: {words}{buttons}"
