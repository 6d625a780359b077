"""A small city in a database, without the service: an office, its people, a citizen, reports, and a clock to turn."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from storage import agencies, people, reports, staff
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.reports import Actor, Opening, Routing
from storage.tables import ActorKind, Event, Outbox, Report, Role
from tests.watch import Watch

JAKARTA = ZoneInfo("Asia/Jakarta")
SITI, BUDI, HEAD, DESK = 5_000_000_001, 6_000_000_001, 6_000_000_002, 6_000_000_003


def at(day: str, hour: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=JAKARTA)


class Made:
    """Dishub with an officer (Budi) and a head, Diskominfo's desk, and Siti. It is Monday 5 October 2026, 09:00."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.watch = Watch(at("2026-10-05", "09:00"))
        self.drafts = 0

    async def begins(self) -> "Made":
        office = {"id": "dishub", "name": "Dinas Perhubungan", "short": "Dishub", "scope": "city", "channel": ""}
        async with self.database.transaction() as session:
            await agencies.seed(session, [office | {"starts_on": date(2020, 1, 1)}])
            for chat, role in ((BUDI, Role.OFFICER), (HEAD, Role.HEAD), (DESK, Role.TRIAGE)):
                token = await staff.invite(session, role, "dishub", None, self.watch())
                await session.flush()
                await staff.accept(session, token, chat, role.value, self.watch())
        return self

    async def report(self, kind: Kind = Kind.COMPLAINT, *, urgent: bool = False, taken: bool = True) -> int:
        """A report of Siti's at Dishub, which Budi works on (or nobody yet)."""
        self.drafts += 1
        async with self.database.transaction() as session:
            siti = await people.citizen_at(session, SITI, "Siti", self.watch())
            opening = Opening(f"d{self.drafts}", siti.id or 0, "Lampu mati", kind, urgent, Routing(agency_id="dishub"))
            calendar = self.database.calendar
            report, _ = await reports.open_report(session, opening, prefix="DPK", calendar=calendar, now=self.watch())
        if taken:
            await self.does(reports.accept, report.id, officer_id=1)
        return report.id or 0

    async def does(self, change: Any, *args: Any, **more: Any) -> Any:
        """One change in a transaction of its own, now."""
        async with self.database.transaction() as session:
            return await change(session, *args, now=self.watch(), **more)

    async def moves(self, report_id: int, to: Status, note: str = "penjelasan dinas") -> None:
        await self.does(reports.change_status, report_id, to, by=Actor(ActorKind.OFFICER, 1), note=note)

    async def seen(self, report_id: int) -> Report:
        async with self.database.reading() as session:
            return await session.get_one(Report, report_id)

    async def events(self, report_id: int) -> list[Event]:
        async with self.database.reading() as session:
            return list(
                (await session.exec(select(Event).where(Event.report_id == report_id).order_by(col(Event.id)))).all()
            )

    async def told(self, notice: str) -> list[int | None]:
        """The chats that were owed this notice so far."""
        async with self.database.reading() as session:
            statement = select(Outbox.chat_id).where(Outbox.notice == notice).order_by(col(Outbox.id))
            return list((await session.exec(statement)).all())
