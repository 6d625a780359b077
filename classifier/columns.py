"""One text into the columns of a fitted TfidfVectorizer, without the checks that cost a millisecond each time.

Same numbers as `TfidfVectorizer.transform` (a test compares them): sublinear counts, inverse document frequency, unit
length.
"""

from collections import Counter
from collections.abc import Callable
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

Row = tuple[NDArray[np.intp], NDArray[np.float32]]
"""Columns that are not zero, and their values."""

MEMORY = 20_000
"""Words whose character n-grams are remembered, about 5 MB; then all are forgotten."""


class Columns:
    """Turns texts into rows of one vectorizer; safe to share between threads, at worst a word is looked up twice."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._terms: Callable[[str], list[str]] = vectorizer.build_analyzer()
        self._at: dict[str, int] = vectorizer.vocabulary_
        self._idf = vectorizer.idf_.astype(np.float32)
        self._by_word = vectorizer.analyzer == "char_wb"
        self._memory: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._at)

    def row(self, text: str) -> Row:
        """The row of one text of space-joined words; empty when none of its terms is known."""
        if self._by_word:  # character n-grams do not cross words, and most words were seen before
            counts = Counter(chain.from_iterable(map(self._of_word, text.split())))
        else:
            counts = Counter(self._known(text))
        columns = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (np.log(values) + 1.0) * self._idf[columns]
        length = float(np.sqrt(values @ values))
        return columns, values / length if length else values

    def _known(self, text: str) -> tuple[int, ...]:
        at = self._at
        return tuple(at[term] for term in self._terms(text) if term in at)

    def _of_word(self, word: str) -> tuple[int, ...]:
        found = self._memory.get(word)
        if found is None:
            if len(self._memory) >= MEMORY:
                self._memory = {}
            found = self._memory[word] = self._known(word)
        return found
