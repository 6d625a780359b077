"""Asking about chats, members and files; answering a button press."""

from bot.simulator.errors import bad_request
from bot.simulator.files import MAX_DOWNLOAD, describe
from bot.simulator.model import Alert, Chat, Json
from bot.simulator.params import Call
from bot.simulator.world import World

MAX_ALERT = 200
STALE = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: World, call: Call) -> bool:
    """answerCallbackQuery: once, and in time. The person sees a toast or an alert when there is a text."""
    text = call.text("text")
    if len(text) > MAX_ALERT:
        raise bad_request("MESSAGE_TOO_LONG")
    query = world.callbacks.get(call.text("callback_query_id"))
    if query is None or query.answered or world.clock() - query.time > world.callback_max_age:
        raise bad_request(STALE)
    query.answered = True
    if text:
        alert = Alert(text, call.flag("show_alert"))
        world.alerts.setdefault(query.person_id, []).append(alert)
    event = {"kind": "answer", "person_id": query.person_id, "text": text, "modal": call.flag("show_alert")}
    world.tell(query.chat_id, event)
    world.wake(world.chats[query.chat_id])
    return True


def get_file(world: World, call: Call) -> Json:
    """getFile: the path to download, for files up to 20 MB."""
    if not call.text("file_id"):
        raise bad_request("file_id is empty")
    stored = world.files.by_id.get(call.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.content) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {**describe(stored), "file_path": stored.path}


def get_chat(world: World, call: Call) -> Json:
    """getChat: a ChatFullInfo"""
    chat = world.find_chat(call.get("chat_id"))
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    full: Json = {
        **world.chat_object(chat),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }
    return full


def get_chat_member(world: World, call: Call) -> Json:
    """getChatMember: the first member of a group is its creator."""
    chat = _present(world, call)
    number = call.integer("user_id")
    if number == world.bot_id:
        return {"user": world.bot, "status": "member"}
    if number not in world.people:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member(world, chat, number)


def get_chat_member_count(world: World, call: Call) -> int:
    """getChatMemberCount, the bot included"""
    return len(_present(world, call).members) + 1


def get_chat_administrators(world: World, call: Call) -> list[Json]:
    """getChatAdministrators"""
    chat = _present(world, call)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    return [member(world, chat, chat.members[0])] if chat.members else []


def leave_chat(world: World, call: Call) -> bool:
    """leaveChat: from then on every message there is refused"""
    chat = _present(world, call)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_left = True
    world.tell(None, {"kind": "people"})
    return True


def member(world: World, chat: Chat, number: int) -> Json:
    """The ChatMember object of a person."""
    user = world.people[number].user
    if number not in chat.members:
        return {"user": user, "status": "left"}
    if chat.kind != "private" and chat.members[0] == number:
        return {"user": user, "status": "creator", "is_anonymous": False}
    return {"user": user, "status": "member"}


def _present(world: World, call: Call) -> Chat:
    chat = world.find_chat(call.get("chat_id"))
    return chat if chat.kind == "private" else world.writable(chat.id)
