"""Working days of Depok: joint leave is no working day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.calendar import DEADLINES, Calendar, Deadline, deadline, has_decree
from storage.lifecycle import Kind

JAKARTA = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar.of("Asia/Jakarta", [date(2026, 12, 1)])


def test_the_year_2026_has_240_working_days() -> None:
    plain = Calendar.of("Asia/Jakarta")
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    assert sum(plain.works(day) for day in days) == 240


def test_christmas_and_its_joint_leave_are_skipped() -> None:
    assert Calendar.of("Asia/Jakarta").add(date(2026, 12, 22), 5) == date(2026, 12, 31)


def test_a_day_off_of_the_configuration_counts() -> None:
    assert not CALENDAR.works(date(2026, 12, 1))
    assert CALENDAR.works(date(2026, 12, 2))


@pytest.mark.parametrize(("kind", "due"), [(Kind.COMPLAINT, date(2026, 12, 15)), (Kind.INFORMATION, date(2026, 12, 2))])
def test_a_report_is_due_at_closing_time_of_its_last_working_day(kind: Kind, due: date) -> None:
    since = datetime(2026, 11, 24, 23, 30, tzinfo=JAKARTA)
    assert CALENDAR.due(kind, False, since) == datetime(due.year, due.month, due.day, 16, tzinfo=JAKARTA)


def test_danger_does_not_wait_for_a_working_day() -> None:
    saturday = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    assert CALENDAR.due(Kind.COMPLAINT, True, saturday) == saturday + timedelta(hours=24)


def test_a_year_without_decree_is_known_as_such() -> None:
    assert has_decree(2026)
    assert not has_decree(2028)


def test_an_accusation_is_due_on_a_working_day_within_sixty_days_of_the_calendar() -> None:
    calendar = Calendar.of("Asia/Jakarta")
    since = datetime(2026, 11, 25, 3, tzinfo=UTC)
    due = calendar.due(Kind.COMPLAINT, False, since, misconduct=True)
    assert due.date() == date(2027, 1, 22), "the sixtieth day is a Sunday"
    assert calendar.due(Kind.COMPLAINT, True, since, misconduct=True) - since == timedelta(hours=24)


def test_a_new_figure_holds_for_reports_from_its_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = Deadline(10, "a decree", "yes", date(2027, 2, 1))
    monkeypatch.setitem(DEADLINES, Kind.COMPLAINT, (*DEADLINES[Kind.COMPLAINT], shorter))
    assert deadline(Kind.COMPLAINT, date(2027, 1, 31)).working_days == 14
    assert deadline(Kind.COMPLAINT, date(2027, 2, 1)) is shorter
    for figures in DEADLINES.values():
        assert [one.since for one in figures] == sorted(one.since for one in figures)
        assert all(one.source and one.verified in {"yes", "practice", "own promise"} for one in figures)
