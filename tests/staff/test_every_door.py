"""The permission table, whole: every command, button and question of the staff desk against everybody who may try it.

The list of doors is read from the dispatcher, so a new one without a line in doors.py fails. Each try is handled in a
transaction of its own that is undone again, so that nobody's success changes the world of the next.
"""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from bot.incoming.turn import Turn, current
from bot.staff.access import DESK, OFFICE, Action, office_verdict, verdict
from storage import conversations
from storage.lifecycle import Kind, Status
from storage.tables import Attempt, Citizen, Event, OfficeGroup, Officer, Outbox, Report, Role
from tests.conftest import settings_for
from tests.crowds.crowd import Crowd, Json
from tests.staff.doors import DOORS, Try, doors
from tests.watch import Watch

SECRET = "RAHASIA"
GROUP = -500
OWN, WAITING, SEALED, THEIRS = 1, 2, 3, 4


def test_every_door_of_the_desk_has_a_line() -> None:
    assert doors() == set(DOORS)


class Undo(Exception):
    """Thrown after each try, so that nothing of it is kept."""


@dataclass(frozen=True)
class Outcome:
    attempts: list[Attempt]
    events: int
    told: list[str]


class Desk:
    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.people: dict[str, tuple[int, Officer | None]] = {}
        self.reports: dict[int, Report] = {}

    async def settle(self) -> None:
        """One of each role, the neighbours, somebody suspended; a report of each kind."""
        now = self.crowd.clock()
        here = [("dishub", role) for role in OFFICE] + [(None, role) for role in Role if role not in OFFICE]
        rows = [
            (f"{role} of {office}", office, role, True)
            for office, role in [*here, ("dlhk", Role.OFFICER), ("dlhk", Role.HEAD), ("inspektorat", Role.OFFICER)]
        ]
        async with self.crowd.app.database.transaction() as session:
            taker = Officer(chat_id=100, name="Taker", role=Role.OFFICER, agency_id="dishub", created_at=now)
            session.add_all([taker, Citizen(id=1, chat_id=99, name="Siti", created_at=now)])
            await session.flush()
            for at, (name, office, role, active) in enumerate([*rows, ("suspended", "dishub", Role.HEAD, False)]):
                person = Officer(
                    chat_id=200 + at, name=name, role=role, agency_id=office, active=active, created_at=now
                )
                session.add(person)
                self.people[name] = (person.chat_id, person if active else None)
            self.people["stranger"] = (300, None)
            self.people["the citizen"] = (99, None)
            for number, (office, status, misconduct) in {
                OWN: ("dishub", Status.IN_PROGRESS, False),
                WAITING: (None, Status.TRIAGE, False),
                SEALED: ("inspektorat", Status.ASSIGNED, True),
                THEIRS: ("dishub", Status.ASSIGNED, False),
            }.items():
                report = Report(
                    id=number, number=f"DPK-26-9{number:05}", draft_id=str(number), citizen_id=1, kind=Kind.COMPLAINT,
                    status=status, agency_id=office, misconduct=misconduct, topic="pju-mati",
                    text=f"Lampu {SECRET} gelap sekali", officer_id=taker.id if number == OWN else None,
                    created_at=now - timedelta(days=1), status_at=now, due_at=now + timedelta(days=9),
                )  # fmt: skip
                session.add(report)
                self.reports[number] = report
            session.add(OfficeGroup(id=1, agency_id="dishub", chat_id=GROUP, title="Grup", bound_at=now))

    async def _feed(self, turn: Turn, update: Json) -> None:
        worker, token = self.crowd.worker, current.set(turn)
        try:
            await worker.dispatcher.feed_raw_update(
                worker.bot, {"update_id": 1, **update}, session=turn.session, now=turn.now, **worker.given
            )
        finally:
            current.reset(token)

    async def tries(self, name: str, door: str, one: Try, report: Report) -> Outcome:
        chat_id, _ = self.people[name]
        who = self.crowd.somebody(chat_id, name)
        said = one.does or door.partition("@")[0]
        verb = door.partition("@")[0].partition(":")[2]
        said = said.format(r=report.id, n=report.number, verb=verb)
        chat = {"id": GROUP, "type": "supergroup", "title": "Grup"} if one.group else who.chat
        is_press = door[0] != "/" and door[0].islower()
        if is_press:
            message = self.crowd.message(who, text="?") | {"chat": chat}
            update = {
                "callback_query": {"id": "1", "from": who.user, "chat_instance": "1", "data": said, "message": message}
            }
        else:
            update = {"message": self.crowd.message(who, text=said) | {"chat": chat}}
        state = door.rpartition("@")[2] if "@" in door else "" if is_press or door[0] == "/" else door
        return await self._undone(
            chat_id, update, state, {key: report.id if value == "{r}" else value for key, value in one.data.items()}
        )

    async def _undone(self, chat_id: int, update: Json, state: str, data: Json) -> Outcome:
        now = self.crowd.clock()
        outcome: Outcome | None = None
        try:
            async with self.crowd.app.database.transaction() as session:
                await conversations.put(session, f"{chat_id}:{chat_id}", now, state=state, data=data)
                turn, begun = Turn(session, now, 1), await session.begin_nested()
                await self._feed(turn, update)
                if turn.refused is None:
                    await begun.commit()
                else:  # as the worker does: undone, then said
                    await begun.rollback()
                    await self._feed(Turn(session, now, 1, refused=turn.refused), update)
                await session.flush()
                events = (await session.exec(select(func.count()).select_from(Event))).one()
                rows = (await session.exec(select(Outbox).where(col(Outbox.chat_id).in_([chat_id, GROUP])))).all()
                attempts = (await session.exec(select(Attempt).order_by(col(Attempt.id)))).all()
                outcome = Outcome(
                    [Attempt(**row.model_dump()) for row in attempts], events, [str(row.payload) for row in rows]
                )
                raise Undo
        except Undo:
            pass
        assert outcome is not None
        return outcome


@pytest.fixture
async def desk(classifier: Any, tmp_path: Path, sqlite_file: Path) -> AsyncIterator[Desk]:
    """The engine does not matter to who may do what."""
    shutil.copy(sqlite_file, tmp_path / "desk.db")
    settings = settings_for(f"sqlite:///{tmp_path / 'desk.db'}", limits={"messages_per_minute": 10**6})
    crowd = Crowd(settings, classifier, Watch())
    await crowd.open()
    desk = Desk(crowd)
    await desk.settle()
    yield desk
    await crowd.close()


def concerned(one: Try, officer: Officer | None) -> list[int]:
    """The reports that somebody tries a door with: the desk also with what waits, some also with what is sealed."""
    if not one.about or officer is None:
        return [OWN]
    waiting = [WAITING] if officer.role in DESK else []
    return [OWN, *waiting, *([SEALED] if officer.role in {Role.ADMIN, Role.OFFICER} else [])]


@pytest.mark.timeout(400)  # 50 s on a quiet machine
async def test_everybody_tries_everything(desk: Desk) -> None:
    """Who may is let through, who may not is told so; both are written down, and a no shows and changes nothing."""
    wrong, tried = [], 0
    for door, tries in DOORS.items():
        for one in tries:
            for number in (OWN, WAITING, SEALED) if one.about else (THEIRS,):
                report = desk.reports[number]
                for name, (_, officer) in desk.people.items():
                    outcome = await desk.tries(name, door, one, report)
                    tried += 1
                    if complaint := judged(one, report, officer, outcome):
                        wrong.append(f"{door} {one.does} report {number} by {name}: {complaint}")
    assert not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(wrong[:40])
    assert tried > 2000


def judged(one: Try, report: Report, officer: Officer | None, outcome: Outcome) -> str:
    """What is wrong with an outcome; empty when nothing is."""
    found = [(row.action, row.allowed, row.reason) for row in outcome.attempts]
    if one.action is None:
        seen = any(SECRET in words for words in outcome.told)
        return f"not asked, yet {found} {outcome.events}" if found or outcome.events or seen else ""
    action = one.action if isinstance(one.action, Action) else one.action(report)
    code = verdict(officer, action, report if one.about else None)
    if not code and officer is not None and one.office is not None:
        code = office_verdict(officer, one.office)
    if not code and officer is not None and officer.role in one.never:
        code = "wrong_role"
    if not code:
        through = found and found[0][:2] == (action.value, True)
        return "" if through else f"should be let through, {found}"
    last = found[-1] if found else None
    if last != (action.value, False, code):
        return f"should be refused with {code}, {found}"
    if outcome.events or any(SECRET in words for words in outcome.told):
        return "was refused, yet saw or changed something"
    return ""
