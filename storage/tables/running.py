"""What happens because time passes: the issues of periodic jobs, and the reminders that were given."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from storage.tables import naming  # noqa: F401  (before the first table)
from storage.tables.row import Row
from storage.types import BigId, Moment, words


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"  # a newer one became due before it was finished


class Run(Row, table=True):
    """One issue of a periodic job: what became due at a moment, and how far it has got. Any process goes on with it."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    job: str = Field(max_length=40)
    period: datetime = Field(sa_type=Moment, description="when it was due")
    issue: int = Field(default=1, description="2 and more: an administrator sent it again")
    state: RunState = Field(default=RunState.RUNNING, sa_type=words(RunState))
    cursor: int = Field(default=0, sa_type=BigId, description="the last reader that was served")
    done: int = Field(default=0, description="readers served")
    total: int = Field(default=0, description="readers in all, counted at the start")
    started_at: datetime = Field(sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    error: str | None = Field(default=None, sa_type=Text)
    """Why the last try failed; it is tried again at the next look."""

    __table_args__ = (UniqueConstraint("job", "period", "issue"),)


class Reminder(Row, table=True):
    """A step of the escalation that was taken for a report. For another date it may be taken again."""

    report_id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    step: str = Field(primary_key=True, max_length=20)
    since: datetime = Field(sa_type=Moment, primary_key=True, description="the due date or arrival it was about")
    at: datetime = Field(sa_type=Moment)


class Trouble(Row, table=True):
    """Something that is wrong with the service now. The row goes when it is over."""

    kind: str = Field(primary_key=True, max_length=60)
    detail: str = Field(default="", max_length=60)
    since: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment, description="when a process last saw it")
