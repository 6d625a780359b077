"""An answer put right within minutes: it reaches the citizen as an edit of the message they already have."""

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import ledger, notices, outbox, reports
from storage.lifecycle import LifecycleError, NoteRequired
from storage.reports import Actor, UnknownReport
from storage.tables import ActorKind, Event, Lane, Outbox, OutboxState, Report

LASTS = timedelta(minutes=10)
"""How long an answer may be changed: long enough for a slip, too short for the citizen to have acted on it."""

ANSWERS = frozenset({"asked", "progressed", "resolved", "rejected", "extended"})
"""Events whose words the citizen reads, and that their author may put right."""


class TooLateToAmend(LifecycleError):
    """`code` names the sentence: amend_too_late, amend_overtaken, amend_in_transit, amend_too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def newest(session: AsyncSession, report_id: int, officer_id: int) -> Event | None:
    """The last answer this officer gave on a report."""
    statement = select(Event).where(
        Event.report_id == report_id,
        Event.actor == ActorKind.OFFICER,
        Event.actor_id == officer_id,
        col(Event.kind).in_(ANSWERS),
    )
    return (await session.exec(statement.order_by(col(Event.id).desc()).limit(1))).first()


async def check(session: AsyncSession, event_id: int, *, officer_id: int, now: datetime) -> Event:
    """The answer, if this officer may still change it. Raises: UnknownReport, TooLateToAmend."""
    event = await session.get(Event, event_id)
    if event is None or event.actor is not ActorKind.OFFICER or event.actor_id != officer_id:
        raise UnknownReport(event_id)
    if event.kind not in ANSWERS or now - event.at > LASTS:
        raise TooLateToAmend("amend_too_late")
    later = select(Event.id).where(
        Event.report_id == event.report_id, col(Event.id) > event_id, Event.actor == ActorKind.CITIZEN
    )
    if (await session.exec(later.limit(1))).first() is not None:
        raise TooLateToAmend("amend_overtaken")
    return event


async def amend(session: AsyncSession, event_id: int, words: str, *, officer_id: int, now: datetime) -> Report:
    """Change the words of an answer. What has not gone out yet is changed on its way; what has is edited.

    The timeline keeps both: the first answer, and `amended` with the new words.
    Raises: UnknownReport, NoteRequired, TooLateToAmend.
    """
    event = await check(session, event_id, officer_id=officer_id, now=now)
    report = await reports.lock(session, event.report_id)
    words = words.strip()
    if not words:
        raise NoteRequired
    by = Actor(ActorKind.OFFICER, officer_id)
    amended = await reports.record(session, report, "amended", by=by, now=now, note=words, of=event_id)
    await ledger.write_owed(session)
    told = select(Outbox).where(
        Outbox.report_id == report.id, col(Outbox.dedupe_key).startswith(f"event:{event_id}:", autoescape=True)
    )
    for row in (await session.exec(told.order_by(col(Outbox.id)).with_for_update())).all():
        if row.notice == "photos":  # pictures by themselves; their words follow in a message of their own
            continue
        if row.payload.get("photos") and len(words) > notices.CAPTION:
            raise TooLateToAmend("amend_too_long")
        if row.state is OutboxState.SENDING:
            raise TooLateToAmend("amend_in_transit")
        if row.state is OutboxState.WAITING:
            row.payload = row.payload | {"note": words}
        elif row.state is OutboxState.SENT and row.message_id is not None:
            await outbox.put(
                session,
                now=now,
                lane=Lane.NOTICE,
                chat_id=row.chat_id,
                notice=row.notice,
                payload=row.payload | {"note": words, "edits": row.message_id},
                dedupe_key=f"amended:{amended.id}:{row.id}",
                report_id=report.id,
            )
    return report
