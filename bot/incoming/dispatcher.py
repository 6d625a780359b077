"""aiogram's dispatcher: which room hears what, in which order, and how a polite no is said."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.types import CallbackQuery, Message, TelegramObject, Update, User

from bot.citizen import (
    answers,
    card,
    conduct,
    ending,
    follow,
    help,
    news,
    place,
    privacy,
    report,
    rights,
    subscribe,
    support,
    thread,
)
from bot.citizen.draft import Unacceptable
from bot.incoming.fsm import ConversationStorage
from bot.incoming.pace import Pace
from bot.incoming.session import OutboxSession
from bot.incoming.switchboard import Switchboard
from bot.incoming.turn import Refusal, current
from bot.staff import (
    administration,
    appeal,
    blocking,
    broadcast,
    case,
    colleagues,
    condition,
    digests,
    export,
    forum,
    groups,
    invite,
    log,
    pairs,
    people,
    queue,
    reasons,
    sealed,
    search,
    statistics,
    templates,
    transfer,
    unmask,
    walkin,
    words,
)
from bot.staff.access import Refused
from bot.staff.typed import BadDate
from bot.texts import label, say
from storage import staff
from storage.evidence import EnoughEvidence
from storage.faq import BadAnswer
from storage.groups import GroupError
from storage.lifecycle import LifecycleError
from storage.offices import OfficeError
from storage.pace import TooManyReports
from storage.periods import BadPeriod
from storage.personnel import PersonnelError
from storage.reports import AlreadyTaken, UnknownReport
from storage.staff import InvitationRefused
from storage.subscriptions import TooMany
from storage.support import MayNotSupport, OwnReport
from storage.templates import TemplateError
from storage.walkin import Sp4nError
from storage.wishes import BadName

POLITE = (
    Unacceptable,
    LifecycleError,
    AlreadyTaken,
    BadAnswer,
    EnoughEvidence,
    MayNotSupport,
    OwnReport,
    TooMany,
    TooManyReports,
    UnknownReport,
    InvitationRefused,
    PersonnelError,
    GroupError,
    OfficeError,
    TemplateError,
    BadDate,
    Sp4nError,
    Refused,
    BadPeriod,
    BadName,
)
"""Errors that are answers: each has a `code` that names its sentence."""


def receiving_bot(token: str, me: User) -> Bot:
    """The bot that handlers see: what it sends goes into the outbox."""
    defaults = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
    return Bot(token, session=OutboxSession(me), default=defaults)


def build() -> Switchboard:
    """Staff before citizens, so that an officer's words go to the case they write on; help answers what is left."""
    dispatcher = Switchboard(storage=ConversationStorage())
    dispatcher.update.outer_middleware(Spinner())
    dispatcher.update.outer_middleware(WhoWrites())
    dispatcher.update.outer_middleware(Pace())
    dispatcher.update.outer_middleware(Politeness())  # inside of Pace, so that what is refused counts too
    dispatcher.include_routers(
        groups.group_router(),
        help.group_router(),
        invite.router(),
        people.router(),
        administration.router(),
        walkin.router(),
        blocking.router(),
        broadcast.router(),
        condition.router(),
        digests.router(),
        templates.router(),
        groups.router(),
        log.router(),
        words.router(),
        queue.router(),
        statistics.router(),
        search.router(),
        export.router(),
        forum.router(),
        case.router(),
        unmask.router(),
        colleagues.router(),
        pairs.router(),
        reasons.router(),
        sealed.router(),
        transfer.router(),
        appeal.router(),
        thread.router(),
        follow.router(),
        ending.router(),
        news.router(),
        privacy.router(),
        rights.router(),
        card.router(),
        place.router(),
        report.router(),
        answers.router(),
        conduct.router(),
        support.router(),
        subscribe.router(),
        help.router(),
    )
    without_threads(dispatcher)
    dispatcher.settle()
    return dispatcher


def without_threads(dispatcher: Dispatcher) -> None:
    """aiogram sends every filter that is no coroutine to a thread, which costs more than all of our filters do."""
    for router in dispatcher.chain_tail:
        for observer in router.observers.values():
            for handler in observer.handlers:
                for one in handler.filters or ():
                    if not one.awaitable:
                        one.callback, one.awaitable = _at_once(one.callback), True


def _at_once(test: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def told(*args: Any, **kwargs: Any) -> Any:
        return test(*args, **kwargs)

    return told


Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Spinner(BaseMiddleware):
    """Every press is answered, so that no button keeps spinning: by its handler, or else here with nothing to say."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        result = await handler(event, data)
        if isinstance(event, Update) and event.callback_query and not current.get().answered:
            await event.callback_query.answer()
        return result


class WhoWrites(BaseMiddleware):
    """Puts the officer who wrote or pressed (or None) beside every update."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user: User | None = data.get("event_from_user")
        data["officer"] = await staff.by_chat(data["session"], user.id) if user else None
        return await handler(event, data)


class Politeness(BaseMiddleware):
    """Turns an error that is an answer into words. What the handler had begun is undone; that it was tried is kept.

    The worker undoes it by rolling back, and comes again with the refusal: no savepoint for every update.
    """

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        turn, session = current.get(), data["session"]
        if turn.refused is None:
            try:
                return await handler(event, data)
            except POLITE as no:
                turn.refused = Refusal(no, tuple(session.info.pop("tried", ())))
                return None
        error, user = turn.refused.error, data.get("event_from_user")
        assert isinstance(error, POLITE)  # noqa: S101
        staff.record_again(session, turn.refused.tried, error.code)
        if isinstance(error, Refused) and user is not None:
            staff.record(
                session,
                now=data["now"],
                chat_id=user.id,
                officer=data.get("officer"),
                action=error.action.value,
                report_id=error.report_id,
                allowed=False,
                reason=error.code,
            )
        if isinstance(event, Update):
            await say_no(event.event, error.code)
        return None


async def say_no(event: TelegramObject, code: str) -> None:
    """To a press: an alert over the chat. To a message: an answer."""
    if isinstance(event, CallbackQuery):
        await event.answer(label(f"errors.{code}"), show_alert=True)
    elif isinstance(event, Message):
        await event.answer(say(f"errors.{code}"))
