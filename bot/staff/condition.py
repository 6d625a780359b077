"""/kesehatan: how the service is, in one message, for administrators."""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import City
from bot.staff.access import Action, permit
from bot.texts import Html, decimal, duration, label, lines, moment, paragraphs, percent, say, thousands
from storage import condition
from storage.condition import Condition
from storage.processes import PARTS
from storage.tables import Broadcast, Lane, Officer, Run, RunState

MEGABYTE = 1_000_000
BACKUP = "backup"
"""The job whose last good copy is told by its age."""

THIS = 1
"""The question itself waits too while it is being answered."""

SHORT_WAIT = 60.0
"""Seconds below which waiting is told as a moment."""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="condition")
    here.message.register(command, Command("kesehatan"))
    return here


async def command(message: Message, session: AsyncSession, now: datetime, officer: Officer | None, city: City) -> None:
    await permit(session, officer, Action.ADMINISTER, chat_id=message.chat.id, now=now)
    await message.answer(told(await condition.look(session, now), now, city.timezone))


def told(found: Condition, now: datetime, zone: str) -> Html:
    """The whole message: well or not, what waits, who works, the database and its copy, every periodic job."""
    waiting = found.going.waiting
    return paragraphs(
        lines(
            say("health.title", at=moment(now, zone)),
            say("health.wrong", count=len(found.wrong)) if found.wrong else say("health.well"),
            *(say("health.trouble", kind=row.kind, since=moment(row.since, zone)) for row in found.wrong),
        ),
        lines(
            say("health.coming", count=thousands(max(0, found.coming.waiting - THIS)), lag=wait(found.coming.lag)),
            say("health.set_aside", count=found.coming.set_aside) if found.coming.set_aside else "",
            say(
                "health.going",
                **{lane.name.lower(): thousands(waiting.get(lane, 0)) for lane in Lane},
                lag=wait(found.going.answers),
            ),
        ),
        lines(
            *(say("health.part", part=label(f"trouble_part.{part}"), count=found.alive[part]) for part in PARTS),
            say("health.database", engine=label(f"engine.{found.engine}"), size=decimal(found.size / MEGABYTE)),
            copied(next((run for run in found.runs if run.job == BACKUP), None), now),
        ),
        lines(
            say("health.jobs") if found.runs else say("health.no_jobs"),
            *(job(run, zone) for run in found.runs if run.job != BACKUP),
            many(found.broadcast) if found.broadcast else "",
        ),
    )


def wait(seconds: float) -> str:
    """How long the oldest has waited."""
    return label("health.moment") if seconds < SHORT_WAIT else duration(seconds / 3600)


def copied(run: Run | None, now: datetime) -> Html:
    """The nightly copy: its age, or why there is none."""
    if run is None:
        return say("health.no_backup")
    if run.state is RunState.DONE and run.finished_at is not None:
        age = (now - run.finished_at).total_seconds() / 3600
        return say("health.backup", age=duration(age), rows=thousands(run.done))
    return say("health.backup_failed", why=run.error) if run.error else say("health.backup_running")


def job(run: Run, zone: str) -> Html:
    """The newest issue of a periodic job, and how far it has got."""
    facts = {"job": label(f"job.{run.job}"), "due": moment(run.period, zone), "done": thousands(run.done)}
    if run.state is not RunState.RUNNING:
        return say(f"health.job_{run.state}", **facts)
    if run.error:
        return say("health.job_failed", why=run.error, **facts)
    share = percent(run.done / run.total) if run.total else "-"
    return say("health.job_running", total=thousands(run.total), share=share, **facts)


def many(broadcast: Broadcast) -> Html:
    """The last message to many."""
    key = "health.broadcast_done" if broadcast.state == "done" else "health.broadcast_running"
    return say(key, owed=thousands(broadcast.owed), expected=thousands(broadcast.expected))
