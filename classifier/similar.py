"""Open reports that say the same in the same place, found in milliseconds among a hundred thousand.

An inverted index over stems: names of roads count here (two lamps in two streets are two reports), greetings do not.
"""

import re
from array import array
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.normalise import cut, words_of
from classifier.stems import Stems
from classifier.tables import words as word_list

_COMMON = 0.1
"""A stem in more than this share of the reports tells them apart too little to be looked up."""

_MOST = 40
"""Stems of a message that are looked up, the rarest first."""

_ROMAN = re.compile(r"[ivx]+|\d+")


@dataclass(frozen=True, slots=True)
class Similar:
    """An open report like the one asked about. `likeness`: 0..1, 1 when both hold the same words."""

    report: Hashable
    likeness: float


class SimilarReports:
    """Open reports by their words. Not safe for writing from several threads at once.

    `weights`: how telling a stem is (the model's idf); a stem that is not in it weighs as much as the rarest.
    """

    def __init__(self, stems: Stems | None = None, weights: Mapping[str, float] | None = None) -> None:
        self._stems = Stems() if stems is None else stems
        self._weights = dict(weights or {})
        self._rarest = max(self._weights.values(), default=1.0)
        self._ids: list[Hashable] = []
        self._at: dict[Hashable, int] = {}
        self._alive = array("b")
        self._place = array("i")
        self._norm = array("f")
        self._postings: dict[str, array[int]] = {}
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._at)

    def words(self, text: str) -> set[str]:
        """The stems that a text is compared by."""
        return set(self._stems.of(words_of(cut(text)))) - word_list("silent")

    def add(self, report: Hashable, text: str, place: str | None = None) -> None:
        """Remember an open report, in place of an earlier one. `place`: any code that neighbours share."""
        self.remove(report)
        words = self.words(text)
        at = len(self._ids)
        self._ids.append(report)
        self._at[report] = at
        self._alive.append(1)
        self._place.append(self._places.setdefault(place or "", len(self._places)))
        self._norm.append(sum(self._weight(word) ** 2 for word in words) ** 0.5 or 1.0)
        for word in words:
            self._postings.setdefault(word, array("i")).append(at)

    def remove(self, report: Hashable) -> None:
        """Forget a report that was closed; nothing happens when it is not known."""
        at = self._at.pop(report, None)
        if at is not None:
            self._alive[at] = 0
            if len(self._ids) > 1_000 and len(self._at) * 2 < len(self._ids):
                self._compact()

    def find(self, text: str, place: str | None = None, least: float = 0.45, most: int = 3) -> list[Similar]:
        """Open reports at least `least` like `text`, the likest first; only of `place` when it is given."""
        words = self.words(text)
        if not self._ids or not words:
            return []
        norm = sum(self._weight(word) ** 2 for word in words) ** 0.5
        common = max(200.0, _COMMON * len(self._ids))
        known = sorted((w for w in words if w in self._postings), key=lambda w: len(self._postings[w]))[:_MOST]
        rare = [word for word in known if len(self._postings[word]) <= common] or known
        touched = np.zeros(len(self._ids), dtype=bool)
        for word in rare:
            touched[np.frombuffer(self._postings[word], dtype=np.int32)] = True
        touched &= np.frombuffer(self._alive, dtype=np.int8) == 1
        if place is not None:
            touched &= np.frombuffer(self._place, dtype=np.int32) == self._places.get(place, -1)
        found = np.flatnonzero(touched)
        if not len(found):
            return []
        shared = self._shared(known, found)
        likeness = shared / (np.frombuffer(self._norm, dtype=np.float32)[found] * norm)
        best = np.argsort(-likeness, kind="stable")[:most]
        return [Similar(self._ids[int(found[i])], round(float(likeness[i]), 3)) for i in best if likeness[i] >= least]

    def _shared(self, words: list[str], found: NDArray[np.intp]) -> NDArray[np.float32]:
        """Sum of squared weights of `words` in each report of `found` (sorted)."""
        total = np.zeros(len(self._ids), dtype=np.float32)
        for word in words:
            total[np.frombuffer(self._postings[word], dtype=np.int32)] += self._weight(word) ** 2
        return total[found]

    def _weight(self, word: str) -> float:
        return 1.0 if _ROMAN.fullmatch(word) else self._weights.get(word, self._rarest)

    def _compact(self) -> None:
        """Drop what was removed."""
        keep = np.flatnonzero(np.frombuffer(self._alive, dtype=np.int8))
        moved = np.full(len(self._ids), -1, dtype=np.int32)
        moved[keep] = np.arange(len(keep), dtype=np.int32)
        postings = {}
        for word, rows in self._postings.items():
            left = moved[np.frombuffer(rows, dtype=np.int32)]
            if (left >= 0).any():
                postings[word] = array("i", left[left >= 0].tolist())
        self._postings = postings
        self._ids = [self._ids[i] for i in keep]
        self._place = array("i", [self._place[i] for i in keep])
        self._norm = array("f", [self._norm[i] for i in keep])
        self._alive = array("b", [1] * len(keep))
        self._at = {report: at for at, report in enumerate(self._ids)}
