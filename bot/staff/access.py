"""Who may do what: one table, asked by every staff command and every staff button. Each attempt is written down."""

from datetime import datetime
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from storage import staff
from storage.lifecycle import Status
from storage.tables import Officer, Report, Role


class Action(StrEnum):
    QUEUE = "queue"
    SEE = "see"
    ACCEPT = "accept"
    TRANSFER = "transfer"
    ASK = "ask"
    RESOLVE = "resolve"
    REJECT = "reject"
    CHOOSE = "choose"  # an office for what waits at the desk
    INVITE = "invite"


OFFICE = frozenset({Role.OFFICER, Role.HEAD})
DESK = frozenset({Role.TRIAGE, Role.ADMIN})
READERS = frozenset({Role.LEADER, Role.AUDITOR})

MAY: dict[Action, frozenset[Role]] = {
    Action.QUEUE: OFFICE | DESK | READERS,
    Action.SEE: OFFICE | DESK | READERS,
    Action.ACCEPT: OFFICE,
    Action.TRANSFER: OFFICE | DESK,
    Action.ASK: OFFICE,
    Action.RESOLVE: OFFICE,
    Action.REJECT: OFFICE | DESK,
    Action.CHOOSE: DESK,
    Action.INVITE: frozenset({Role.ADMIN}),
}


class Refused(Exception):
    """A polite no. `code` names the sentence: not_staff, wrong_role, wrong_office."""

    def __init__(self, code: str, action: Action, report_id: int | None = None) -> None:
        super().__init__(code)
        self.code, self.action, self.report_id = code, action, report_id


def verdict(officer: Officer | None, action: Action, report: Report | None = None) -> str:
    """Empty when the officer may; else the code of the reason why not.

    An office acts on its own reports; the desk acts on what waits at the desk, and on reports of an office that has
    nobody of its own (they were sent to the desk); it may look at all.
    """
    if officer is None or not officer.active:
        return "not_staff"
    if officer.role not in MAY[action]:
        return "wrong_role"
    if report is None:
        return ""
    if officer.role in OFFICE:
        return "" if officer.agency_id is not None and report.agency_id == officer.agency_id else "wrong_office"
    if action is Action.SEE or officer.role not in DESK:
        return ""
    return "" if report.status is Status.TRIAGE or action is Action.TRANSFER else "wrong_office"


async def permit(
    session: AsyncSession,
    officer: Officer | None,
    action: Action,
    *,
    chat_id: int,
    now: datetime,
    report: Report | None = None,
) -> Officer:
    """The officer, if they may. Raises: Refused; that attempt is recorded by who catches it."""
    code = verdict(officer, action, report)
    if code or officer is None:
        raise Refused(code, action, report.id if report else None)
    staff.record(
        session,
        now=now,
        chat_id=chat_id,
        officer=officer,
        action=action.value,
        report_id=report.id if report else None,
        allowed=True,
    )
    return officer
