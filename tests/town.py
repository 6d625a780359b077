"""The city in a test: a simulator, the service beside it, and people who talk to it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from bot import config
from bot.app import App
from bot.simulator import Limits, Person, Simulator
from storage import outbox, staff
from storage.engine import Database
from storage.tables import Inbox, InboxState, Report, Role

JAKARTA = ZoneInfo("Asia/Jakarta")
PIN = (-6.3906, 106.8483)


class Clock:
    """The service's clock: ten in the morning in Depok when a story begins. `turn` moves it forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.turn_to(self().astimezone(JAKARTA).replace(hour=10, minute=0))

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def turn(self, **by: float) -> None:
        self.ahead += timedelta(**by)

    def turn_to(self, moment: datetime) -> None:
        self.ahead = moment - datetime.now(UTC)


class Town:
    """What a test sees: people by name, and the tables."""

    running_task: "asyncio.Task[None]"
    """The service; done once it has stopped."""

    def __init__(self, simulator: Simulator, app: App, clock: Clock, admin: Person) -> None:
        self.simulator = simulator
        self.app = app
        self.clock = clock
        self.admin = admin

    @classmethod
    @asynccontextmanager
    async def running(cls, database_url: str, classifier: Any, **changes: Any) -> AsyncIterator["Town"]:
        """With an administrator who has said hello."""
        async with cls.stranded(database_url, classifier, **changes) as town:
            await town.admin.starts()
            await town.admin.waits_for("Halo", timeout=20)
            yield town

    @classmethod
    @asynccontextmanager
    async def stranded(
        cls,
        database_url: str,
        classifier: Any,
        *,
        demand_proof: bool = False,
        compare_pictures: bool = False,
        **changes: Any,
    ) -> AsyncIterator["Town"]:
        """Running, but nobody has written: updates may not come yet."""
        async with Simulator.running(limits=Limits.off()) as simulator:
            admin = simulator.person("Dewi Lestari", username="dewi", role_label="admin")
            values: dict[str, Any] = {
                "telegram": {"token": simulator.token, "api": simulator.url},
                "database": {"url": database_url},
                "staff": {
                    "administrators": [admin.id],
                    "demand_proof": demand_proof,
                    "compare_pictures": compare_pictures,
                },
                "sending": {"per_second": 30, "chat_burst": 100, "together_seconds": 0},
                "alerts": {"on": False},  # a town's clock jumps, and its mornings are quiet
                "limits": {"reports_per_hour": 1_000, "messages_per_minute": 1_000},
            }
            clock = Clock()
            app = App(config.check(values | changes), classifier, clock=clock)
            running = asyncio.create_task(app.run())
            town = cls(simulator, app, clock, admin)
            town.running_task = running
            try:
                async with asyncio.timeout(20):
                    while not app.ready.is_set():
                        await asyncio.sleep(0.02)
                yield town
            finally:
                app.stop()
                await asyncio.wait_for(running, 15)

    @property
    def database(self) -> Database:
        return self.app.database

    async def citizen(self, name: str = "Siti Aminah") -> Person:
        person = self.simulator.person(name)
        await person.starts()
        await person.waits_for("Halo")
        return person

    async def officer(self, agency: str | None, role: Role = Role.OFFICER, name: str = "Budi Hartono") -> Person:
        """Somebody of an office, who joined by a real invitation."""
        token = await self.invitation(agency, role)
        person = self.simulator.person(name, role_label="petugas")
        await person.starts(f"undangan-{token}")
        await person.waits_for("Selamat datang")
        return person

    async def invitation(self, agency: str | None, role: Role) -> str:
        async with self.database.transaction() as session:
            return await staff.invite(session, role, agency, None, self.clock())

    async def files(self, citizen: Person, text: str) -> str:
        """Write, pin, send; returns the number."""
        await citizen.says(text)
        await citizen.waits_for("Di mana tempatnya")
        await citizen.sends_location(*PIN)
        shown = await citizen.waits_for(re.compile("Periksa dulu|sudah ada yang melaporkan"))
        if "Ini berbeda" in shown.buttons:
            await citizen.taps("Ini berbeda")
        await citizen.taps("Kirim laporan")
        receipt = await citizen.waits_for("Nomor:")
        return next(word for word in receipt.text.split() if word.startswith("DPK-"))

    async def reports(self) -> list[Report]:
        async with self.database.reading() as session:
            return list((await session.exec(select(Report).order_by(col(Report.id)))).all())

    async def report(self, number: str) -> Report:
        return next(report for report in await self.reports() if report.number == number)

    async def count(self, table: Any, *where: Any) -> int:
        async with self.database.reading() as session:
            return (await session.exec(select(func.count()).select_from(table).where(*where))).one()

    async def set_aside(self) -> list[str]:
        """Errors of updates that could not be handled; a good test ends with none."""
        async with self.database.reading() as session:
            failed = await session.exec(select(Inbox).where(Inbox.state == InboxState.SET_ASIDE))
            return [row.error or "" for row in failed.all()]

    async def settles(self, seconds: float = 30) -> None:
        """Wait until nothing waits any more, coming in or going out."""
        async with asyncio.timeout(seconds):
            while True:
                asked_for = self.simulator.pending_updates  # first: what leaves here is in the inbox when we look there
                async with self.database.reading() as session:
                    coming = await session.scalar(
                        select(func.count()).select_from(Inbox).where(Inbox.state == InboxState.WAITING)
                    )
                    if not coming and not await outbox.waiting(session) and not asked_for:
                        return
                await asyncio.sleep(0.05)
