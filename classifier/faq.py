"""Questions that have an answer on file: which entry of the FAQ a message asks for, if any.

Two opinions on the same reading of the text: how like the message is to the nearest written variants, and what a
support vector machine on all variants says, which sees nothing but the same likenesses. An entry counts only where the
topic model agrees with its topics. The numbers below were chosen on questions that are not in the file
(`docs/classifier.md`, "Questions answered at once").
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classifier.columns import Columns, pairs, table, within
from classifier.errors import CorpusError
from classifier.normalise import fold
from classifier.prediction import Prediction
from classifier.reading import Reading
from classifier.tables import read_table, topics

if TYPE_CHECKING:
    from classifier.model import Classifier

ENOUGH = 0.2
"""Least score of an entry that is shown."""

WEIGHT = 0.3
"""What the linear model's margin counts beside the likeness."""

AGREED = 0.05
"""Least share of the topic model that an entry's topics must have together."""

LONGEST = 60
"""Words of a message that is still taken for one question; a longer one tells a story, and an officer reads it."""

STEPS, CLOSE, TINY = 60, 1e-5, 1e-300
"""Most steps of learning, which takes about seven of some fourteen each, and the error that ends one; a margin is a few
tenths. The last stands in for a zero that is divided by."""

_GRIEVANCE = re.compile(
    r"\b(?:kok|kenapa|knapa|knp|mengapa|naha|kunaon|padahal|malah|percuma|kecewa|harusnya|seharusnya)\b"
)
"""Words of somebody whom something has happened to: a rule on file is no answer to that."""

Floats = NDArray[np.float64]

STANDINGS = frozenset({"verified", "partly"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer. `channel`: where the citizen turns; `source`: ids of docs/data-sources.md."""

    id: str
    questions: tuple[str, ...]
    answer: str
    channel: str
    checked: date
    standing: str = "partly"
    topics: frozenset[str] = frozenset()
    source: tuple[str, ...] = ()


@cache
def written() -> dict[str, Entry]:
    """The entries of `data/faq.toml`, by id. Raises: CorpusError naming the first faulty one."""
    found = {}
    for key, row in read_table("faq.toml").items():
        try:
            found[key] = Entry(
                key,
                tuple(row["questions"]),
                row["answer"],
                row["channel"],
                row["checked"],
                row["standing"],
                frozenset(row["topics"]),
                tuple(row["source"]),
            )
        except (KeyError, TypeError) as error:
            raise CorpusError(f"faq.toml, {key}: {error}") from error
        if found[key].standing not in STANDINGS or not found[key].topics <= set(topics()):
            raise CorpusError(f"faq.toml, {key}: a standing or a topic that does not exist")
    return found


class Faq:
    """Finds the entry that a message asks for. Learnt when it is made, in a few tenths of a second."""

    def __init__(self, entries: Iterable[Entry], classifier: "Classifier") -> None:
        self.entries = [entry for entry in entries if entry.questions]
        self.classifier = classifier
        if len(self.entries) > 1:
            self._learn()

    def _learn(self) -> None:
        readings = [self.classifier.reader.read(text) for entry in self.entries for text in entry.questions]
        of = np.array([at for at, entry in enumerate(self.entries) for _ in entry.questions])
        learned = self.classifier.learned
        self._word = borrowing({term for one in readings for term in pairs(one.words)}, learned.word)
        self._char = borrowing(
            {term for one in readings for word in one.letters.split() for term in within(word)}, learned.char
        )
        rows = [self._row(reading) for reading in readings]
        columns = np.concatenate([columns for columns, _ in rows])
        order = np.argsort(columns, kind="stable")
        self._asked = np.repeat(np.arange(len(rows)), [len(columns) for columns, _ in rows])[order]
        self._values = np.concatenate([values for _, values in rows])[order]
        ends = np.arange(len(self._word) + len(self._char) + 1)
        self._slices = np.searchsorted(columns[order], ends).tolist()
        self._say = machine(self._likenesses(len(rows)), of)
        self._starts = np.searchsorted(of, np.arange(len(self.entries)))

    def _row(self, reading: Reading) -> tuple[NDArray[np.intp], Floats]:
        """Unit rows, half words and half letters: the product of two is their likeness, 0..1."""
        words, said = self._word.row(reading.words)
        letters, spelt = self._char.row(reading.letters)
        columns = np.concatenate([words, letters + len(self._word)])
        return columns, np.concatenate([said, spelt]).astype(np.float64) * np.sqrt(0.5)

    def _having(self, column: int) -> tuple[NDArray[np.intp], Floats]:
        """The variants that have a column, by their place, and their values."""
        where = slice(self._slices[column], self._slices[column + 1])
        return self._asked[where], self._values[where]

    def _likenesses(self, many: int) -> Floats:
        """Of every written variant to every other; there are so `many`."""
        found = np.zeros((many, many))
        for column in range(len(self._slices) - 1):
            asked, values = self._having(column)
            found[asked[:, None], asked] += values[:, None] * values
        return found

    def _like(self, text: str) -> Floats:
        """How like a message is to every written variant."""
        found = np.zeros(len(self._say))
        columns, values = self._row(self.classifier.reader.read(text))
        for column, value in zip(columns.tolist(), values.tolist(), strict=True):
            asked, others = self._having(column)
            found[asked] += value * others
        return found

    def scores(self, text: str, shares: Mapping[str, float]) -> Floats:
        """A score for each entry; -1 where the topic `shares` of the message do not agree with the entry's."""
        like = self._like(text)
        found = np.full(len(self.entries), -1.0)
        margins = (like + 1.0) @ self._say
        for at, own in enumerate(np.split(like, self._starts[1:])):
            entry = self.entries[at]
            if not entry.topics or sum(shares.get(topic, 0.0) for topic in entry.topics) >= AGREED:
                nearest = np.sort(own)[-3:]
                found[at] = 0.7 * nearest[-1] + 0.3 * nearest.mean() + WEIGHT * margins[at]
        return found

    def find(self, text: str, said: Prediction, *, asked: bool = False) -> Entry | None:
        """The entry that answers `text`, or None. Never for danger, and only for a question by the kind of `said`;
        `asked`: the citizen has said that it is one."""
        if len(self.entries) < 2 or said.urgent or len(text.split()) > LONGEST:
            return None
        if not asked and (said.kind != "permintaan_informasi" or _GRIEVANCE.search(fold(text))):
            return None
        scores = self.scores(text, self.classifier.shares(text))
        best = int(np.argmax(scores))
        return self.entries[best] if scores[best] >= ENOUGH else None


def borrowing(terms: Iterable[str], known: Columns) -> Columns:
    """Columns of these terms. How telling each is, 14,000 messages know better than 600 questions; a term they do not
    know is the rarest."""
    rows = table(list(terms))
    at = known.places([term.decode("utf-8", "surrogatepass") for term in rows.tolist()])
    return Columns(rows, np.where(at >= 0, known.idf[at], known.idf.max()), letters=known.letters)


def machine(likenesses: Floats, of: NDArray[np.intp]) -> Floats:
    """What each variant says for each entry (variants x entries): `(like + 1) @ machine` are the margins of linear
    support vector machines, one entry against all others, with squared hinge loss, C = 1 and a bias that is a column
    like any other. `of`: the entry of each variant, from 0.

    Newton's method on the variants within the margin (O. Chapelle, Training a Support Vector Machine in the Primal,
    Neural Computation 19, 2007, section 4), all entries at once; each step is solved by conjugate gradients.
    """
    kernel = likenesses + 1.0
    sides = np.where(of[:, None] == np.arange(int(of.max()) + 1), 1.0, -1.0)
    says, within_margin = np.zeros_like(sides), np.full(sides.shape, True)
    for _ in range(STEPS):
        says = np.where(within_margin, says, 0.0)
        wrong = np.where(within_margin, sides - kernel @ says - 0.5 * says, 0.0)
        way, square = wrong.copy(), (wrong * wrong).sum(axis=0)
        for _ in range(STEPS):
            if square.max() < CLOSE**2:
                break
            pull = np.where(within_margin, kernel @ way + 0.5 * way, 0.0)
            far = square / np.maximum((way * pull).sum(axis=0), TINY)
            says += far * way
            wrong -= far * pull
            before, square = square, (wrong * wrong).sum(axis=0)
            way = wrong + square / np.maximum(before, TINY) * way
        still = sides * (kernel @ says) < 1.0
        if (still == within_margin).all():
            break
        within_margin = still
    return says
