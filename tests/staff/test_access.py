"""The permission table, walked whole."""

import itertools
from datetime import UTC, datetime

import pytest

from bot.staff.access import DESK, MAY, OFFICE, Action, verdict
from bot.texts import label
from storage.lifecycle import Kind, Status
from storage.tables import Officer, Report, Role

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def officer(role: Role, agency: str | None = "dishub", active: bool = True) -> Officer:
    return Officer(id=1, chat_id=1, name="x", role=role, agency_id=agency, active=active, created_at=NOW)


def report(agency: str | None, status: Status) -> Report:
    return Report(
        id=1, number="x", draft_id="x", citizen_id=1, kind=Kind.COMPLAINT, status=status, agency_id=agency, text="x",
        officer_id=1 if agency else None,
        created_at=NOW, status_at=NOW,
    )  # fmt: skip


def test_every_action_has_a_line_and_every_role_may_do_something() -> None:
    assert set(MAY) == set(Action)
    assert set().union(*MAY.values()) == set(Role)


@pytest.mark.parametrize(("action", "role"), list(itertools.product(Action, Role)))
def test_a_role_may_exactly_what_the_table_says(action: Action, role: Role) -> None:
    own = report("dishub", Status.ASSIGNED)
    waiting = report(None, Status.TRIAGE)
    allowed = role in MAY[action]
    assert (verdict(officer(role), action) == "") == allowed
    if role in OFFICE:
        own.misconduct = action is Action.UNSEAL
        assert (verdict(officer(role), action, own) == "") == allowed
    if role in DESK:
        assert (verdict(officer(role, None), action, waiting) == "") == allowed


@pytest.mark.parametrize("action", Action)
def test_an_officer_of_another_office_may_nothing_with_a_report(action: Action) -> None:
    for role in OFFICE:
        assert verdict(officer(role, "dlhk"), action, report("dishub", Status.ASSIGNED)) in {
            "wrong_office",
            "wrong_role",
        }
        assert verdict(officer(role, None), action, report(None, Status.TRIAGE)) in {"wrong_office", "wrong_role"}


@pytest.mark.parametrize("action", Action)
def test_a_stranger_and_a_suspended_officer_may_nothing(action: Action) -> None:
    assert verdict(None, action) == "not_staff"
    assert verdict(officer(Role.ADMIN, active=False), action) == "not_staff"


@pytest.mark.parametrize(("action", "role"), list(itertools.product(Action, Role)))
def test_what_accuses_an_official_is_for_the_inspectorate_alone(action: Action, role: Role) -> None:
    sealed = report("inspektorat", Status.IN_PROGRESS)
    sealed.misconduct = True
    for office in ("dishub", None) if role in OFFICE else ("inspektorat", None):
        assert verdict(officer(role, office), action, sealed) in {"sealed", "wrong_role"}
    if role in OFFICE and role in MAY[action]:
        assert verdict(officer(role, "inspektorat"), action, sealed) == ""


def test_only_who_took_a_report_on_reads_it_unmasked() -> None:
    own = report("dishub", Status.IN_PROGRESS)
    own.officer_id = 2
    for role in OFFICE:
        assert verdict(officer(role), Action.UNMASK, own) == "not_yours"


@pytest.mark.parametrize("action", [Action.REJECT, Action.CHOOSE])
def test_the_desk_acts_on_what_waits_at_the_desk(action: Action) -> None:
    assert verdict(officer(Role.TRIAGE, None), action, report("dishub", Status.ASSIGNED)) == "wrong_office"
    assert verdict(officer(Role.TRIAGE, None), action, report(None, Status.TRIAGE)) == ""


def test_every_action_can_be_read_in_the_log() -> None:
    for action in Action:
        assert label(f"action.{action.value}")
