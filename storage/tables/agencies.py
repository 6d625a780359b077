"""The bodies that answer, and for what."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables import naming  # noqa: F401  (before the first table)
from storage.tables.row import Row


class Agency(Row, table=True):
    """A body that answers. Never deleted: it gets an end date and, where there is one, a successor."""

    id: str = Field(primary_key=True, max_length=40)
    name: str
    short: str
    scope: str = Field(max_length=10, description="city or outside")
    channel: str = Field(default="", description="where the citizen turns, for a body outside the city")
    starts_on: date
    ends_on: date | None = None
    successor_id: str | None = Field(default=None, foreign_key="agency.id", max_length=40)


class TopicAgency(Row, table=True):
    """Which agency answers a topic, between two dates."""

    __tablename__ = "topic_agency"

    id: int | None = Field(default=None, primary_key=True)
    topic: str = Field(index=True, max_length=40)
    name: str = Field(description="the topic in words a person reads")
    agency_id: str = Field(foreign_key="agency.id", max_length=40)
    starts_on: date
    ends_on: date | None = None

    __table_args__ = (UniqueConstraint("topic", "starts_on"),)
