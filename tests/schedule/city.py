"""A city without people at their phones: offices, officers and reports made straight in the tables, and a clock."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.config import Settings
from bot.schedule.clockwork import Clockwork
from bot.schedule.jobs import EDITIONS, Run
from storage import agencies, people, reports, staff
from storage.bells import Bell
from storage.calendar import Calendar
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.reports import SYSTEM, Opening, Routing
from storage.tables import Outbox, Report, Role
from tests.watch import Watch

JAKARTA = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar.of("Asia/Jakarta")
OFFICES = {"dishub": "Dinas Perhubungan", "dlhk": "Dinas Lingkungan Hidup"}
SITI, BUDI, TONO, RINA, WALI = 5_000_000_001, 6_000_000_001, 6_000_000_002, 6_000_000_003, 6_000_000_004


def at(day: str, hour: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=JAKARTA)


class City:
    """Two offices, a citizen, and a clock to turn. Monday is 16 November 2026."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.watch = Watch(at("2026-11-16", "08:00"))
        self.drafts = 0
        self.clockwork = Clockwork(database, settings, clock=self.watch, owed=Bell())

    async def begins(self) -> None:
        """The offices are there, and Budi sits at Dishub."""
        since = at("2020-01-01").date()
        async with self.database.transaction() as session:
            rows = [
                {"id": key, "name": name, "short": key.capitalize(), "scope": "city", "channel": "", "starts_on": since}
                for key, name in OFFICES.items()
            ]
            await agencies.seed(session, rows)
        await self.officer(BUDI, "dishub")

    async def officer(self, chat_id: int, agency: str | None, role: Role = Role.OFFICER) -> None:
        async with self.database.transaction() as session:
            token = await staff.invite(session, role, agency, None, self.watch())
            await session.flush()
            await staff.accept(session, token, chat_id, "Budi Hartono", self.watch())

    async def report(self, agency: str | None = "dishub", *, urgent: bool = False, **more: Any) -> int:
        """A report filed now; `more` are columns of the report."""
        self.drafts += 1
        async with self.database.transaction() as session:
            siti = await people.citizen_at(session, SITI, "Siti", self.watch())
            to = Routing(agency_id=agency)
            opening = Opening(f"draft{self.drafts}", siti.id or 0, "Lampu mati", Kind.COMPLAINT, urgent, to)
            report, _ = await reports.open_report(session, opening, prefix="DPK", calendar=CALENDAR, now=self.watch())
            for name, value in more.items():
                setattr(report, name, value)
            return report.id or 0

    async def changes(self, report_id: int, **columns: Any) -> None:
        async with self.database.transaction() as session:
            report = await session.get_one(Report, report_id)
            for name, value in columns.items():
                setattr(report, name, value)

    async def moves(self, report_id: int, to: Status) -> None:
        async with self.database.transaction() as session:
            await reports.change_status(session, report_id, to, by=SYSTEM, now=self.watch(), note="alasan")

    async def goes_to(self, report_id: int, agency: str) -> None:
        async with self.database.transaction() as session:
            await reports.assign(session, report_id, agency, by=SYSTEM, now=self.watch(), note="bukan kami")

    async def runs(self, job: Run) -> int:
        """Run a job at this moment; returns how many people it owes something new."""
        async with self.database.transaction() as session:
            return await job(session, self.watch(), self.settings)

    async def publishes(self, name: str) -> int:
        """Let one of the periodic jobs do what is due at this moment; returns the notices it owed."""
        return await self.clockwork.publish(next(edition for edition in EDITIONS if edition.name == name))

    async def told(self, notice: str) -> list[tuple[int | None, dict[str, Any]]]:
        """(chat, facts) of every such notice so far."""
        async with self.database.reading() as session:
            statement = select(Outbox).where(Outbox.notice == notice).order_by(col(Outbox.id))
            return [(row.chat_id, row.payload) for row in (await session.exec(statement)).all()]

    async def mornings(self, days: int) -> list[dict[int, dict[str, list[int]]]]:
        """Turn the clock through so many mornings; for each, who was reminded of which steps of which reports."""
        found = []
        for _ in range(days):
            morning = self.watch().astimezone(JAKARTA).replace(hour=7, minute=30)
            self.watch.turn_to(morning if morning > self.watch() else morning + timedelta(days=1))
            before = len(await self.told("reminders"))
            await self.publishes("reminders")
            told = (await self.told("reminders"))[before:]
            found.append(
                {
                    chat or 0: {
                        part["step"]: [report["report_id"] for report in part["reports"]] for part in facts["sections"]
                    }
                    for chat, facts in told
                }
            )
        return found
