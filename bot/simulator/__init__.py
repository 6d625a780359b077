"""A Bot API on loopback with people in it: the practice room, the demo, and the wire of the end-to-end tests."""

from bot.simulator.faults import Faults
from bot.simulator.group import Group
from bot.simulator.limits import Limits
from bot.simulator.model import Alert, Sent
from bot.simulator.person import Person
from bot.simulator.screen import Line
from bot.simulator.simulator import Simulator

__all__ = ["Alert", "Faults", "Group", "Limits", "Line", "Person", "Sent", "Simulator"]
