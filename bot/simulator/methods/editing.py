"""Changing and deleting what the bot has sent."""

from bot.simulator.errors import bad_request
from bot.simulator.markup import check_inline
from bot.simulator.methods.compose import caption_of, message_text, take_limits
from bot.simulator.methods.media import input_media
from bot.simulator.model import Chat, Json, Record
from bot.simulator.params import Call
from bot.simulator.world import World

MEDIA = ("photo", "document", "video", "voice", "audio")
DELETABLE_SECONDS = 48 * 3600
"""A bot may delete a message for 48 hours (https://core.telegram.org/bots/api#deletemessage)."""
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_message_text(world: World, call: Call) -> Json:
    """editMessageText"""
    fields = message_text(call)
    chat, record = _target(world, call)
    if "text" not in record.body:
        raise bad_request("there is no text in the message to edit")
    return _change(world, chat, record, call, fields, replace=("text", "entities"))


def edit_message_caption(world: World, call: Call) -> Json:
    """editMessageCaption: without a caption the old one is removed."""
    fields = caption_of(call)
    chat, record = _target(world, call)
    if not record.body.keys() & set(MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _change(world, chat, record, call, fields, replace=("caption", "caption_entities"))


def edit_message_media(world: World, call: Call) -> Json:
    """editMessageMedia: another file, and its caption with it."""
    fields = input_media(world, call, call.get("media"))
    chat, record = _target(world, call)
    return _change(
        world, chat, record, call, fields, replace=(*MEDIA, "caption", "caption_entities", "text", "entities")
    )


def edit_message_reply_markup(world: World, call: Call) -> Json:
    """editMessageReplyMarkup: other buttons, or none."""
    chat, record = _target(world, call)
    return _change(world, chat, record, call, {}, replace=())


def delete_message(world: World, call: Call) -> bool:
    """deleteMessage: the bot's own messages anywhere, and a person's messages in a private chat, for 48 hours."""
    chat = world.find_chat(call.get("chat_id"))
    number = call.integer("message_id")
    record = chat.messages.get(number)
    if record is None:
        raise bad_request("message to delete not found")
    if not record.from_bot and chat.kind != "private":
        raise bad_request("message can't be deleted")
    if world.now() - record.body["date"] > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    world.remove(chat, number)
    return True


def delete_messages(world: World, call: Call) -> bool:
    """deleteMessages: up to 100 at once; those not found are skipped, as Telegram does."""
    chat = world.find_chat(call.get("chat_id"))
    for number in list(call.get("message_ids") or [])[:100]:
        if int(number) in chat.messages:
            world.remove(chat, int(number))
    return True


def _target(world: World, call: Call) -> tuple[Chat, Record]:
    if not call.get("chat_id") or not call.get("message_id"):
        raise bad_request("message identifier is not specified")
    chat = world.writable(call.get("chat_id"))
    record = chat.messages.get(call.integer("message_id"))
    if record is None:
        raise bad_request("message to edit not found")
    if not record.from_bot or record.body["message_id"] in chat.with_keyboard:
        # someone else's message, or one that brought a reply keyboard: Telegram lets neither be edited
        raise bad_request("message can't be edited")
    return chat, record


def _change(world: World, chat: Chat, record: Record, call: Call, fields: Json, *, replace: tuple[str, ...]) -> Json:
    markup = check_inline(call.get("reply_markup"))
    kept = {key: value for key, value in record.body.items() if key not in (*replace, "reply_markup")}
    new: Json = {**kept, **fields, **({"reply_markup": markup} if markup else {})}
    if _essence(new) == _essence(record.body):
        raise bad_request(SAME)
    take_limits(world, chat, per_chat=False)
    if replace:
        new["edit_date"] = world.now()
    record.body = new
    world.changed(chat, record)
    return new


def _essence(body: Json) -> Json:
    return {key: value for key, value in body.items() if key != "edit_date"}
