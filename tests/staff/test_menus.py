"""Every command in a menu is heard, named for its reader, and within Telegram's limits."""

import re
from pathlib import Path

from bot.menus import CITIZEN, GROUP, STAFF, menu
from bot.staff.access import MAY, Action
from storage.tables import Role
from tests.staff.doors import DOORS

IN_GROUPS = {"sambung", "putuskan"}
BOT = Path(__file__).parents[2] / "bot"


def test_every_role_has_a_menu_of_commands_that_somebody_hears() -> None:
    assert set(STAFF) == set(Role)
    heard = {
        name
        for path in BOT.rglob("*.py")
        for call in re.findall(r"Command\(([^)]*)\)", path.read_text(encoding="utf-8"))
        for name in re.findall(r'"([a-z0-9]+)"', call)
    }
    for names in (CITIZEN, GROUP, *((*names, *CITIZEN) for names in STAFF.values())):
        assert set(names) <= heard
        assert len(set(names)) == len(names) <= 100
        assert all(1 <= len(command["description"]) <= 256 for command in menu(names))


def test_a_menu_has_every_command_that_its_role_may_give_and_no_other() -> None:
    asked = {door[1:]: one.action for door, tries in DOORS.items() for one in tries if door[0] == "/"}
    private = {name: action for name, action in asked.items() if isinstance(action, Action) and name not in IN_GROUPS}
    for role, names in STAFF.items():
        assert set(names) == {name for name, action in private.items() if role in MAY[action]}, role
