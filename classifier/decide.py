"""From probabilities to a decision: send on, ask, leave to a person, or not a report."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifier.prediction import Alternative, Decision, Kind
from classifier.tables import settings as table

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a model decides with; kept in its manifest.

    `auto`, `ask`, `second`: confidences of an office; `none`: probability of not being a report; `urgent`: probability.
    `share`: how much commoner a topic is among real messages than in the corpus (1 = as common), raised to
    `prior_strength`; `kind_margin`: what makes a kind likelier than the corpus does.
    """

    temperature: float
    prior_strength: float
    auto: float
    ask: float
    none: float
    second: float
    urgent: float
    share: Mapping[str, float]
    kind_margin: Mapping[str, float]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Self:
        """Settings from a table with the sections `scores`, `decision`, `share`."""
        return cls(**raw["scores"], **raw["decision"], share=raw["share"], kind_margin=raw["kind_margin"])

    def log_priors(self, topics: Sequence[str]) -> Floats:
        """What is added to the scaled margins of `topics`, in their order."""
        share = np.array([self.share.get(topic, 1.0) for topic in topics], dtype=np.float32)
        return (self.prior_strength * np.log(share)).astype(np.float32)

    def kind_margins(self, kinds: Sequence[str]) -> Floats:
        """What is added to the margins of `kinds`, in their order."""
        return np.array([self.kind_margin.get(kind, 0.0) for kind in kinds], dtype=np.float32)


def chosen() -> Settings:
    """The settings of `data/settings.toml`."""
    return Settings.of(table())


def softmax(scores: Floats) -> Floats:
    """Probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]


def sigmoid(score: float) -> float:
    """The probability of a yes from its log odds."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def decide(alternatives: Sequence[Alternative], not_a_report: float, settings: Settings) -> Decision:
    """What happens with a message. A doubt between chatter and a report is left to a person, never dropped."""
    best = alternatives[0].confidence
    if not_a_report >= settings.none:
        return "none"
    if not_a_report > best:
        return "triage"
    if best >= settings.auto:
        return "auto"
    return "ask" if best >= settings.ask else "triage"


def kind_of(kinds: Sequence[str], scores: Floats) -> Kind:
    """The likeliest kind."""
    return kinds[int(np.argmax(scores))]  # type: ignore[return-value]
