"""Indonesian word stems: Sastrawi behind a bounded memory.

Sastrawi looks up to a few thousand new words up a second, so each answer is kept; its own memory never forgets, and a
public bot would fill it with junk. Here the stems of the corpus are frozen into the model, and what people write
beyond that goes through a bounded one.
"""

from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from typing import Any

MEMORY = 20_000
"""Words kept beyond the frozen ones: about 3 MB."""

BUDGET = 24
"""New words of one message that are stemmed; the rest stay as written, so that junk cannot cost time."""

LONGEST = 24
"""A longer word is junk or glued words: Sastrawi would try every affix on it."""


@cache
def _sastrawi() -> Any:
    from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
    from Sastrawi.Stemmer.Stemmer import Stemmer

    return Stemmer(ArrayDictionary(sorted(root_words())))  # without the package's own memory, which never forgets


@cache
def root_words() -> frozenset[str]:
    """The root words Sastrawi knows, about 30,000."""
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    return frozenset(StemmerFactory().get_words())


def stem_word(word: str) -> str:
    """The stem of one lower-case word, without any memory. Where Sastrawi returns nothing ("di"), the word itself."""
    return str(_sastrawi().stem_word(word)) or word


class Stems:
    """Stems of words, from a frozen table first, then from a bounded memory (oldest used is forgotten)."""

    def __init__(self, frozen: Mapping[str, str] | None = None, memory: int = MEMORY) -> None:
        self.frozen = dict(frozen or {})
        self._memory: OrderedDict[str, str] = OrderedDict()
        self._limit = memory

    def __len__(self) -> int:
        return len(self._memory)

    def of(self, words: list[str], budget: int = BUDGET) -> list[str]:
        """Stems of `words`, in order; at most `budget` distinct words outside the frozen table are looked at."""
        out = []
        beyond: set[str] = set()
        for word in words:
            stem = self.frozen.get(word)
            if stem is None:
                if word not in beyond and (len(beyond) >= budget or len(word) > LONGEST or not word.isalpha()):
                    out.append(word)
                    continue
                beyond.add(word)
                stem = self._remember(word)
            out.append(stem)
        return out

    def _remember(self, word: str) -> str:
        known = self._memory.get(word)
        if known is not None:
            self._memory.move_to_end(word)
            return known
        stem = stem_word(word)
        self._memory[word] = stem
        if len(self._memory) > self._limit:
            self._memory.popitem(last=False)
        return stem
