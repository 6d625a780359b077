"""Reports, and all that hangs on one."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from storage.lifecycle import Kind, Status
from storage.tables.naming import partial
from storage.tables.people import ActorKind
from storage.tables.row import Row
from storage.types import BigId, Facts, Moment, words

COUNTED = [
    "topic", "kecamatan", "kelurahan", "status", "due_at", "first_answer_at", "closed_at", "verified_at",
    "rating", "guess_agency_id", "merged_into_id", "confidential", "misconduct",
]  # fmt: skip
"""What the figures look at (storage/counting.py), kept in the index: PostgreSQL counts without opening a report."""

OPEN_BY_AGE = ["created_at", "agency_id", "merged_into_id", "confidential", "misconduct"]
"""The same for open reports by their age."""


class Report(Row, table=True):
    """A citizen's report. Changed only by the functions of storage/reports.py."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    number: str = Field(unique=True, max_length=20)
    draft_id: str = Field(unique=True, max_length=40)
    """Made when the dialogue began: sending the same draft twice finds the first report."""
    citizen_id: int = Field(sa_type=BigId, foreign_key="citizen.id")
    kind: Kind = Field(sa_type=words(Kind))
    status: Status = Field(sa_type=words(Status))
    agency_id: str | None = Field(default=None, foreign_key="agency.id", max_length=40)
    """Who answers; none while it waits for triage."""
    topic: str | None = Field(default=None, max_length=40)
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    text: str = Field(sa_type=Text)
    urgent: bool = False
    latitude: float | None = None
    longitude: float | None = None
    kecamatan: str | None = Field(default=None, max_length=60)
    kelurahan: str | None = Field(default=None, max_length=60)
    place: str = Field(default="", sa_type=Text, description="the place in the citizen's words")
    guess_agency_id: str | None = Field(default=None, max_length=40)
    guess_topic: str | None = Field(default=None, max_length=40)
    confidence: float = 0.0
    decision: str = Field(default="triage", max_length=10)
    model: str = Field(default="", max_length=60)
    reasons: list[str] = Field(default_factory=list, sa_type=Facts)
    """The words that decided, the loudest first; shown to officers."""
    abusive: bool = False
    """Rude words are in it: flagged for the reader, never dropped."""
    owner_id: str | None = Field(default=None, max_length=40)
    """A body outside the city that owns the thing, where a city office answers for it (a national road)."""
    anonymous: bool = False
    """No office ever sees who wrote it; every piece of news arrives all the same."""
    confidential: bool = False
    """In no public figure, no digest for citizens and no suggestion of similar reports."""
    misconduct: bool = False
    """Berkadar pengawasan: it accuses an official, and only the Inspektorat reads it."""
    source: str = Field(default="telegram", max_length=12, description="telegram, counter, phone or letter")
    entered_by: int | None = Field(default=None, foreign_key="officer.id")
    """The officer who took it down for somebody without Telegram."""
    sp4n_number: str | None = Field(default=None, max_length=40)
    """Its tracking number in SP4N-LAPOR!, once it was entered there."""
    priority: bool = False
    """The office put it before others."""
    split_from_id: int | None = Field(default=None, sa_type=BigId, foreign_key="report.id")
    merged_into_id: int | None = Field(default=None, sa_type=BigId, foreign_key="report.id")
    """The report that goes on for this one, of the same matter."""
    handovers: int = 0
    """How often it went from one office to another; the third goes to the desk."""
    created_at: datetime = Field(sa_type=Moment)
    status_at: datetime = Field(sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    first_answer_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the office first told the citizen something of substance."""
    extended_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the office moved the due date; it may do so once."""
    paused_at: datetime | None = Field(default=None, sa_type=Moment)
    """Since when the clock stands still, waiting for the citizen."""
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    verified_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the citizen said that it is really done; None for a report that only the office calls done."""
    rating: int | None = None
    """1 to 5, by the citizen."""
    rating_note: str = Field(default="", sa_type=Text)
    appeal: str = Field(
        default="", max_length=10, description="who looks at the citizen's objection: head, desk or done"
    )

    __table_args__ = (
        Index("ix_report_citizen", "citizen_id", "id"),
        Index("ix_report_queue", "agency_id", "status", "due_at", "id"),
        Index("ix_report_status", "status", "status_at", postgresql_include=OPEN_BY_AGE),
        partial("ix_report_around", "latitude", "longitude", only="closed_at IS NULL"),
        partial("ix_report_matter", "topic", "latitude", "longitude", only="closed_at IS NULL"),
        partial("ix_report_within", "kecamatan", "kelurahan", "topic", only="closed_at IS NULL"),
        partial("ix_report_merged", "merged_into_id", only="merged_into_id IS NOT NULL"),
        partial("ix_report_officer_id", "officer_id", only="officer_id IS NOT NULL"),
        partial("ix_report_sp4n_number", "sp4n_number", only="sp4n_number IS NOT NULL"),
        Index("ix_report_agency", "agency_id", "created_at", postgresql_include=COUNTED),
        Index("ix_report_city", "created_at", postgresql_include=["agency_id", *COUNTED]),
    )


class Event(Row, table=True):
    """A line of a report's timeline; appended, never edited."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    report_id: int = Field(sa_type=BigId, foreign_key="report.id", index=True)
    at: datetime = Field(sa_type=Moment)
    kind: str = Field(max_length=30)
    actor: ActorKind = Field(sa_type=words(ActorKind))
    actor_id: int | None = Field(default=None, sa_type=BigId, description="id of the citizen or officer")
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class Attachment(Row, table=True):
    """A photo or file the messenger keeps for us; never downloaded."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    report_id: int = Field(sa_type=BigId, foreign_key="report.id", index=True)
    event_id: int | None = Field(default=None, sa_type=BigId, foreign_key="event.id")
    kind: str = Field(max_length=20, description="photo, video, document, voice")
    file_id: str = Field(max_length=250)
    file_unique_id: str = Field(max_length=80, index=True)
    purpose: str = Field(
        default="evidence", max_length=10, description="evidence of the citizen; progress or proof of an officer"
    )
    fingerprint: str | None = Field(default=None, max_length=16, index=True)
    """Perceptual hash (64 bits, hexadecimal), where the city lets thumbnails be fetched."""
    at: datetime | None = Field(default=None, sa_type=Moment)


class Picture(Row, table=True):
    """A photo that somebody should look at, or has: for a day, until it is an attachment or was given up."""

    file_unique_id: str = Field(primary_key=True, max_length=80)
    file_id: str = Field(max_length=250)
    asked_at: datetime = Field(sa_type=Moment)
    tries: int = 0
    fingerprint: str | None = Field(default=None, max_length=16)


class Supporter(Row, table=True):
    """Somebody whom the same matter bothers: gets the same news as the author."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    report_id: int = Field(sa_type=BigId, foreign_key="report.id")
    citizen_id: int = Field(sa_type=BigId, foreign_key="citizen.id", index=True)
    at: datetime = Field(sa_type=Moment)

    __table_args__ = (UniqueConstraint("report_id", "citizen_id"),)


class Example(Row, table=True):
    """An officer confirmed or corrected where a report belongs: what the classifier learns from."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    report_id: int = Field(sa_type=BigId, foreign_key="report.id", index=True)
    agency_id: str = Field(foreign_key="agency.id", max_length=40)
    topic: str | None = Field(default=None, max_length=40)
    """Known only where the office stayed as guessed."""
    corrected: bool
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    at: datetime = Field(sa_type=Moment)


class Counter(Row, table=True):
    """The last number given in a series, such as the reports of a year."""

    series: str = Field(primary_key=True, max_length=40)
    last: int = Field(default=0, sa_type=BigId)
