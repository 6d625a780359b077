"""A piece of an album is put aside and read again as the same message, whatever it was forwarded from."""

from typing import Any

import pytest
from aiogram.types import Message

from bot.citizen.albums import as_kept

SITI = {"id": 5_100_000_001, "is_bot": False, "first_name": "Siti"}
CHAT = {"id": SITI["id"], "type": "private", "first_name": "Siti"}
NEWS = {"id": -1_002_100_000_009, "type": "channel", "title": "Kabar"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"forward_origin": {"type": "user", "date": 1, "sender_user": SITI}},
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Joko"}},
        {"forward_origin": {"type": "chat", "date": 1, "sender_chat": NEWS}},
        {"forward_origin": {"type": "channel", "date": 1, "chat": NEWS, "message_id": 4}},
        {"caption": "jalan rusak", "caption_entities": [{"type": "bold", "offset": 0, "length": 5}]},
        {"reply_to_message": {"message_id": 1, "date": 1, "chat": CHAT, "text": "Di mana?"}},
    ],
)
def test_a_piece_is_the_same_message_again(more: dict[str, Any]) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]
    head = {"message_id": 2, "date": 1, "chat": CHAT, "from": SITI, "media_group_id": "album", "photo": photo}
    sent = Message.model_validate(head | more)
    assert Message.model_validate(as_kept(sent)) == sent
