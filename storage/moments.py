"""Moments that come back: every Monday at seven, every working day in the morning, every night. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from storage.calendar import Calendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Weekly:
    """Once a week, on `weekday` (Monday is 0) at a local hour, holiday or not."""

    weekday: int
    hour: time

    def newest(self, now: datetime, calendar: Calendar) -> datetime:
        """The newest such moment that is not in the future."""
        local = now.astimezone(calendar.zone)
        day = local.date() - timedelta(days=(local.weekday() - self.weekday) % 7)
        moment = datetime.combine(day, self.hour, calendar.zone)
        return moment if moment <= local else datetime.combine(day - timedelta(days=7), self.hour, calendar.zone)

    @property
    def days(self) -> str:
        """The days of the week as APScheduler's cron writes them."""
        return DAYS[self.weekday]


@dataclass(frozen=True)
class WorkingDays:
    """Each working day at a local hour."""

    hour: time

    def newest(self, now: datetime, calendar: Calendar) -> datetime:
        """The newest such moment that is not in the future."""
        local = now.astimezone(calendar.zone)
        day = local.date()
        if local.time() < self.hour:
            day -= timedelta(days=1)
        while not calendar.works(day):
            day -= timedelta(days=1)
        return datetime.combine(day, self.hour, calendar.zone)

    @property
    def days(self) -> str:
        return "mon-fri"


@dataclass(frozen=True)
class Daily:
    """Every day at a local hour."""

    hour: time

    def newest(self, now: datetime, calendar: Calendar) -> datetime:
        """The newest such moment that is not in the future."""
        local = now.astimezone(calendar.zone)
        moment = datetime.combine(local.date(), self.hour, calendar.zone)
        return (
            moment if moment <= local else datetime.combine(moment.date() - timedelta(days=1), self.hour, calendar.zone)
        )


@dataclass(frozen=True)
class Monthly:
    """Once a month, on `day` (1 to 28) at a local hour."""

    day: int
    hour: time

    def newest(self, now: datetime, calendar: Calendar) -> datetime:
        """The newest such moment that is not in the future."""
        local = now.astimezone(calendar.zone)
        moment = datetime.combine(local.date().replace(day=self.day), self.hour, calendar.zone)
        before = (moment.replace(day=1) - timedelta(days=1)).replace(day=self.day)
        return moment if moment <= local else before


When = Weekly | WorkingDays

MONDAY = Weekly(0, time(7, 0))
"""When the week's digests are due."""
