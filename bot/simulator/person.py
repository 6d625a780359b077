"""A person with a phone: does things, waits for answers, sees a chat."""

import asyncio
import re
import time

from bot.simulator import actions
from bot.simulator.buttons import Button, all_labels, find_button, find_in
from bot.simulator.errors import Impossible
from bot.simulator.group import Group
from bot.simulator.model import Alert, Chat, Json
from bot.simulator.phone import Phone
from bot.simulator.screen import Line, bot_lines_since, describe_tail, line_of, lines_of

QUIET = 0.3
GRACE = 1.0
"""Seconds `taps` waits for a fresh button before it takes an older one: after the bot's reaction, and without one."""


class Person(Phone):
    """Someone who chats with the bot. Every action is over when the call returns; the bot's answer comes later.

    Methods that take `chat` act in the private chat with the bot unless a group is given.
    Raises: Impossible (an AssertionError) for what no messenger allows, such as writing to a bot one has blocked.
    """

    @property
    def alerts(self) -> list[Alert]:
        """Toasts and alerts that answered this person's button presses, oldest first."""
        return self._world.alerts.setdefault(self.id, [])

    @property
    def hears(self) -> str:
        """All the bot said to this person since their last own action, joined by line breaks."""
        return "\n".join(line.text for chat in self._chats(None) for line in bot_lines_since(chat, self.mark))

    # -- doing ---------------------------------------------------------------------------------------------------

    async def starts(self, payload: str = "") -> Line:
        """Press Start, perhaps through a link with a payload (t.me/bot?start=payload)."""
        if payload and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload):
            raise Impossible(f"{payload!r} cannot be the payload of a start link")
        actions.set_blocked(self._world, self.account, False)
        return await self.says(f"/start {payload}".strip())

    async def says(self, text: str, *, chat: Group | None = None, reply_to: Line | None = None) -> Line:
        """Write a text. One above 4096 units goes out in parts, as from a real app; returns the last message."""
        if not text.strip():
            raise Impossible("an empty message cannot be sent")
        *before, last = actions.split_text(text)
        for part in before:
            await self.sends(actions.text_fields(part), chat=chat)
        return await self.sends(actions.text_fields(last), chat=chat, reply_to=reply_to)

    async def replies(self, message: Line, text: str) -> Line:
        """Answer a certain message, in the chat where it stands."""
        chat = self._world.chats[message.chat_id]
        fields = {**actions.text_fields(text), **actions.reply_fields(chat, message.message_id)}
        return self._write(chat, fields)

    async def edits(self, message: Line, text: str) -> Line:
        """Change the text or caption of an own message."""
        chat = self._world.chats[message.chat_id]
        record = actions.edit(self._world, self.account, chat, message.message_id, text)
        self._done()
        return line_of(record.body, from_bot=False)

    async def forwards(self, text: str, origin: str = "Grup RT 05") -> Line:
        """Forward a text from somewhere else."""
        source = {"type": "hidden_user", "date": self._world.now() - 60, "sender_user_name": origin}
        return await self.sends({"forward_origin": source, **actions.text_fields(text)})

    async def taps(self, label: str, *, chat: Group | None = None, timeout: float = 15.0, grace: float = GRACE) -> Line:  # noqa: ASYNC109
        """Press the newest button whose label contains `label`, waiting up to `timeout` seconds for it.

        Buttons that came after this person's last action go first. An older one is taken only when the bot has
        answered and then been quiet, or has not answered for `grace` seconds. AssertionError tells the labels seen.
        """
        place = self._chat(chat)
        deadline = time.monotonic() + timeout
        while True:
            button = find_button(place, label, since=self.mark)
            older = button or find_button(place, label, since=-1)
            if button is None and older is not None and self._settled(place, grace):
                button = older
            if button is not None:
                return await self._push(place, button)
            left = deadline - time.monotonic()
            if left <= 0:
                seen = ", ".join(all_labels(place)) or "none"
                raise AssertionError(f"no button {label!r}; buttons seen: {seen}\n{describe_tail(place)}")
            await self._world.news([place], min(left, 0.05) if older else left)

    async def taps_old(self, message: Line, label: str) -> Line:
        """Press a button as it was in `message`, even if it has been edited away or the message deleted."""
        button = find_in(message.raw, label)
        if button is None:
            raise AssertionError(f"message #{message.message_id} had no button {label!r}, only {message.buttons}")
        return await self._push(self._world.chats[message.chat_id], button)

    async def presses(self, message: Line, data: str) -> Line:
        """Send a callback with any data on a certain message."""
        actions.press(self._world, self.account, self._world.chats[message.chat_id], message.message_id, data)
        self._done()
        return message

    async def forges(self, callback_data: str, *, chat: Group | None = None) -> Line:
        """Send a callback with made-up data on the newest message of the bot."""
        place = self._chat(chat)
        record = next((r for r in reversed(place.messages.values()) if r.from_bot), None)
        if record is None:
            raise Impossible("the bot has not written anything yet")
        return await self.presses(line_of(record.body, from_bot=True), callback_data)

    def blocks(self) -> None:
        """Block the bot: every message to this person is refused from now on."""
        actions.set_blocked(self._world, self.account, True)

    def unblocks(self) -> None:
        """Let the bot write again."""
        actions.set_blocked(self._world, self.account, False)

    def deactivates(self) -> None:
        """Delete the account: the bot gets "user is deactivated"."""
        self.account.deactivated = True

    # -- waiting and seeing --------------------------------------------------------------------------------------

    async def waits_for(
        self,
        text: str | re.Pattern[str],
        *,
        timeout: float = 15.0,  # noqa: ASYNC109
        since: int | None = None,
        chat: Group | None = None,
    ) -> Line:
        """Wait for a message or edit newer than `since` (this person's last action) that contains `text`.

        Looks in all chats of this person unless one is given. AssertionError prints the end of the chat.
        """
        places = self._chats(chat)
        seen = dict.fromkeys((place.id for place in places), self.mark if since is None else since)
        deadline = time.monotonic() + timeout
        while True:
            for place in places:
                for line in bot_lines_since(place, seen[place.id]):
                    if _matches(line, text):
                        return line
                seen[place.id] = place.from_bot[-1][0] if place.from_bot else seen[place.id]
            left = deadline - time.monotonic()
            if left <= 0:
                tails = "\n".join(f"{place.title or self.name}:\n{describe_tail(place)}" for place in places)
                wanted = text if isinstance(text, str) else text.pattern
                raise AssertionError(f"{self.name} waited {timeout} s for {wanted!r} in vain\n{tails}")
            await self._world.news(places, left)

    async def waits_for_alert(self, text: str = "", *, timeout: float = 15.0) -> Alert:  # noqa: ASYNC109
        """Wait until a toast or alert that contains `text` is there (the newest one that does)."""
        deadline = time.monotonic() + timeout
        while True:
            found = next((alert for alert in reversed(self.alerts) if text in alert.text), None)
            if found is not None:
                return found
            if time.monotonic() >= deadline:
                raise AssertionError(f"{self.name} saw no alert {text!r}, only {[a.text for a in self.alerts]}")
            await self._world.news(self._chats(None), deadline - time.monotonic())

    async def hears_nothing(self, for_seconds: float = 0.5, *, since: int | None = None) -> None:
        """Make sure the bot says nothing new for a while (after `since`; by default from this moment on)."""
        start = self._world.sequence if since is None else since
        await asyncio.sleep(for_seconds)
        heard = [line.text for chat in self._chats(None) for line in bot_lines_since(chat, start)]
        if heard:
            raise AssertionError(f"{self.name} expected silence but heard {heard}")

    def screen(self, chat: Group | None = None) -> list[Line]:
        """The chat as this person sees it, newest last."""
        return lines_of(self._chat(chat))

    def keyboard(self, chat: Group | None = None) -> list[str]:
        """Labels of the reply keyboard that is open now."""
        return all_labels(self._chat(chat), inline=False)

    def now(self) -> int:
        """The present moment, to be given as `since`."""
        return self._world.sequence

    # -- inside --------------------------------------------------------------------------------------------------

    async def _push(self, chat: Chat, button: Button) -> Line:
        """Do what pressing this button does in an app."""
        what = button.what
        if "callback_data" in what:
            actions.press(self._world, self.account, chat, button.message_id, what["callback_data"])
            self._done()
        elif "url" in what:
            self.opened.append(what["url"])
        elif what.get("request_contact"):
            return await self.sends_contact()
        elif what.get("request_location"):
            return await self.sends_location()
        else:
            return self._write(chat, actions.text_fields(what["text"]))
        record = chat.messages.get(button.message_id)
        gone: Json = {"message_id": button.message_id, "chat": {"id": chat.id}}
        return line_of(record.body if record else gone, from_bot=True)

    def _settled(self, chat: Chat, grace: float) -> bool:
        now = time.monotonic()
        reacted = bool(chat.from_bot) and chat.from_bot[-1][0] > self.mark
        return now - self._acted >= grace or (reacted and now - chat.touched >= min(QUIET, grace))


def _matches(line: Line, text: str | re.Pattern[str]) -> bool:
    words = f"{line.text}\n{line.file_name}"
    return text in words if isinstance(text, str) else text.search(words) is not None
