"""How a message becomes the two strings that features are made of.

`words`: stems, for word n-grams. `letters`: the words as normalised but unstemmed, for character n-grams, which
recognise a stem through a misspelling.
"""

from dataclasses import dataclass

from classifier.normalise import cut, words_of
from classifier.places import hide_names
from classifier.stems import Stems

MOST_WORDS = 260
"""Words read of a message; 2,000 characters of ordinary Indonesian hold about 290."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One message as read: both strings are space-joined words, possibly empty."""

    words: str
    letters: str


class Reader:
    """Reads messages; keeps nothing but a bounded memory of stems."""

    def __init__(self, stems: Stems | None = None) -> None:
        self.stems = Stems() if stems is None else stems  # an empty one is false

    def letters(self, text: str) -> list[str]:
        """The normalised words of a message, unstemmed."""
        return words_of(hide_names(cut(text)))[:MOST_WORDS]

    def read(self, text: str) -> Reading:
        """Both strings of a message of any length and content."""
        words = self.letters(text)
        return Reading(" ".join(self.stems.of(words)), " ".join(words))
