"""Questions that have an answer on file: which entry of the FAQ a message asks for, if any.

Two opinions on the same reading of the text: how like the message is to the nearest written variants, and what a
linear model trained on all variants says. An entry counts only where the topic model agrees with its topics. The
numbers below were chosen on questions that are not in the file (`docs/classifier.md`, "Questions answered at once").
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import CorpusError
from classifier.normalise import fold
from classifier.prediction import Prediction
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

_GRIEVANCE = re.compile(
    r"\b(?:kok|kenapa|knapa|knp|mengapa|naha|kunaon|padahal|malah|percuma|kecewa|harusnya|seharusnya)\b"
)
"""Words of somebody whom something has happened to: a rule on file is no answer to that."""

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
    """Finds the entry that a message asks for. Trained when it is made, in a few tenths of a second."""

    def __init__(self, entries: Iterable[Entry], classifier: "Classifier") -> None:
        self.entries = [entry for entry in entries if entry.questions]
        self.classifier = classifier
        if len(self.entries) > 1:
            self._learn()

    def _learn(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        readings = [self.classifier.reader.read(text) for entry in self.entries for text in entry.questions]
        of = [at for at, entry in enumerate(self.entries) for _ in entry.questions]
        word = TfidfVectorizer(analyzer=pairs, sublinear_tf=True)
        char = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        word.fit([reading.words for reading in readings])
        char.fit([reading.letters for reading in readings])
        # How telling a word is, 14,000 messages know better than 600 questions.
        lend(word, self.classifier.learned.word)
        lend(char, self.classifier.learned.char)
        self._word, self._char = word, char
        self._written = self._rows(readings)
        self._model = LinearSVC(random_state=0).fit(self._written, of)
        self._starts = np.searchsorted(of, np.arange(len(self.entries)))

    def _rows(self, readings: list[Any]) -> Any:
        """Unit rows, half words and half letters: the product of two is their likeness, 0..1."""
        from scipy.sparse import hstack

        words = self._word.transform([reading.words for reading in readings])
        letters = self._char.transform([reading.letters for reading in readings])
        return hstack([words, letters]).tocsr() * np.sqrt(0.5)

    def scores(self, text: str, shares: Mapping[str, float]) -> NDArray[np.float64]:
        """A score for each entry; -1 where the topic `shares` of the message do not agree with the entry's."""
        row = self._rows([self.classifier.reader.read(text)])
        like = (self._written @ row.T).toarray().ravel()
        found = np.full(len(self.entries), -1.0)
        margins = np.atleast_1d(self._model.decision_function(row).ravel())
        if len(margins) == 1:  # of two classes scikit-learn gives one margin
            margins = np.array([-margins[0], margins[0]])
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


def lend(to: Any, known: Any) -> None:
    """Give a fitted vectorizer the inverse document frequencies of another; a term it does not know is the rarest."""
    idf = np.full(len(to.vocabulary_), float(known.idf_.max()))
    for term, at in to.vocabulary_.items():
        if (there := known.vocabulary_.get(term)) is not None:
            idf[at] = known.idf_[there]
    to.idf_ = idf


def pairs(words: str) -> list[str]:
    """Single words and neighbours of a space-joined text, called as the corpus calls them."""
    said = words.split()
    return said + [f"{one} {other}" for one, other in itertools.pairwise(said)]
