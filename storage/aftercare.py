"""Four weeks after the end: one question whether it still holds. Asked once, never twice."""

from datetime import datetime, timedelta

from sqlalchemy import exists
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import reports
from storage.appeals import PENDING
from storage.lifecycle import Kind, LifecycleError, Status
from storage.reports import SYSTEM, Actor
from storage.tables import ActorKind, Citizen, Event, Report

AFTER = timedelta(days=28)
NOT_AFTER = timedelta(days=70)
"""Whoever installs this in a city with old reports does not want to ask about all of them."""

SLICE = 200
"""Reports asked about in one run; the next run goes on."""

ASKED = "asked_if_holds"
ANSWERS = ("holds", "broke_again")


class AnsweredAlready(LifecycleError):
    """The question was answered before, or never asked."""

    code = "answered_already"


async def ask(session: AsyncSession, now: datetime) -> int:
    """Ask about complaints that ended four weeks ago. Returns about how many.

    Not about wishes and questions, where nothing can break; nor where the citizen never answered the office, objects,
    or cannot be reached.
    """
    due = [
        col(Report.status) == Status.CLOSED,
        col(Report.status_at) >= now - NOT_AFTER,
        col(Report.status_at) <= now - AFTER,
        func.coalesce(col(Report.verified_at), col(Report.status_at)) <= now - AFTER,
        col(Report.kind) == Kind.COMPLAINT,
        col(Report.paused_at).is_(None),
        col(Report.merged_into_id).is_(None),
        ~col(Report.misconduct),
        col(Report.appeal).not_in([stage.value for stage in PENDING]),
        exists().where(col(Citizen.id) == col(Report.citizen_id), col(Citizen.reachable)),
        ~exists().where(col(Event.report_id) == col(Report.id), col(Event.kind) == ASKED),
    ]
    found = await session.exec(select(Report.id).where(*due).order_by(col(Report.id)).limit(SLICE))
    asked = 0
    for report_id in found.all():
        report = await reports.lock(session, report_id or 0)
        if (await session.exec(select(Report.id).where(Report.id == report_id, *due))).first() is not None:
            await reports.record(session, report, ASKED, by=SYSTEM, now=now)
            asked += 1
    return asked


async def answer(session: AsyncSession, report_id: int, *, citizen_id: int, now: datetime, holds: bool) -> Report:
    """The citizen's answer. Raises: UnknownReport, AnsweredAlready."""
    report = await reports.of_citizen(session, report_id, citizen_id)
    statement = select(Event.kind).where(Event.report_id == report_id, col(Event.kind).in_([ASKED, *ANSWERS]))
    if list((await session.exec(statement)).all()) != [ASKED]:
        raise AnsweredAlready
    kind = ANSWERS[0] if holds else ANSWERS[1]
    await reports.record(session, report, kind, by=Actor(ActorKind.CITIZEN, citizen_id), now=now)
    return report
