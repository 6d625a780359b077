"""The tables, one class each."""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.lifecycle import Kind, Status
from storage.types import BigId, Facts, Moment, words

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMES


def _partial(name: str, *columns: str, only: str) -> Index:
    """An index over the few rows that still wait, so that it does not grow with the years."""
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only))


class InboxState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    SET_ASIDE = "set_aside"  # failed too often; a person looks at it, its chat goes on


class OutboxState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"  # claimed; a claim that outlives its lease is taken again
    SENT = "sent"
    GIVEN_UP = "given_up"  # will never arrive, `error` says why
    STALE = "stale"  # was worth nothing any more when its turn came


class Lane(IntEnum):
    """Urgency of an outgoing message: a smaller number goes first."""

    INSTANT = 0  # toasts and "is typing": dropped when late
    REPLY = 1
    NOTICE = 2
    DIGEST = 3


class Role(StrEnum):
    ADMIN = "admin"  # Diskominfo, runs the service
    TRIAGE = "triage"  # Diskominfo's desk, chooses an office where the classifier was not sure
    HEAD = "head"  # of an office
    OFFICER = "officer"  # of an office
    LEADER = "leader"  # mayor, secretary: reads
    AUDITOR = "auditor"  # reads, and the log too


class ActorKind(StrEnum):
    CITIZEN = "citizen"
    OFFICER = "officer"
    SYSTEM = "system"


class Inbox(SQLModel, table=True):
    """An update as Telegram sent it, kept before it is confirmed."""

    update_id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    chat_id: int | None = Field(default=None, sa_type=BigId)
    payload: dict[str, Any] = Field(sa_type=Facts)
    received_at: datetime = Field(sa_type=Moment)
    state: InboxState = Field(default=InboxState.WAITING, sa_type=words(InboxState))
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    error: str | None = Field(default=None, sa_type=Text)

    __table_args__ = (
        _partial("ix_inbox_todo", "chat_id", "update_id", only="state = 'waiting'"),
        _partial("ix_inbox_oldest", "update_id", only="state = 'waiting'"),
    )


class Conversation(SQLModel, table=True):
    """Where a person stands in a dialogue: aiogram's state and data, in our transaction."""

    key: str = Field(primary_key=True, max_length=120)
    state: str | None = Field(default=None, max_length=80)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)
    updated_at: datetime = Field(sa_type=Moment)


class Agency(SQLModel, table=True):
    """A body that answers. Never deleted: it gets an end date and, where there is one, a successor."""

    id: str = Field(primary_key=True, max_length=40)
    name: str
    short: str
    scope: str = Field(max_length=10, description="city or outside")
    channel: str = Field(default="", description="where the citizen turns, for a body outside the city")
    starts_on: date
    ends_on: date | None = None
    successor_id: str | None = Field(default=None, foreign_key="agency.id", max_length=40)


class TopicAgency(SQLModel, table=True):
    """Which agency answers a topic, between two dates."""

    __tablename__ = "topic_agency"

    id: int | None = Field(default=None, primary_key=True)
    topic: str = Field(index=True, max_length=40)
    name: str = Field(description="the topic in words a person reads")
    agency_id: str = Field(foreign_key="agency.id", max_length=40)
    starts_on: date
    ends_on: date | None = None

    __table_args__ = (UniqueConstraint("topic", "starts_on"),)


class Citizen(SQLModel, table=True):
    """A person who writes to the city. `chat_id` is where answers go."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    chat_id: int = Field(sa_type=BigId, unique=True)
    name: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=Moment)
    reachable: bool = True
    """False after the person has blocked the bot; true again with their next message."""


class Officer(SQLModel, table=True):
    """A member of staff, in one role, of one agency (none for the roles of the whole city)."""

    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_type=BigId, unique=True)
    name: str = Field(max_length=200)
    role: Role = Field(sa_type=words(Role))
    agency_id: str | None = Field(default=None, foreign_key="agency.id", index=True, max_length=40)
    active: bool = True
    reachable: bool = True
    created_at: datetime = Field(sa_type=Moment)


class Invitation(SQLModel, table=True):
    """A one-time link for a future officer; only the hash of its token is kept."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    role: Role = Field(sa_type=words(Role))
    agency_id: str | None = Field(default=None, foreign_key="agency.id", max_length=40)
    created_by: int | None = Field(default=None, foreign_key="officer.id")
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    used_by: int | None = Field(default=None, foreign_key="officer.id")


class Report(SQLModel, table=True):
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
    officer_id: int | None = Field(default=None, foreign_key="officer.id", index=True)
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
    created_at: datetime = Field(sa_type=Moment)
    status_at: datetime = Field(sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)

    __table_args__ = (
        Index("ix_report_citizen", "citizen_id", "id"),
        Index("ix_report_queue", "agency_id", "status", "due_at", "id"),
        Index("ix_report_status", "status", "status_at"),
    )


class Event(SQLModel, table=True):
    """A line of a report's timeline; appended, never edited."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    report_id: int = Field(sa_type=BigId, foreign_key="report.id", index=True)
    at: datetime = Field(sa_type=Moment)
    kind: str = Field(max_length=30)
    actor: ActorKind = Field(sa_type=words(ActorKind))
    actor_id: int | None = Field(default=None, sa_type=BigId, description="id of the citizen or officer")
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)


class Attachment(SQLModel, table=True):
    """A photo or file the messenger keeps for us; never downloaded."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    report_id: int = Field(sa_type=BigId, foreign_key="report.id", index=True)
    event_id: int | None = Field(default=None, sa_type=BigId, foreign_key="event.id")
    kind: str = Field(max_length=20, description="photo, video, document, voice")
    file_id: str = Field(max_length=250)
    file_unique_id: str = Field(max_length=80)


class Outbox(SQLModel, table=True):
    """Something owed to a chat: a ready request (method + parameters) or a notice (kind + facts)."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    lane: int
    chat_id: int | None = Field(default=None, sa_type=BigId, description="none for a request that goes to no chat")
    method: str | None = Field(default=None, max_length=60)
    notice: str | None = Field(default=None, max_length=60)
    payload: dict[str, Any] = Field(sa_type=Facts)
    dedupe_key: str | None = Field(default=None, unique=True, max_length=120)
    report_id: int | None = Field(default=None, sa_type=BigId)
    state: OutboxState = Field(default=OutboxState.WAITING, sa_type=words(OutboxState))
    attempts: int = 0
    created_at: datetime = Field(sa_type=Moment)
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    claimed_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    message_id: int | None = Field(default=None, sa_type=BigId)
    error: str | None = Field(default=None, sa_type=Text)

    __table_args__ = (
        _partial("ix_outbox_chat", "chat_id", "lane", "id", only="state IN ('waiting', 'sending')"),
        _partial("ix_outbox_todo", "lane", "id", only="state IN ('waiting', 'sending')"),
    )


class Attempt(SQLModel, table=True):
    """Somebody tried to do something that needs a role; refused attempts are kept too."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    at: datetime = Field(sa_type=Moment)
    chat_id: int = Field(sa_type=BigId)
    officer_id: int | None = None
    action: str = Field(max_length=40)
    report_id: int | None = Field(default=None, sa_type=BigId)
    allowed: bool
    reason: str = Field(default="", max_length=80)


class Example(SQLModel, table=True):
    """An officer confirmed or corrected where a report belongs: what the classifier learns from."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    report_id: int = Field(sa_type=BigId, foreign_key="report.id", index=True)
    agency_id: str = Field(foreign_key="agency.id", max_length=40)
    topic: str | None = Field(default=None, max_length=40)
    """Known only where the office stayed as guessed."""
    corrected: bool
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    at: datetime = Field(sa_type=Moment)


class Counter(SQLModel, table=True):
    """The last number given in a series, such as the reports of a year."""

    series: str = Field(primary_key=True, max_length=40)
    last: int = Field(default=0, sa_type=BigId)
