"""What the classifier says about one message. Frozen values; nothing here imports a library."""

from dataclasses import dataclass
from typing import Literal

Decision = Literal["auto", "ask", "triage", "none"]
Kind = Literal["pengaduan", "aspirasi", "permintaan_informasi", "lain"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One office that may be the right one. `confidence`: probability in 0..1; `topic`: its likeliest topic."""

    agency: str
    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of the message that spoke for the chosen office; `weight` > 0, larger spoke louder."""

    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where the message says it happens; a guess that the citizen confirms.

    `kecamatan` and `kelurahan` are codes of Kemendagri and are set only when a single one is possible; `candidates`
    holds every kelurahan code that the words allow (the name traps: Curug twice, Cisalak / Cisalak Pasar); `road` is
    the road as written in the road table, or as the citizen wrote it.
    """

    kecamatan: str | None = None
    kelurahan: str | None = None
    road: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one message.

    `agency`: id of `data/agencies.toml`, None when it is not a report. `confidence`: calibrated probability that
    `agency` is right, 0..1. `decision`: auto = send to the office, ask = the citizen chooses among the first three
    alternatives, triage = a person at Diskominfo decides, none = not a report. `alternatives`: distinct offices, best
    first, the chosen one included. `owner`: the body that owns the road when the city's office only accepts and passes
    on. `coordinate`: offices to be told as well. `second`: topics of further problems in the same message.
    `hotlines`: emergency numbers the citizen reads first. `rule`: the boundary rule that decided, if one did.
    """

    topic: str | None
    agency: str | None
    confidence: float
    decision: Decision
    alternatives: tuple[Alternative, ...]
    kind: Kind
    urgent: bool
    owner: str | None = None
    coordinate: tuple[str, ...] = ()
    place: Place | None = None
    second: tuple[str, ...] = ()
    abusive: bool = False
    hotlines: tuple[str, ...] = ()
    rule: str | None = None
    reasons: tuple[Reason, ...] = ()
    model: str = ""
