"""Trouble on order: what a test wants to go wrong, and when."""

from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["429", "500", "502", "cut", "half", "timeout_but_delivered"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(slots=True)
class Fault:
    """One ordered fault. `method` and `chat_id` are None for "any"; `times` counts down."""

    kind: Kind
    method: str | None
    chat_id: int | None
    times: int
    retry_after: int


@dataclass(slots=True)
class Faults:
    """The faults still waiting to happen, first ordered first.

    429, 500, 502 and cut (the connection ends before an answer) happen *instead of* the request. half (the answer
    breaks off in the middle) and timeout_but_delivered (no answer comes for `hold` seconds) happen *after* the
    request was carried out: the bot cannot know whether its message arrived, and it did.
    """

    waiting: list[Fault] = field(default_factory=list)
    happened: list[tuple[str, str]] = field(default_factory=list)
    """(method, kind) of each fault that struck."""
    hold: float = 30.0

    def next(
        self,
        method: str | None = None,
        times: int = 1,
        kind: Kind = "500",
        chat_id: int | None = None,
        retry_after: int = 1,
    ) -> None:
        """Order a fault for the next `times` requests that fit. Raises ValueError for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(KINDS)}")
        self.waiting.append(Fault(kind, method and method.lower(), chat_id, times, retry_after))

    def clear(self) -> None:
        """Forget every fault that has not happened yet."""
        self.waiting.clear()

    def strike(self, method: str, chat_id: int | None) -> Fault | None:
        """Take the first fault that fits this request, if any."""
        for fault in self.waiting:
            if fault.method not in (None, method.lower()) or fault.chat_id not in (None, chat_id):
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            self.happened.append((method, fault.kind))
            return fault
        return None
