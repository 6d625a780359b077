"""Whether two reports tell of the same matter: the words they share, their topics, and how far apart they are.

Names of roads count here (two lamps in two streets are two reports), greetings do not. The shares and the threshold
were chosen on the made-up pairs of tests/classifier/pairs.toml; docs/classifier.md has the figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import cos, exp, hypot, log, radians, sqrt

from classifier.normalise import cut, mask_numbers, read_slang, tokens
from classifier.stems import Stems
from classifier.tables import read_table, topics
from classifier.tables import words as word_list

SAME = 0.56
"""Two reports at least this close are shown as perhaps the same."""

WORDS, TOPIC, NEAR = 0.45, 0.3, 0.25
"""What shared words, one topic and a short way each add to closeness; they sum up to 1."""

FADES = 200.0
"""Metres after which nearness counts for little more than a third."""

BESIDE = FADES * log(NEAR / (SAME - WORDS))
"""Metres, some 164, within which reports on two topics can be close enough, by their words alone."""

UNKNOWN_WAY = 300.0
"""Metres assumed where one of the two has no pin: they are in the same kelurahan, and that says little."""

METRES_A_DEGREE = 111_320

REMEMBERED = 2048
"""Texts whose stems are remembered, some 2 MB."""


@cache
def shared() -> frozenset[str]:
    """Topics of matters that lie in the open, the only ones whose reports other citizens may see."""
    return frozenset(read_table("shared.toml")["topics"]) & topics().keys()


@dataclass(frozen=True, slots=True)
class Matter:
    """What is compared of a report. `pin`: latitude and longitude in degrees, where there is one."""

    text: str
    topic: str | None = None
    pin: tuple[float, float] | None = None


class Closeness:
    """Compares reports by a model's stems and by how telling each stem is (its idf); safe to share for reading.

    A stem that is not in `weights` weighs as much as the rarest.
    """

    def __init__(self, stems: Stems | None = None, weights: Mapping[str, float] | None = None) -> None:
        self.stems = Stems() if stems is None else stems
        self.weights = dict(weights or {})
        self.rarest = max(self.weights.values(), default=1.0)
        self.words = lru_cache(REMEMBERED)(self._words)

    def of(self, one: Matter, others: Sequence[Matter]) -> list[float]:
        """How close each of `others` is to `one`, 0..1 and in their order; `SAME` and more is worth a question."""
        words = self.words(one.text)
        return [
            round(
                WORDS * self.likeness(words, self.words(other.text))
                + TOPIC * (one.topic is not None and one.topic == other.topic)
                + NEAR * exp(-metres(one, other) / FADES),
                3,
            )
            for other in others
        ]

    def _words(self, text: str) -> frozenset[str]:
        """The stems that a text is compared by. Where much is reported, the same neighbours are met again and again."""
        return frozenset(self.stems.of(mask_numbers(read_slang(tokens(cut(text)))))) - word_list("silent")

    def likeness(self, one: frozenset[str], other: frozenset[str]) -> float:
        """Cosine of two sets of weighted stems: 0 when they share none, 1 when they are the same."""
        if not one or not other:
            return 0.0
        return self._sum(one & other) / sqrt(self._sum(one) * self._sum(other))

    def _sum(self, words: frozenset[str]) -> float:
        return sum(self.weights.get(word, self.rarest) ** 2 for word in words)


def metres(one: Matter, other: Matter) -> float:
    """The way between two pins, as the crow flies; UNKNOWN_WAY where one is missing."""
    if one.pin is None or other.pin is None:
        return UNKNOWN_WAY
    north, east = one.pin[0] - other.pin[0], one.pin[1] - other.pin[1]
    return METRES_A_DEGREE * hypot(north, east * cos(radians(one.pin[0])))
