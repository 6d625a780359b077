"""The Bot API methods the simulator knows: one table from name to function."""

from collections.abc import Callable
from typing import Any

from bot.simulator.methods import chats, editing, media, sending, setup
from bot.simulator.params import Call
from bot.simulator.world import World

Method = Callable[[World, Call], Any]

METHODS: dict[str, Method] = {
    "getMe": setup.get_me,
    "getUpdates": setup.get_updates,
    "setWebhook": setup.set_webhook,
    "deleteWebhook": setup.delete_webhook,
    "getWebhookInfo": setup.get_webhook_info,
    "setMyCommands": setup.set_my_commands,
    "getMyCommands": setup.get_my_commands,
    "deleteMyCommands": setup.delete_my_commands,
    "setMyName": setup.set_profile,
    "getMyName": setup.get_profile,
    "setMyDescription": setup.set_profile,
    "getMyDescription": setup.get_profile,
    "setMyShortDescription": setup.set_profile,
    "getMyShortDescription": setup.get_profile,
    "setChatMenuButton": setup.set_chat_menu_button,
    "getChatMenuButton": setup.get_chat_menu_button,
    "sendMessage": sending.send_message,
    "sendLocation": sending.send_location,
    "sendVenue": sending.send_venue,
    "sendChatAction": sending.send_chat_action,
    "copyMessage": sending.copy_message,
    "forwardMessage": sending.forward_message,
    "sendPhoto": media.send_photo,
    "sendDocument": media.send_document,
    "sendVideo": media.send_video,
    "sendVoice": media.send_voice,
    "sendMediaGroup": media.send_media_group,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "answerCallbackQuery": chats.answer_callback_query,
    "getFile": chats.get_file,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatMemberCount": chats.get_chat_member_count,
    "getChatAdministrators": chats.get_chat_administrators,
    "leaveChat": chats.leave_chat,
}

BY_LOWER_NAME: dict[str, tuple[str, Method]] = {name.lower(): (name, method) for name, method in METHODS.items()}
"""Telegram does not mind upper and lower case in a method's name."""
