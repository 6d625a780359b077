"""Sending words, places and copies; showing that the bot is busy."""

import re

from bot.simulator.errors import bad_request
from bot.simulator.methods.compose import caption_of, deliver, message_text
from bot.simulator.model import Json, Record
from bot.simulator.params import Call
from bot.simulator.world import World

CHAT_ACTION = re.compile(
    r"typing|(record|upload)_(video|voice|video_note)|upload_(photo|document)|choose_sticker|find_location"
)
NOT_COPIED = frozenset({"message_id", "from", "chat", "date", "edit_date", "reply_markup", "reply_to_message"})
SERVICE = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "group_chat_created",
        "supergroup_chat_created",
    }
)


def send_message(world: World, call: Call) -> Json:
    """sendMessage"""
    fields = message_text(call)
    options = call.get("link_preview_options")
    if isinstance(options, dict):
        fields["link_preview_options"] = options
    return deliver(world, call, fields)


def send_location(world: World, call: Call) -> Json:
    """sendLocation"""
    return deliver(world, call, {"location": _location(call)})


def send_venue(world: World, call: Call) -> Json:
    """sendVenue: the message carries both `venue` and `location`, as Telegram's does."""
    location = _location(call)
    if not call.text("title"):
        raise bad_request("venue title must be non-empty")
    venue = {"location": location, "title": call.text("title"), "address": call.text("address")}
    return deliver(world, call, {"venue": venue, "location": location})


def send_chat_action(world: World, call: Call) -> bool:
    """sendChatAction: the page shows a typing indicator for five seconds."""
    if not CHAT_ACTION.fullmatch(call.text("action")):
        raise bad_request("wrong parameter action in request")
    chat = world.writable(call.get("chat_id"))
    world.tell(chat.id, {"kind": "typing", "action": call.text("action")})
    return True


def copy_message(world: World, call: Call) -> Json:
    """copyMessage: the content without any trace of where it came from."""
    source = _source(world, call, "copy")
    fields = {key: value for key, value in source.body.items() if key not in NOT_COPIED}
    for name in ("forward_origin", "media_group_id", "message_thread_id", "is_topic_message"):
        fields.pop(name, None)
    if call.get("caption") is not None:
        fields.pop("caption", None)
        fields.pop("caption_entities", None)
        fields |= caption_of(call)
    return {"message_id": deliver(world, call, fields)["message_id"]}


def forward_message(world: World, call: Call) -> Json:
    """forwardMessage: the content, with its origin."""
    source = _source(world, call, "forward")
    fields = {key: value for key, value in source.body.items() if key not in NOT_COPIED}
    origin = {"type": "user", "date": source.body["date"], "sender_user": source.body["from"]}
    return deliver(world, call, {"forward_origin": origin, **fields})


def _source(world: World, call: Call, verb: str) -> Record:
    record = world.find_chat(call.get("from_chat_id")).messages.get(call.integer("message_id"))
    if record is None:
        raise bad_request(f"message to {verb} not found")
    if SERVICE & record.body.keys():
        raise bad_request("message can't be copied" if verb == "copy" else "message can't be forwarded")
    return record


def _location(call: Call) -> Json:
    try:
        latitude, longitude = float(call.text("latitude")), float(call.text("longitude"))
    except ValueError:
        raise bad_request("wrong latitude or longitude specified") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong latitude or longitude specified")
    return {"latitude": latitude, "longitude": longitude}
