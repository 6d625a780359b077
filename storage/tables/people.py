"""Citizens, officers, and what they tried."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from storage.tables import naming  # noqa: F401  (before the first table)
from storage.tables.row import Row
from storage.types import BigId, Facts, Moment, SealedWords, words


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


class Citizen(Row, table=True):
    """A person who writes to the city. `chat_id` is where answers go."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    chat_id: int | None = Field(default=None, sa_type=BigId, unique=True)
    """None for somebody whose report was taken down by an officer, and after the person has been erased."""
    name: str = Field(sa_type=SealedWords)
    created_at: datetime = Field(sa_type=Moment)
    reachable: bool = True
    """False after the person has blocked the bot; true again with their next message."""
    consented_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the notice on personal data was agreed to."""
    updates: str = Field(default="all", max_length=10, description="which news they want: all or main")
    blocked_at: datetime | None = Field(default=None, sa_type=Moment)
    """Set while the person may not file reports; `blocked_reason` is what they are told."""
    blocked_reason: str = Field(default="", max_length=300)
    erase_at: datetime | None = Field(default=None, sa_type=Moment)
    """The person asked to be forgotten: done then, unless they change their mind."""
    erased_at: datetime | None = Field(default=None, sa_type=Moment)


class Officer(Row, table=True):
    """A member of staff, in one role, of one agency (none for the roles of the whole city)."""

    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_type=BigId, unique=True)
    name: str = Field(sa_type=SealedWords)
    role: Role = Field(sa_type=words(Role))
    agency_id: str | None = Field(default=None, foreign_key="agency.id", index=True, max_length=40)
    active: bool = True
    reachable: bool = True
    created_at: datetime = Field(sa_type=Moment)


class Invitation(Row, table=True):
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


class Attempt(Row, table=True):
    """Somebody tried to do something that needs a role; refused attempts are kept too.

    Only ever added to: the database refuses to change or delete a row (migration 0003), and storage/audit.py seals it.
    """

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    at: datetime = Field(sa_type=Moment)
    chat_id: int = Field(sa_type=BigId)
    officer_id: int | None = None
    action: str = Field(max_length=40)
    report_id: int | None = Field(default=None, sa_type=BigId)
    allowed: bool
    reason: str = Field(default="", max_length=80)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Facts)
    """What it was about, as ids and codes: never a name, a number or words of a citizen."""


class Subscription(Row, table=True):
    """What somebody wants a weekly digest of: the whole city, a kecamatan, a kelurahan or a topic."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    citizen_id: int = Field(sa_type=BigId, foreign_key="citizen.id")
    scope: str = Field(max_length=10, description="city, kecamatan, kelurahan or topic")
    value: str = Field(
        default="", max_length=60, description="the place by name, or a group of topics; empty for the city"
    )
    created_at: datetime = Field(sa_type=Moment)

    __table_args__ = (
        UniqueConstraint("citizen_id", "scope", "value"),
        Index("ix_subscription_scope", "scope", "value", "id"),
    )
