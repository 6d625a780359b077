"""Reminders that were given, and the reports that might need one."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import staff
from storage.engine import upsert
from storage.escalation import Reader
from storage.lifecycle import OPEN, Status
from storage.tables import Officer, Reminder, Report, Role


async def waiting(session: AsyncSession) -> list[Report]:
    """Every open report that waits for the city, the soonest due first."""
    moving = [status for status in OPEN if status is not Status.NEEDS_INFO]
    statement = select(Report).where(col(Report.status).in_(moving), col(Report.paused_at).is_(None))
    return list((await session.exec(statement.order_by(col(Report.due_at), col(Report.id)))).all())


async def urgent_untouched(session: AsyncSession) -> list[Report]:
    """Urgent reports that nobody has taken on."""
    new = (Status.ASSIGNED, Status.TRIAGE)
    statement = select(Report).where(col(Report.status).in_(new), col(Report.urgent), col(Report.paused_at).is_(None))
    return list((await session.exec(statement.order_by(col(Report.id)))).all())


async def taken(session: AsyncSession) -> dict[int, set[tuple[str, datetime]]]:
    """(step, since) that were taken for the reports that are still open."""
    statement = select(Reminder).where(Reminder.report_id == Report.id, col(Report.status).in_(OPEN))
    found: dict[int, set[tuple[str, datetime]]] = defaultdict(set)
    for row in (await session.exec(statement)).all():
        found[row.report_id].add((row.step, row.since))
    return found


async def take(session: AsyncSession, report_id: int, step: str, since: datetime, now: datetime) -> bool:
    """Take a step for a report; False if it was taken before for the same date."""
    values = {"report_id": report_id, "step": step, "since": since, "at": now}
    statement = upsert(session, Reminder).values(**values)
    statement = statement.on_conflict_do_nothing(index_elements=["report_id", "step", "since"])
    return (await session.exec(statement.returning(col(Reminder.report_id)))).first() is not None


class Readers:
    """Who reads a step, looked up once for each office."""

    def __init__(self, officers: Iterable[Officer], desk: list[Officer]) -> None:
        self.desk = desk
        self.leaders: list[Officer] = []
        self.offices: dict[str, list[Officer]] = defaultdict(list)
        for officer in officers:
            if officer.role is Role.LEADER:
                self.leaders.append(officer)
            if officer.agency_id is not None:
                self.offices[officer.agency_id].append(officer)

    def of(self, reader: Reader, report: Report) -> list[Officer]:
        """The reachable officers for a report; never nobody while the desk has somebody.

        What accuses an official climbs no further than the office that looks into it.
        """
        office = self.offices.get(report.agency_id or "", [])
        if report.misconduct and office:
            return office if reader in {Reader.OFFICE, Reader.HEAD} else []
        match reader:
            case Reader.OFFICE:
                return office or self.desk
            case Reader.HEAD:
                return [officer for officer in office if officer.role is Role.HEAD] or self.desk
            case Reader.DESK:
                return self.desk
            case Reader.LEADER:
                return self.leaders or self.desk


async def readers(session: AsyncSession) -> Readers:
    """Everybody who can be reminded now."""
    statement = select(Officer).where(col(Officer.active), col(Officer.reachable)).order_by(col(Officer.id))
    return Readers((await session.exec(statement)).all(), await staff.of_desk(session))
