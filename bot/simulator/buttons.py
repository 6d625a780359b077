"""Finding the button a person means."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.simulator.markup import buttons_of
from bot.simulator.model import Chat, Json


@dataclass(frozen=True, slots=True)
class Button:
    """A button and the message that carries it (or that opened the reply keyboard)."""

    message_id: int
    what: Json


def find_button(chat: Chat, label: str, *, since: int) -> Button | None:
    """The newest button with `label` in its label, among messages that came or changed after `since`."""
    for message_id, markup in _keyboards(chat):
        record = chat.messages.get(message_id)
        if since >= 0 and (record is None or record.changed <= since):
            continue
        what = _pick(buttons_of(markup), label)
        if what is not None:
            return Button(message_id, what)
    return None


def find_in(message: Json, label: str) -> Button | None:
    """The button with this label in one message as it was."""
    what = _pick(buttons_of(message.get("reply_markup")), label)
    return None if what is None else Button(message["message_id"], what)


def all_labels(chat: Chat, *, inline: bool = True) -> list[str]:
    """The labels of all buttons that can be pressed now, newest first."""
    keyboards = _keyboards(chat) if inline else [(0, chat.keyboard)]
    return [str(button["text"]) for _, markup in keyboards for button in buttons_of(markup)]


def _keyboards(chat: Chat) -> Iterator[tuple[int, Json | None]]:
    """Inline keyboards from the newest to the oldest message, and the reply keyboard in its place among them."""
    waiting = chat.keyboard is not None
    for message_id in reversed(chat.inline):
        if waiting and chat.keyboard_from > message_id:
            waiting = False
            yield chat.keyboard_from, chat.keyboard
        yield message_id, chat.messages[message_id].body.get("reply_markup")
    if waiting:
        yield chat.keyboard_from, chat.keyboard


def _pick(buttons: list[Json], label: str) -> Json | None:
    wanted = label.casefold()
    exact = next((button for button in buttons if button["text"].casefold() == wanted), None)
    return exact or next((button for button in buttons if wanted in button["text"].casefold()), None)
