"""The boundary rules as they stand today: those of the program, less what was switched off or moved in the chat."""

from collections.abc import Mapping
from dataclasses import dataclass

from classifier import boundaries


@dataclass(frozen=True)
class BoundaryRule:
    """A rule over topic, text and place. `agency`: the office it sends to, where it chooses one."""

    id: str
    example: str
    topics: list[str]
    agency: str | None


class Rules:
    """As the program has them until `change`."""

    def __init__(self) -> None:
        self.now = boundaries.rules()
        """What a message is read with."""

    def all(self) -> list[BoundaryRule]:
        """The rules as the program has them, in the order in which they apply."""
        return [BoundaryRule(rule.id, rule.example, sorted(rule.topics), rule.agency) for rule in boundaries.rules()]

    def find(self, rule_id: str) -> BoundaryRule | None:
        return next((rule for rule in self.all() if rule.id == rule_id), None)

    def change(self, changes: Mapping[str, str], off: str) -> None:
        """`changes`: rule id -> `off`, or the office that the rule sends to from now on."""
        self.now = boundaries.changed({key: None if value == off else value for key, value in changes.items()})
