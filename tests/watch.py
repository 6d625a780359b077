"""A clock that stands still until a test turns it: what must wait can be seen waiting, without anybody waiting."""

from datetime import UTC, datetime, timedelta


class Watch:
    """Shows the same moment until `turn` or `turn_to`."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)

    def turn_to(self, moment: datetime) -> None:
        self.now = moment
