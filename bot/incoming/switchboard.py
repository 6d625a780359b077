"""aiogram's dispatcher, asking only the handlers that may have an answer.

aiogram asks one router after the other and evaluates every filter on the way, which for forty routers costs more than
the answer. Commands, states and the prefixes of buttons are known when the service starts: a table says who is asked.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED, SkipHandler
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.filters import Command, StateFilter
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message, TelegramObject, Update
from aiogram.types.update import UpdateTypeLookupError

OTHER = "?"
"""Stands for every command, prefix or state that no handler names."""


@dataclass(frozen=True)
class Needs:
    """What a handler asks of an update before anything else; None: nothing of that kind."""

    commands: frozenset[str] | None = None
    prefixes: frozenset[str] | None = None
    states: frozenset[str | None] | None = None

    def may(self, command: str | None, prefix: str | None, state: str | None) -> bool:
        """Whether an update with these may be for the handler."""
        return (
            (self.commands is None or command in self.commands)
            and (self.prefixes is None or prefix in self.prefixes)
            and (self.states is None or state in self.states)
        )


@dataclass(frozen=True)
class Extension:
    """A handler, what it needs, and how it is called: through the middlewares of its routers."""

    handler: HandlerObject
    needs: Needs
    call: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Switchboard(Dispatcher):
    """`settle` is called once, when all routers and middlewares are there."""

    def settle(self) -> None:
        """Raises: NotImplementedError where a router has what the table would pass by."""
        self._through = self.update.outer_middleware.wrap_middlewares(self.update.outer_middleware, self._listen_update)
        self._table = {
            kind: [one for router in self.sub_routers for one in within(router, kind)] for kind in self.observers
        }
        every = [one.needs for row in self._table.values() for one in row]
        self.commands = frozenset[str]().union(*(one.commands or () for one in every))
        self.prefixes = frozenset[str]().union(*(one.prefixes or () for one in every))
        self.states = frozenset[str | None]().union(*(one.states or () for one in every))
        self._known: dict[tuple[str, str | None, str | None, str | None], list[Extension]] = {}

    def likely(self, kind: str, event: TelegramObject, state: str | None) -> list[Extension]:
        """The handlers that may take this event, in the order of their routers."""
        command, prefix = command_of(event), prefix_of(event)
        command = command if command is None or command in self.commands else OTHER
        prefix = prefix if prefix is None or prefix in self.prefixes else OTHER
        state = state if state is None or state in self.states else OTHER
        key = (kind, command, prefix, state)
        if key not in self._known:
            self._known[key] = [one for one in self._table.get(kind, ()) if one.needs.may(command, prefix, state)]
        return self._known[key]

    async def feed_update(self, bot: Bot, update: Update, **kwargs: Any) -> Any:
        """Through the middlewares to a handler; the update was read with this bot in its context."""
        return await self._through(update, {"dispatcher": self, **self.workflow_data, **kwargs, "bot": bot})

    async def _listen_update(self, update: Update, **kwargs: Any) -> Any:
        try:
            kind = update.event_type
        except UpdateTypeLookupError:
            return UNHANDLED
        return await self._propagate_event(None, kind, update.event, event_update=update, **kwargs)

    async def _propagate_event(
        self, observer: TelegramEventObserver | None, update_type: str, event: TelegramObject, **kwargs: Any
    ) -> Any:
        for one in self.likely(update_type, event, kwargs.get("raw_state")):
            taken, data = await one.handler.check(event, **kwargs)
            if taken:
                try:
                    return await one.call(event, data | {"handler": one.handler})
                except SkipHandler:
                    continue
        return UNHANDLED


def within(router: Router, kind: str) -> Iterator[Extension]:
    """The handlers of a router and of those below it, in aiogram's order."""
    for one in router.chain_tail:
        if (observer := one.observers.get(kind)) is None:
            continue
        if observer.outer_middleware or observer._handler.filters:
            raise NotImplementedError(f"{one.name}: an outer middleware or a filter of a whole router")
        chain = observer._resolve_middlewares()
        for handler in observer.handlers:
            yield Extension(handler, needs(handler), observer.middleware.wrap_middlewares(chain, handler.call))


def needs(handler: HandlerObject) -> Needs:
    """What the filters of a handler that we can read demand; the others are left to aiogram."""
    found: dict[str, frozenset[Any]] = {}
    for one in handler.filters or ():
        match one.callback:
            case Command() as wanted if wanted.prefix == "/" and all(isinstance(c, str) for c in wanted.commands):
                found.setdefault("commands", frozenset(str(c).casefold() for c in wanted.commands))
            case CallbackQueryFilter() as wanted if wanted.callback_data.__separator__ == ":":
                found.setdefault("prefixes", frozenset({wanted.callback_data.__prefix__}))
            case StateFilter() as wanted if "*" not in (states := frozenset(_names(wanted))):
                found.setdefault("states", states)
    return Needs(**found)


def _names(wanted: StateFilter) -> Iterator[str | None]:
    for state in wanted.states:
        if isinstance(state, State):
            yield state.state
        elif isinstance(state, type) and issubclass(state, StatesGroup):
            yield from state.__all_states_names__
        elif state is None or isinstance(state, str):
            yield state
        else:
            yield "*"


def command_of(event: TelegramObject) -> str | None:
    """The command a message begins with, without slash and name of the bot."""
    words = (event.text or event.caption or "") if isinstance(event, Message) else ""
    if not words.startswith("/"):
        return None
    return words.split(maxsplit=1)[0][1:].partition("@")[0].casefold()


def prefix_of(event: TelegramObject) -> str | None:
    """What the data of a pressed button begins with."""
    return (event.data or "").partition(":")[0] if isinstance(event, CallbackQuery) else None
