"""Questions answered at once, and how quickly a person may write."""

from datetime import date, datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from storage.tables import naming  # noqa: F401  (before the first table)
from storage.tables.row import Row
from storage.types import BigId, Facts, Moment


class FaqEntry(Row, table=True):
    """An answer the city wrote: it stands above the entry of the same id in the file, or beside the file."""

    __tablename__ = "faq_entry"

    id: str = Field(primary_key=True, max_length=24)
    questions: list[str] = Field(default_factory=list, sa_type=Facts)
    """How people ask it; the more, the surer it is found."""
    answer: str = Field(sa_type=Text)
    channel: str = Field(max_length=300)
    topics: list[str] = Field(default_factory=list, sa_type=Facts)
    """Topics a message must be about; empty: any."""
    checked_on: date
    updated_at: datetime = Field(sa_type=Moment)
    updated_by: int | None = Field(default=None, foreign_key="officer.id")
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    """From then on the question is answered by nobody but an office, also where the file has an entry."""


class FaqTally(Row, table=True):
    """How often an answer was shown on a day, and what people did with it."""

    __tablename__ = "faq_tally"

    day: date = Field(primary_key=True)
    entry: str = Field(primary_key=True, max_length=24)
    outcome: str = Field(primary_key=True, max_length=10, description="shown, solved or forwarded")
    count: int = 0


class Pace(Row, table=True):
    """How much a person may still write now: a bucket that fills as time passes."""

    chat_id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    left: float
    """Messages that are left at `at`."""
    at: datetime = Field(sa_type=Moment)
    last_words: str = Field(default="", max_length=16)
    """Digest of the words of the newest message, empty where it was something else."""
    told_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the person was last asked to write more slowly."""
    told_blocked_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the person was last told that they may not file reports."""
