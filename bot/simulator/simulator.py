"""The simulator as one object: start it, add people, look at what the bot did."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from bot.simulator.control import add_control
from bot.simulator.faults import Faults
from bot.simulator.group import Group, open_group
from bot.simulator.limits import Limits
from bot.simulator.model import TEST_TOKEN, Account, Json, Sent
from bot.simulator.person import Person
from bot.simulator.server import MAX_REQUEST, add_bot_api
from bot.simulator.world import World


class Simulator:
    """A Bot API for one bot on loopback, the people who talk to it, and a chat page at `/`.

    `token` decides who may call; `limits` are Telegram's unless given (`Limits.off()` for none). `privacy_mode` hides
    ordinary group messages from the bot. `callback_max_age` is in seconds. `clock` gives Unix time.
    """

    def __init__(
        self,
        *,
        token: str = TEST_TOKEN,
        bot_username: str = "AspirasiDepokBot",
        bot_name: str = "Aspirasi Depok",
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        privacy_mode: bool = True,
        callback_max_age: float = 60.0,
    ) -> None:
        self.world = World(
            token=token,
            bot_username=bot_username,
            bot_name=bot_name,
            limits=limits or Limits(),
            clock=clock,
            privacy_mode=privacy_mode,
            callback_max_age=callback_max_age,
        )
        self.token = token
        self.url = ""
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self._runner: web.AppRunner | None = None

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        port: int = 0,
        token: str = TEST_TOKEN,
        bot_username: str = "AspirasiDepokBot",
        *,
        host: str = "127.0.0.1",
        bot_name: str = "Aspirasi Depok",
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        privacy_mode: bool = True,
        callback_max_age: float = 60.0,
    ) -> "AsyncIterator[Simulator]":
        """A running simulator for the length of an `async with`; port 0 takes any free port."""
        simulator = cls(
            token=token,
            bot_username=bot_username,
            bot_name=bot_name,
            limits=limits,
            clock=clock,
            privacy_mode=privacy_mode,
            callback_max_age=callback_max_age,
        )
        await simulator.start(port, host)
        try:
            yield simulator
        finally:
            await simulator.stop()

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> str:
        """Listen, and return the address. Raises OSError when the port is taken."""
        app = web.Application(client_max_size=MAX_REQUEST)
        add_bot_api(app, self.world)
        add_control(app, self, local=host in ("127.0.0.1", "localhost", "::1"))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://{host or '127.0.0.1'}:{bound}"
        return self.url

    async def stop(self) -> None:
        """Stop listening; long polls still open end at once."""
        await self.world.webhook.stop()
        self.world.queue.end_poll()
        self.world.tell(None, {"kind": "bye"})
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def person(
        self,
        name: str,
        username: str | None = None,
        language_code: str = "id",
        role_label: str = "warga",
        id: int | None = None,
    ) -> Person:
        """Add somebody with an account. `role_label` is shown beside the name on the chat page."""
        first, _, last = name.partition(" ")
        number = id or self.world.next_person_id()
        account = Account(number, first, last or None, username, language_code, role_label)
        self.world.add_person(account)
        person = self.people[number] = Person(self.world, account)
        return person

    def group(self, title: str, members: Sequence[Person], forum: bool = False, *, supergroup: bool = False) -> Group:
        """Open a group with these people and the bot. A forum is always a supergroup."""
        accounts = [person.account for person in members]
        group = open_group(self.world, title, accounts, forum=forum, supergroup=supergroup)
        self.groups[group.id] = group
        return group

    def upgrade(self, group: Group) -> Group:
        """Turn a group into a supergroup. The same object goes on under the new id."""
        group.upgrade()
        self.groups[group.id] = group
        return group

    def push_raw_update(self, update: Json) -> int:
        """Queue an update of any shape; `update_id` is filled in when missing. Returns that id."""
        return self.world.queue.push_raw(update)

    @property
    def faults(self) -> Faults:
        """Trouble on order."""
        return self.world.faults

    @property
    def sent(self) -> list[Sent]:
        """Every accepted request of the bot that was more than a question, in order."""
        return self.world.sent

    @property
    def too_many_given(self) -> int:
        """How many requests the limits have refused with 429 (ordered faults not counted)."""
        return self.world.gate.refused

    @property
    def pending_updates(self) -> int:
        """Updates the bot has not confirmed yet."""
        return len(self.world.queue.pending)

    @property
    def duplicate_updates(self) -> bool:
        """Whether every update is handed out a second time after it was confirmed."""
        return self.world.queue.duplicate

    @duplicate_updates.setter
    def duplicate_updates(self, on: bool) -> None:
        self.world.queue.duplicate = on
