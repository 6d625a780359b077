"""Forgetting: a person who asks for it, and letters that are old."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import (
    ActorKind,
    Attachment,
    Citizen,
    Conversation,
    Event,
    Inbox,
    InboxState,
    Outbox,
    OutboxState,
    Report,
    Subscription,
    Supporter,
)

SLICE = 50
"""Persons forgotten in one transaction."""

ENDED = (OutboxState.SENT, OutboxState.GIVEN_UP, OutboxState.STALE)

Mask = Callable[[str], str]


async def due(session: AsyncSession, by: datetime) -> list[Citizen]:
    """Who asked to be forgotten at `by` or before, the oldest wish first."""
    statement = select(Citizen).where(col(Citizen.erase_at) <= by, col(Citizen.chat_id).is_not(None))
    return list((await session.exec(statement.order_by(col(Citizen.erase_at)).limit(SLICE))).all())


async def erase(session: AsyncSession, citizen: Citizen, mask: Mask, now: datetime) -> None:
    """Take the person out of every table but the log of attempts; their reports stay for the figures, masked."""
    chat_id, name = citizen.chat_id, citizen.name
    if chat_id is None:
        return

    def clean(words: str) -> str:
        words = mask(words)
        for part in (name, str(chat_id)):
            words = words.replace(part, "…") if part else words
        return words

    reports = list((await session.exec(select(Report).where(Report.citizen_id == citizen.id))).all())
    for report in reports:
        report.text, report.place = clean(report.text), clean(report.place)
        report.rating_note, report.anonymous = clean(report.rating_note), True
    ids = [report.id for report in reports]
    theirs = (Event.actor == ActorKind.CITIZEN) & (Event.actor_id == citizen.id)  # also as a supporter, elsewhere
    elsewhere = []
    for event in (await session.exec(select(Event).where(col(Event.report_id).in_(ids) | theirs))).all():
        if note := event.facts.get("note"):
            event.facts = event.facts | {"note": clean(str(note))}
        if event.report_id not in ids:
            elsewhere.append(event.id)
    sent = col(Attachment.report_id).in_(ids) | col(Attachment.event_id).in_(elsewhere)
    await session.exec(delete(Attachment).where(sent, col(Attachment.purpose) == "evidence"))
    for table in (Supporter, Subscription):
        await session.exec(delete(table).where(col(table.citizen_id) == citizen.id))
    await _letters(session, chat_id, ids)
    citizen.name, citizen.chat_id, citizen.reachable = "", None, False
    citizen.consented_at = citizen.erase_at = None
    citizen.erased_at = now


async def _letters(session: AsyncSession, chat_id: int, report_ids: list[int | None]) -> None:
    """The person's dialogue, what they sent, what they were sent, and what officers were sent about their reports."""
    mine = or_(col(Conversation.key).startswith(f"{chat_id}:"), col(Conversation.key).endswith(f":{chat_id}"))
    await session.exec(delete(Conversation).where(mine))
    handled = col(Inbox.state) != InboxState.WAITING
    await session.exec(
        update(Inbox).where(col(Inbox.chat_id) == chat_id, handled).values(payload={}, chat_id=None, error=None)
    )
    to_them = col(Outbox.chat_id) == chat_id
    waiting = col(Outbox.state) == OutboxState.WAITING
    await session.exec(update(Outbox).where(to_them, waiting).values(state=OutboxState.GIVEN_UP))
    await session.exec(update(Outbox).where(to_them).values(payload={}, chat_id=None, dedupe_key=None, error=None))
    about = or_(col(Outbox.report_id).in_(report_ids), col(Outbox.method) == "answerCallbackQuery")
    await session.exec(update(Outbox).where(about, col(Outbox.state).in_(ENDED)).values(payload={}))
    for row in (await session.exec(select(Outbox).where(col(Outbox.report_id).in_(report_ids), waiting))).all():
        row.payload = row.payload | {"author": ""}


async def empty_letters(session: AsyncSession, before: datetime) -> None:
    """Nothing but the fact that they came and went is kept of letters settled before then."""
    handled = col(Inbox.done_at) < before
    await session.exec(update(Inbox).where(handled, col(Inbox.state) != InboxState.WAITING).values(payload={}))
    await session.exec(
        update(Outbox).where(col(Outbox.settled_at) < before, col(Outbox.state).in_(ENDED)).values(payload={})
    )


def ask(citizen: Citizen, now: datetime, wait: timedelta) -> datetime:
    """Note the wish; asked again, the first date stands. Returns when it will be done."""
    citizen.erase_at = citizen.erase_at or now + wait
    return citizen.erase_at


def keep(citizen: Citizen) -> None:
    """They changed their mind."""
    citizen.erase_at = None
