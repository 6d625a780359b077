"""A group in which officers and the bot sit together."""

from typing import Protocol

from bot.simulator import actions
from bot.simulator.errors import Impossible
from bot.simulator.model import Account, Chat, Json
from bot.simulator.screen import Line, lines_of
from bot.simulator.world import World


class Member(Protocol):
    """Whoever has an account."""

    @property
    def account(self) -> Account:
        """Their account."""


class Group:
    """A group chat. After an upgrade `id` is that of the supergroup and `old_id` the former one."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.id = chat.id
        self.old_id: int | None = None

    @property
    def chat(self) -> Chat:
        """The chat as it is now."""
        return self._world.chats[self.id]

    @property
    def title(self) -> str:
        """The name of the group."""
        return self.chat.title or ""

    def screen(self) -> list[Line]:
        """Everything in the group, newest last."""
        return lines_of(self.chat)

    def adds(self, person: Member) -> None:
        """A person joins; the bot gets the service message."""
        number = person.account.id
        if number not in self.chat.members:
            self.chat.members.append(number)
            self._world.groups_of.setdefault(number, []).append(self.id)
            user = person.account.user
            actions.service(self._world, person.account, self.chat, {"new_chat_members": [user]})
            self._world.tell(None, {"kind": "people"})

    def removes(self, person: Member) -> None:
        """A person leaves; the bot gets the service message."""
        number = person.account.id
        if number in self.chat.members:
            self.chat.members.remove(number)
            self._world.groups_of[number].remove(self.id)
            actions.service(self._world, person.account, self.chat, {"left_chat_member": person.account.user})
            self._world.tell(None, {"kind": "people"})

    def removes_bot(self) -> None:
        """The bot is thrown out: it gets my_chat_member, and every message to the group is refused."""
        self.chat.bot_left = True
        actions.tell_membership(self._world, self._creator(), self.chat, "member", "kicked")
        self._world.tell(None, {"kind": "people"})

    def upgrade(self) -> None:
        """Become a supergroup with a new id; the old id answers with migrate_to_chat_id."""
        old = self.chat
        if old.kind != "group":
            raise Impossible(f"{self.title} is a supergroup already")
        new = self._world.add_group(self.title, list(old.members), kind="supergroup")
        old.upgraded_to, self.old_id, self.id = new.id, old.id, new.id
        for member in old.members:
            self._world.groups_of[member].remove(old.id)
        by = self._creator()
        actions.service(self._world, by, old, {"migrate_to_chat_id": new.id})
        actions.service(self._world, by, new, {"migrate_from_chat_id": old.id})

    def _creator(self) -> Account:
        return self._world.people[self.chat.members[0]]


def open_group(world: World, title: str, members: list[Account], *, forum: bool, supergroup: bool) -> Group:
    """Create a group and put the bot into it. Forums are supergroups. Raises Impossible without members."""
    if not members:
        raise Impossible("a group needs at least one person")
    kind = "supergroup" if forum or supergroup else "group"
    chat = world.add_group(title, [account.id for account in members], kind=kind, forum=forum)
    actions.tell_membership(world, members[0], chat, "left", "member")
    bot: Json = {"new_chat_members": [world.bot]}
    actions.service(world, members[0], chat, bot)
    return Group(world, chat)
