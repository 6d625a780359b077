"""One text into the columns of a table of terms: n-grams of words, or of characters within words.

Same numbers as scikit-learn's `TfidfVectorizer` (a test compares them): sublinear counts, inverse document frequency,
unit length. The terms stand in one sorted array, which may lie in a file that all processes read, and not in a dict.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Terms = NDArray[np.bytes_]
Row = tuple[NDArray[np.intp], Floats]
"""Columns that are not zero, and their values."""

MEMORY = 20_000
"""Words whose character n-grams are remembered, about 5 MB; then all are forgotten."""

GRAMS = range(3, 6)
"""Characters of an n-gram within a word; the blanks around the word count."""


class Columns:
    """Turns texts into rows; safe to share between threads, at worst a word is looked up twice.

    `terms`: UTF-8, sorted; a term's place is its column. `idf`: of each column. `letters`: n-grams of characters
    rather than of words.
    """

    def __init__(self, terms: Terms, idf: Floats, *, letters: bool) -> None:
        self.terms = terms
        self.idf = idf
        self.letters = letters
        self._memory: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self.terms)

    def row(self, text: str) -> Row:
        """The row of one text of space-joined words; empty when none of its terms is known."""
        if self.letters:  # character n-grams do not cross words, and most words were seen before
            counts = Counter(chain.from_iterable(map(self._of_word, text.split())))
        else:
            counts = Counter(self._known(pairs(text)))
        columns = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        weighed: Floats = (np.log(values) + np.float32(1.0)) * self.idf[columns]
        length = np.sqrt(weighed @ weighed)
        return columns, weighed / length if length else weighed

    def places(self, terms: Sequence[str]) -> NDArray[np.intp]:
        """The column of each term, -1 where there is none."""
        if not len(self.terms) or not terms:
            return np.full(len(terms), -1)
        width = self.terms.itemsize
        # numpy cuts what is too long, and takes no notice of zero bytes at the end: such a one must not become another
        asked = [term.encode("utf-8", "surrogatepass") for term in terms]
        wanted = np.array([b"" if len(term) > width else term for term in asked], dtype=self.terms.dtype)
        at = np.searchsorted(self.terms, wanted)
        at[at == len(self.terms)] = 0
        return np.where(self.terms[at] == wanted, at, -1)

    def _known(self, terms: Sequence[str]) -> tuple[int, ...]:
        at = self.places(terms)
        return tuple(at[at >= 0].tolist())

    def _of_word(self, word: str) -> tuple[int, ...]:
        found = self._memory.get(word)
        if found is None:
            if len(self._memory) >= MEMORY:
                self._memory = {}
            found = self._memory[word] = self._known(within(word))
        return found


def table(terms: Sequence[str]) -> Terms:
    """Terms as an array that `Columns` takes: each once, sorted."""
    return np.array(sorted({encoded(term) for term in terms}), dtype=np.bytes_)


def encoded(term: str) -> bytes:
    """UTF-8, also of halves of a character, which a client may send."""
    return term.encode("utf-8", "surrogatepass")


def pairs(text: str) -> list[str]:
    """Single words and neighbours of a space-joined text."""
    said = text.split()
    return said + [f"{one} {other}" for one, other in itertools.pairwise(said)]


def within(word: str) -> list[str]:
    """The character n-grams of one word; a word that is shorter than an n-gram counts once, whole."""
    word = f" {word} "
    found: list[str] = []
    for n in GRAMS:
        found += [word[at : at + n] for at in range(max(1, len(word) - n + 1))]
        if len(word) <= n:
            break
    return found
