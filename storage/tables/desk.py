"""What the staff desk keeps: groups, templates, dates, messages to many, and the seal on the log."""

from datetime import date, datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from storage.tables import naming  # noqa: F401  (before the first table)
from storage.tables.row import Row
from storage.types import BigId, Moment


class OfficeGroup(Row, table=True):
    """A group, or one topic of a forum, in which an office reads its new reports."""

    __tablename__ = "office_group"

    id: int | None = Field(default=None, primary_key=True)
    agency_id: str = Field(foreign_key="agency.id", index=True, max_length=40)
    chat_id: int = Field(sa_type=BigId)
    thread_id: int = Field(default=0, sa_type=BigId, description="the topic of a forum; 0 for a group without")
    title: str = Field(default="", max_length=200)
    bound_by: int | None = Field(default=None, foreign_key="officer.id")
    bound_at: datetime = Field(sa_type=Moment)

    __table_args__ = (UniqueConstraint("chat_id", "thread_id"),)


class GroupCode(Row, table=True):
    """A one-time code that binds a group to an office; only its hash is kept."""

    __tablename__ = "group_code"

    id: int | None = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True, max_length=64)
    agency_id: str = Field(foreign_key="agency.id", max_length=40)
    created_by: int | None = Field(default=None, foreign_key="officer.id")
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Template(Row, table=True):
    """A ready answer with fields such as {nomor}: of one office or of all, for one topic or for any."""

    id: int | None = Field(default=None, primary_key=True)
    agency_id: str | None = Field(default=None, foreign_key="agency.id", index=True, max_length=40)
    topic: str | None = Field(default=None, max_length=40)
    title: str = Field(max_length=60)
    text: str = Field(sa_type=Text)
    created_by: int | None = Field(default=None, foreign_key="officer.id")
    changed_at: datetime = Field(sa_type=Moment)


class AgencyName(Row, table=True):
    """What a body was or will be called from a day on. One that was never renamed has no line here."""

    __tablename__ = "agency_name"

    agency_id: str = Field(primary_key=True, foreign_key="agency.id", max_length=40)
    starts_on: date = Field(primary_key=True)
    name: str
    short: str


class DayOff(Row, table=True):
    """A day on which the city does not work, declared too late for the library of holidays."""

    __tablename__ = "day_off"

    day: date = Field(primary_key=True)
    name: str = Field(max_length=100)
    added_by: int | None = Field(default=None, foreign_key="officer.id")
    added_at: datetime = Field(sa_type=Moment)


class Setting(Row, table=True):
    """A setting that is changed while the service runs; every process follows within a minute."""

    key: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=200)
    changed_by: int | None = Field(default=None, foreign_key="officer.id")
    changed_at: datetime = Field(sa_type=Moment)


class Broadcast(Row, table=True):
    """A message to many, confirmed twice. It goes out slice by slice, by growing id of who gets it."""

    id: int | None = Field(default=None, primary_key=True)
    text: str = Field(sa_type=Text, description="plain text, as typed")
    audience: str = Field(max_length=80, description="citizens, staff, or kecamatan:<name>")
    state: str = Field(default="confirmed", max_length=12, description="confirmed, sending, done or stopped")
    expected: int = Field(default=0, description="how many it was for when it was confirmed")
    reached_id: int = Field(default=0, sa_type=BigId, description="the last citizen or officer it was owed to")
    owed: int = Field(default=0, description="to how many it was owed so far")
    created_by: int | None = Field(default=None, foreign_key="officer.id")
    created_at: datetime = Field(sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)


class Seal(Row, table=True):
    """A link of the chain over the log: its digest covers one attempt and the digest before it (storage/audit.py)."""

    __tablename__ = "audit_seal"

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    attempt_id: int = Field(sa_type=BigId, unique=True)
    """Not a foreign key: the seal must outlive a row that somebody takes away."""
    digest: str = Field(max_length=64)
