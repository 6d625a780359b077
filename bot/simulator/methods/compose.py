"""What every message of the bot goes through: formatting, checks, limits, and then the chat."""

from typing import Any

from bot.simulator.entities import detect, parse_html, trim, utf16
from bot.simulator.errors import bad_request
from bot.simulator.markup import check_markup
from bot.simulator.model import Chat, Json, Record
from bot.simulator.params import Call
from bot.simulator.world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024
"""UTF-16 units after entity parsing (https://core.telegram.org/bots/api#sendmessage, #sendphoto)."""
PARSE_MODES = ("", "none", "html", "markdown", "markdownv2")


def formatted(text: str, parse_mode: str, entities: Any) -> tuple[str, list[Json]]:
    """Plain text and entities of what the bot wrote. Markdown is taken as it stands, unparsed."""
    mode = parse_mode.lower()
    if mode not in PARSE_MODES:
        raise bad_request("unsupported parse_mode")
    given = [dict(item) for item in entities] if isinstance(entities, list) else []
    plain, found = parse_html(text) if mode == "html" else (text, given)
    plain, found = trim(plain, found)
    return plain, detect(plain, found)


def message_text(call: Call) -> Json:
    """The fields `text` and `entities`. Raises the refusals for empty, too long and unparsable text."""
    source = call.text("text")
    if not source:
        raise bad_request("message text is empty")
    text, entities = formatted(source, call.text("parse_mode"), call.get("entities"))
    if not text:
        raise bad_request("text must be non-empty")
    if utf16(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def message_caption(source: str, parse_mode: str, entities: Any) -> Json:
    """The fields `caption` and `caption_entities`; none when there is no caption."""
    if not source:
        return {}
    caption, found = formatted(source, parse_mode, entities)
    if utf16(caption) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    if not caption:
        return {}
    return {"caption": caption, **({"caption_entities": found} if found else {})}


def caption_of(call: Call) -> Json:
    """The caption of a request with a single file."""
    return message_caption(call.text("caption"), call.text("parse_mode"), call.get("caption_entities"))


def take_limits(world: World, chat: Chat, *, amount: int = 1, per_chat: bool = True) -> None:
    """Count a message against the limits, or raise the 429."""
    private = chat.kind == "private"
    world.gate.take(chat.id, private=private, amount=amount, now=world.clock(), per_chat=per_chat)


def deliver(world: World, call: Call, fields: Json) -> Json:
    """Send one message of the bot to the chat the request names. Returns the Bot API `Message`."""
    return deliver_many(world, call, [fields])[0]


def deliver_many(world: World, call: Call, parts: list[Json]) -> list[Json]:
    """Send several messages at once (an album). All of them go out, or none."""
    markup = check_markup(call.get("reply_markup"))
    chat = world.writable(call.get("chat_id"))
    extra = _extra(chat, call)
    take_limits(world, chat, amount=len(parts))
    records = [_post(world, chat, {**fields, **extra}, markup) for fields in parts]
    return [record.body for record in records]


def _post(world: World, chat: Chat, fields: Json, markup: Json | None) -> Record:
    inline = {"reply_markup": markup} if markup and markup.get("inline_keyboard") else {}
    record = world.post(chat, {**fields, **inline}, sender=None)
    if markup and "keyboard" in markup:
        world.set_keyboard(chat, markup, record.body["message_id"])
        chat.with_keyboard.add(record.body["message_id"])
    elif markup and markup.get("remove_keyboard"):
        world.set_keyboard(chat, None, 0)
        chat.with_keyboard.add(record.body["message_id"])
    return record


def _extra(chat: Chat, call: Call) -> Json:
    extra: Json = {}
    thread = call.integer("message_thread_id")
    if thread and chat.kind != "private":
        if not chat.is_forum:
            raise bad_request("message thread not found")
        extra |= {"message_thread_id": thread, "is_topic_message": True}
    reply = call.get("reply_parameters")
    wanted = reply.get("message_id") if isinstance(reply, dict) else call.integer("reply_to_message_id")
    if wanted:
        target = chat.messages.get(int(wanted))
        lenient = bool(isinstance(reply, dict) and reply.get("allow_sending_without_reply"))
        if target is None and not (lenient or call.flag("allow_sending_without_reply")):
            raise bad_request("message to be replied not found")
        if target is not None:
            extra["reply_to_message"] = without_reply(target.body)
    if call.flag("protect_content"):
        extra["has_protected_content"] = True
    return extra


def without_reply(body: Json) -> Json:
    """A message as it appears inside another one: one level deep, like the Bot API."""
    return {key: value for key, value in body.items() if key != "reply_to_message"}
