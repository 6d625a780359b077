"""Figures that were counted, and what an office calls the matters that people bring again and again."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field

from storage.tables import naming  # noqa: F401  (before the first table)
from storage.tables.row import Row
from storage.types import Facts, Moment


class CityMonth(Row, table=True):
    """A month that is over, counted for the whole city (storage/months.py)."""

    __tablename__ = "city_month"

    first: date = Field(primary_key=True)
    """Its first day."""
    figures: dict[str, Any] = Field(sa_type=Facts)
    made_at: datetime = Field(sa_type=Moment)


class ClusterName(Row, table=True):
    """A cluster of reports on one matter, recognised again by its topic and its words; keeps its key and its name."""

    __tablename__ = "cluster_name"

    key: str = Field(primary_key=True, max_length=16)
    agency_id: str = Field(foreign_key="agency.id", index=True, max_length=40)
    topic: str = Field(max_length=40)
    terms: list[Any] = Field(default_factory=list, sa_type=Facts)
    """The words that stand for it, the most telling first."""
    name: str = Field(default="", max_length=80, description="as the office named it; empty: by its topic and words")
    named_by: int | None = Field(default=None, foreign_key="officer.id")
    named_at: datetime | None = Field(default=None, sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
