"""What people do, turned into messages and updates."""

from typing import Any

from bot.simulator.entities import detect, utf16
from bot.simulator.errors import Impossible
from bot.simulator.model import Account, Callback, Chat, Json, Record
from bot.simulator.world import World

MAX_TEXT = 4096


def write(world: World, account: Account, chat: Chat, fields: Json) -> Record:
    """A person sends a message. The bot hears of it unless it is none of its business (see `bot_hears`)."""
    check_may_write(account, chat)
    if chat.kind == "private":
        account.started = True
    record = world.post(chat, fields, sender=account)
    if bot_hears(world, chat, record.body):
        world.queue.push("message", record.body)
    return record


def edit(world: World, account: Account, chat: Chat, number: int, text: str) -> Record:
    """A person edits the text or caption of their own message."""
    check_may_write(account, chat)
    record = chat.messages.get(number)
    if record is None or record.body["from"]["id"] != account.id:
        raise Impossible(f"{account.first_name} has no message #{number} to edit")
    new = {**record.body, "edit_date": world.now()}
    key = "text" if "text" in record.body else "caption"
    entities = "entities" if key == "text" else "caption_entities"
    new.pop(entities, None)
    record.body = new | text_fields(text, key)
    world.changed(chat, record)
    if bot_hears(world, chat, record.body):
        world.queue.push("edited_message", record.body)
    return record


def press(world: World, account: Account, chat: Chat, message_id: int, data: str) -> Callback:
    """A person presses an inline button, whether or not the message still has it."""
    if account.blocked and chat.kind == "private":
        raise Impossible(f"{account.first_name} has blocked the bot")
    record = chat.messages.get(message_id)
    gone = {"chat": world.chat_object(chat), "message_id": message_id, "date": 0}
    query = Callback(f"{account.id}{world.tick():010d}", account.id, chat.id, world.clock())
    world.callbacks[query.id] = query
    content: Json = {
        "id": query.id,
        "from": account.user,
        "message": record.body if record else gone,
        "chat_instance": str(abs(chat.id) * 7919),
        "data": data,
    }
    world.queue.push("callback_query", content)
    return query


def set_blocked(world: World, account: Account, blocked: bool) -> None:
    """A person blocks the bot, or lets it back in; the bot is told with my_chat_member."""
    if account.blocked == blocked:
        return
    account.blocked = blocked
    was, now = ("member", "kicked") if blocked else ("kicked", "member")
    tell_membership(world, account, world.chats[account.id], was, now)
    world.tell(None, {"kind": "people"})


def tell_membership(world: World, by: Account, chat: Chat, was: str, now: str) -> None:
    """Push my_chat_member: the bot's own place in a chat has changed."""

    def member(status: str) -> Json:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": world.bot, "status": status, **until}

    head = {"chat": world.chat_object(chat), "from": by.user, "date": world.now()}
    world.queue.push("my_chat_member", {**head, "old_chat_member": member(was), "new_chat_member": member(now)})


def service(world: World, by: Account, chat: Chat, fields: Json) -> None:
    """A service message (someone joined, the group was upgraded); bots always receive these."""
    world.queue.push("message", world.post(chat, fields, sender=by).body)


def bot_hears(world: World, chat: Chat, body: Json) -> bool:
    """Whether Telegram passes a message on to the bot.

    In groups with privacy mode on a bot sees commands, replies to itself and mentions only
    (https://core.telegram.org/bots/features#privacy-mode).
    """
    if chat.kind == "private":
        return True
    if chat.bot_left:
        return False
    text = str(body.get("text") or body.get("caption") or "")
    name = f"@{world.bot_username}".lower()
    if text.startswith("/"):
        command = text.split(maxsplit=1)[0].lower()
        return "@" not in command or command.endswith(name)
    answers_bot = body.get("reply_to_message", {}).get("from", {}).get("id") == world.bot_id
    return not world.privacy_mode or answers_bot or name in text.lower()


def check_may_write(account: Account, chat: Chat) -> None:
    """Raises Impossible when a real messenger would not let this person write here."""
    if chat.kind == "private" and account.blocked:
        raise Impossible(f"{account.first_name} has blocked the bot and must unblock it first")
    if chat.upgraded_to is not None or account.id not in chat.members:
        raise Impossible(f"{account.first_name} cannot write in {chat.title or chat.id}")


def text_fields(text: str, key: str = "text") -> Json:
    """`text` (or `caption`) with the entities Telegram finds by itself."""
    found = detect(text, [])
    return {key: text, **({"entities" if key == "text" else "caption_entities": found} if found else {})}


def split_text(text: str) -> list[str]:
    """A long text as the several messages into which a Telegram app splits it."""
    parts: list[str] = []
    part: list[str] = []
    size = 0
    for character in text:
        width = utf16(character)
        if size + width > MAX_TEXT:
            parts.append("".join(part))
            part, size = [], 0
        part.append(character)
        size += width
    return [*parts, "".join(part)]


def reply_fields(chat: Chat, message_id: int | None) -> Json:
    """The `reply_to_message` of a message that answers another one."""
    record = chat.messages.get(message_id) if message_id else None
    if record is None:
        return {}
    target: dict[str, Any] = {key: value for key, value in record.body.items() if key != "reply_to_message"}
    return {"reply_to_message": target}
