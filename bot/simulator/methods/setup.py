"""Who the bot is, what it offers, and how it receives updates."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.errors import Refusal, bad_request
from bot.simulator.model import Json
from bot.simulator.params import Call
from bot.simulator.world import World

MAX_COMMANDS = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MAX_TIMEOUT = 50
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
LENGTHS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, _: Call) -> Json:
    """getMe"""
    abilities: Json = {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy_mode,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return {**world.bot, **abilities}


async def get_updates(world: World, call: Call) -> list[Json]:
    """getUpdates: a true long poll. `timeout` is in seconds, at most 50."""
    if world.webhook.url:
        raise Refusal(409, f"Conflict: {ACTIVE}")
    world.queue.allow(_kinds(call))
    limit = min(100, max(1, call.integer("limit", 100)))
    timeout = min(MAX_TIMEOUT, max(0, call.integer("timeout")))
    return await world.queue.fetch(call.integer("offset"), limit, timeout)


async def set_webhook(world: World, call: Call) -> bool:
    """setWebhook. An empty url removes it. http is accepted here, because the simulator lives on loopback."""
    url = call.text("url")
    if call.flag("drop_pending_updates"):
        world.queue.drop()
    if not url:
        await world.webhook.stop()
        return True
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not SECRET.fullmatch(call.text("secret_token")):
        raise bad_request("secret token contains unallowed characters")
    world.queue.allow(_kinds(call))
    connections = min(100, max(1, call.integer("max_connections", 40)))
    await world.webhook.start(url, call.text("secret_token"), connections)
    return True


async def delete_webhook(world: World, call: Call) -> bool:
    """deleteWebhook"""
    if call.flag("drop_pending_updates"):
        world.queue.drop()
    await world.webhook.stop()
    return True


def get_webhook_info(world: World, _: Call) -> Json:
    """getWebhookInfo"""
    hook = world.webhook
    info: Json = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(world.queue.pending)}
    if hook.url:
        info |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
    if hook.last_error_message:
        info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    if world.queue.allowed is not None:
        info["allowed_updates"] = sorted(world.queue.allowed)
    return info


def set_my_commands(world: World, call: Call) -> bool:
    """setMyCommands for a scope and language."""
    commands = call.get("commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for item in commands:
        if not COMMAND.fullmatch(str(item.get("command", "")).lstrip("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(item.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    kept = [{"command": item["command"].lstrip("/"), "description": item["description"]} for item in commands]
    world.commands[_scope(world, call)] = kept
    world.tell(None, {"kind": "commands"})
    return True


def get_my_commands(world: World, call: Call) -> list[Json]:
    """getMyCommands: exactly what was set for this scope and language."""
    return world.commands.get(_scope(world, call), [])


def delete_my_commands(world: World, call: Call) -> bool:
    """deleteMyCommands"""
    world.commands.pop(_scope(world, call), None)
    world.tell(None, {"kind": "commands"})
    return True


def commands_for(world: World, chat_id: int, person_id: int) -> list[Json]:
    """The menu a person sees in a chat: the narrowest scope that has commands, in their language or in none."""
    private = chat_id > 0
    language = world.people[person_id].language_code
    wide = [("all_private_chats", 0)] if private else [("all_group_chats", 0)]
    for kind, number in [("chat_member", chat_id), ("chat", chat_id), *wide, ("default", 0)]:
        for code in (language, ""):
            found = world.commands.get((kind, number, code))
            if found:
                return found
    return []


def set_profile(world: World, call: Call) -> bool:
    """setMyName, setMyDescription, setMyShortDescription"""
    key = _profile_key(call)
    value = call.text(key)
    if len(value) > LENGTHS[key]:
        raise bad_request(f"bot {key.replace('_', ' ')} is too long")
    code = call.text("language_code")
    world.profile[f"{key}:{code}" if code else key] = value
    world.tell(None, {"kind": "people"})
    return True


def get_profile(world: World, call: Call) -> Json:
    """getMyName, getMyDescription, getMyShortDescription"""
    key = _profile_key(call)
    value = world.profile.get(f"{key}:{call.text('language_code')}") or world.profile.get(key, "")
    return {key: value or (world.bot_name if key == "name" else "")}


def set_chat_menu_button(world: World, call: Call) -> bool:
    """setChatMenuButton for one person, or for everyone"""
    button = call.get("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    world.menu_buttons[call.integer("chat_id")] = button
    return True


def get_chat_menu_button(world: World, call: Call) -> Json:
    """getChatMenuButton"""
    known = world.menu_buttons
    return known.get(call.integer("chat_id")) or known.get(0) or {"type": "commands"}


def _kinds(call: Call) -> list[str] | None:
    kinds = call.get("allowed_updates")
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else None


def _profile_key(call: Call) -> str:
    method = call.method.lower()
    return "name" if method.endswith("name") else "short_description" if "short" in method else "description"


def _scope(world: World, call: Call) -> tuple[str, int, str]:
    scope: Any = call.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or not scope.get("type"):
        raise bad_request("can't parse BotCommandScope: Object expected as scope")
    number = world.find_chat(scope["chat_id"]).id if scope.get("chat_id") else 0
    return str(scope["type"]), number, call.text("language_code")
