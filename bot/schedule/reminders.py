"""Reminders by the table of storage/escalation.py: one message each working morning; danger at any hour."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Settings
from bot.schedule.issue import Issue, Slice, owe
from bot.texts.mask import masked
from storage import digests, notices, outbox, reminders
from storage.escalation import STEPS, URGENT_STEPS, steps_of
from storage.tables import Lane, Officer, Report

SHOWN = 5
"""Reports of one step that are named; the rest is counted."""


async def morning(session: AsyncSession, issue: Issue) -> Slice:
    """Each officer gets one message with everything that became due for them; each step of a report is taken once."""
    calendar = issue.calendar
    today = issue.end.astimezone(calendar.zone).date()
    taken, readers = await reminders.taken(session), await reminders.readers(session)
    shorts = {key: short for key, (_, short) in (await digests.agency_names(session)).items()}
    post: dict[int, dict[str, list[Report]]] = defaultdict(lambda: defaultdict(list))
    officers: dict[int, Officer] = {}
    for report in await reminders.waiting(session):
        highest: dict[int, str] = {}
        for step, since in steps_of(report, today, calendar, taken.get(report.id or 0, ())):
            await reminders.take(session, report.id or 0, step.name, since, issue.now)
            for officer in readers.of(step.reader, report):
                officers[officer.chat_id] = officer
                highest[officer.chat_id] = step.name
        for chat_id, name in highest.items():
            post[chat_id][name].append(report)
    owed = 0
    for chat_id, found in post.items():
        facts = {"day": issue.end.isoformat(), "sections": sections(found, officers[chat_id], shorts)}
        owed += await owe(session, issue, f"officer:{officers[chat_id].id}", chat_id, "reminders", facts)
    return Slice(len(post), owed, None, len(post))


def sections(found: dict[str, list[Report]], reader: Officer, shorts: dict[str, str]) -> list[dict[str, Any]]:
    """The gravest step first. Only who answers for a report reads its words here, masked; the words of an anonymous or
    confidential one stay on its card."""
    return [
        {
            "step": step.name,
            "total": len(found[step.name]),
            "reports": [
                {
                    "report_id": report.id,
                    "number": report.number,
                    "due_at": report.due_at.isoformat() if report.due_at else None,
                    "agency": shorts.get(report.agency_id or "", ""),
                    "text": masked(report.text) if report.agency_id == reader.agency_id and open_words(report) else "",
                }
                for report in found[step.name][:SHOWN]
            ],
        }
        for step in reversed(STEPS)
        if step.name in found
    ]


def open_words(report: Report) -> bool:
    """Whether the words of a report may stand where a telephone shows them unasked."""
    return not (report.anonymous or report.confidential or report.misconduct)


async def remind_urgent(session: AsyncSession, now: datetime, _settings: Settings) -> int:
    """Danger that nobody has taken on: the office within the hour, then its head, then Diskominfo; at night too."""
    found = await reminders.urgent_untouched(session)
    if not found:
        return 0
    readers, owed = await reminders.readers(session), 0
    for report in found:
        waited = now - report.status_at
        passed = [step for step in URGENT_STEPS if step.after <= waited]
        new = [
            step for step in passed if await reminders.take(session, report.id or 0, step.name, report.status_at, now)
        ]
        if not new:
            continue
        facts = await notices.facts_of(session, report) | {"hours": waited.total_seconds() / 3600}
        for officer in readers.of(new[-1].reader, report):
            owed += await outbox.put(
                session,
                now=now,
                lane=Lane.REPLY,
                chat_id=officer.chat_id,
                notice="remind_office",
                payload=facts,
                dedupe_key=f"{new[-1].name}:{report.id}:{int(report.status_at.timestamp())}:{officer.chat_id}",
                report_id=report.id,
            )
    return owed
