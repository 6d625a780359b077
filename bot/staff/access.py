"""Who may do what: one table, asked by every staff command and every staff button. Each attempt is written down."""

from datetime import datetime
from enum import StrEnum
from typing import Any

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
    UNMASK = "unmask"
    UNSEAL = "unseal"  # the Inspektorat says that no official is accused
    CHOOSE = "choose"  # an office for what waits at the desk
    RELEASE = "release"
    HAND = "hand"  # to a colleague of the same office
    NOTE = "note"  # for inside
    PROGRESS = "progress"
    AMEND = "amend"  # an answer that has just gone out
    EXTEND = "extend"
    PRIORITY = "priority"
    SPLIT = "split"
    MERGE = "merge"
    SEARCH = "search"
    INVITE = "invite"
    PEOPLE = "people"  # look at who works where, end and give back access
    APPOINT = "appoint"  # to another task or office
    GROUP = "group"  # bind an office's group
    TEMPLATES = "templates"
    ADMINISTER = "administer"  # offices, topics, days off, how much the log says
    BROADCAST = "broadcast"
    BLOCK = "block"  # a person who abuses the service
    TRAIL = "trail"  # who saw and did what
    SP4N = "sp4n"
    WALK_IN = "walk_in"  # write down a report for somebody without Telegram
    DECIDE = "decide"  # on a citizen's objection, for the office
    DECIDE_FINALLY = "decide_finally"  # on one that the office's answer did not settle
    STATISTICS = "statistics"
    EXPORT = "export"  # the rows themselves, without identity
    FORUM = "forum"  # the brief for the planning forum


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
    Action.UNMASK: OFFICE,
    Action.UNSEAL: OFFICE,
    Action.CHOOSE: DESK,
    Action.RELEASE: OFFICE,
    Action.HAND: OFFICE,
    Action.NOTE: OFFICE | DESK,
    Action.PROGRESS: OFFICE,
    Action.AMEND: OFFICE | DESK,
    Action.EXTEND: OFFICE,
    Action.PRIORITY: OFFICE | DESK,
    Action.SPLIT: OFFICE | DESK,
    Action.MERGE: OFFICE | DESK,
    Action.SEARCH: OFFICE | DESK | READERS,
    Action.INVITE: frozenset({Role.ADMIN}),
    Action.PEOPLE: frozenset({Role.ADMIN, Role.HEAD}),
    Action.APPOINT: frozenset({Role.ADMIN}),
    Action.GROUP: frozenset({Role.ADMIN, Role.HEAD}),
    Action.TEMPLATES: frozenset({Role.ADMIN, Role.HEAD}),
    Action.ADMINISTER: frozenset({Role.ADMIN}),
    Action.BROADCAST: frozenset({Role.ADMIN}),
    Action.BLOCK: DESK,
    Action.TRAIL: frozenset({Role.ADMIN, Role.AUDITOR}),
    Action.SP4N: DESK,
    Action.WALK_IN: OFFICE | DESK,
    Action.DECIDE: frozenset({Role.HEAD}) | DESK,
    Action.DECIDE_FINALLY: DESK,
    Action.STATISTICS: OFFICE | DESK | READERS,
    Action.EXPORT: OFFICE | {Role.ADMIN, Role.AUDITOR},
    Action.FORUM: frozenset({Role.HEAD, Role.ADMIN, Role.LEADER}),
}


ANYWHERE = frozenset(
    {
        *{Action.SEE, Action.TRANSFER, Action.BLOCK, Action.TRAIL, Action.SP4N},
        *{Action.DECIDE, Action.DECIDE_FINALLY},
        *{Action.NOTE, Action.AMEND, Action.PRIORITY, Action.MERGE},
    }
)
"""What the desk, which sees the whole city, may do with a report wherever it lies."""

OF_THE_TAKER = frozenset({Action.RELEASE, Action.HAND})
"""What only the officer who has taken a report may do with it, and the head."""


class Refused(Exception):
    """A polite no. `code` names the sentence: not_staff, wrong_role, wrong_office, not_yours, not_taker, sealed."""

    def __init__(self, code: str, action: Action, report_id: int | None = None) -> None:
        super().__init__(code)
        self.code, self.action, self.report_id = code, action, report_id


def verdict(officer: Officer | None, action: Action, report: Report | None = None) -> str:
    """Empty when the officer may; else the code of the reason why not.

    An office acts on its own reports; the desk acts on what waits at the desk, and anywhere on what concerns the whole
    city (looking, handing on, merging); a report that somebody has taken is given away only by them or by the head.
    Only the officer who took a report on may read it unmasked. What accuses an official is for the Inspektorat alone.
    """
    if officer is None or not officer.active:
        return "not_staff"
    if officer.role not in MAY[action]:
        return "wrong_role"
    if report is None:
        return ""
    if report.misconduct and (officer.role not in OFFICE or officer.agency_id != report.agency_id):
        return "sealed"
    if officer.role in OFFICE:
        if officer.agency_id is None or report.agency_id != officer.agency_id:
            return "wrong_office"
        if action is Action.UNSEAL and not report.misconduct:
            return "not_sealed"
        if action is Action.UNMASK:
            return "" if report.officer_id == officer.id else "not_yours"
        another_has_it = report.officer_id not in {None, officer.id}
        return "not_taker" if action in OF_THE_TAKER and officer.role is Role.OFFICER and another_has_it else ""
    if officer.role not in DESK:
        return ""
    return "" if report.status is Status.TRIAGE or action in ANYWHERE else "wrong_office"


def office_verdict(officer: Officer, agency_id: str | None) -> str:
    """Empty when the officer may decide about the people, groups and templates of this office; else the code."""
    return "" if officer.role is Role.ADMIN or (agency_id and agency_id == officer.agency_id) else "wrong_office"


async def permit(
    session: AsyncSession,
    officer: Officer | None,
    action: Action,
    *,
    chat_id: int,
    now: datetime,
    report: Report | None = None,
    office: str | None = None,
    **facts: Any,
) -> Officer:
    """The officer, if they may; `office`: with this office's people, groups or templates. `facts` (ids and codes) go
    into the log. Raises: Refused; that attempt is recorded by who catches it."""
    code = verdict(officer, action, report)
    if not code and officer is not None and office is not None:
        code = office_verdict(officer, office)
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
        facts=facts | ({"office": office} if office else {}),
    )
    return officer
