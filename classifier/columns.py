"""One text into the columns of a fitted TfidfVectorizer, without the checks that cost a millisecond each time.

Same numbers as `TfidfVectorizer.transform` (a test compares them): sublinear counts, inverse document frequency, unit
length.
"""

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

Row = tuple[NDArray[np.intp], NDArray[np.float32]]
"""Columns that are not zero, and their values."""


class Columns:
    """Turns texts into rows of one vectorizer."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._terms: Callable[[str], list[str]] = vectorizer.build_analyzer()
        self._at: dict[str, int] = vectorizer.vocabulary_
        self._idf = vectorizer.idf_.astype(np.float32)

    def __len__(self) -> int:
        return len(self._at)

    def row(self, text: str) -> Row:
        """The row of one text; empty when none of its terms is known."""
        at = self._at
        counts = Counter(at[term] for term in self._terms(text) if term in at)
        columns = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (np.log(values) + 1.0) * self._idf[columns]
        length = float(np.sqrt(values @ values))
        return columns, values / length if length else values
