"""A trained model at work: `Classifier.predict`."""

import json
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from operator import itemgetter
from pathlib import Path

import numpy as np

from classifier import boundaries, folder, places, several
from classifier.columns import Floats
from classifier.decide import Settings, decide, kind_of, sigmoid, softmax
from classifier.errors import ModelRefused
from classifier.learned import Learned, fetch
from classifier.normalise import cut, fold, slang
from classifier.prediction import Alternative, Prediction, Reason
from classifier.reading import Reader, Reading
from classifier.signs import KIND_SIGNS, hotlines, is_abusive, is_danger, kind_signs, says_something
from classifier.similar import Closeness
from classifier.stems import Stems
from classifier.tables import NOT_A_REPORT, topics

FIRST = 8
"""Alternatives given with each prediction."""

_TRIFLE = 1e-5
"""Shares below this change no office's confidence in the fourth place after the point."""

FOREIGN = 0.45
"""Share of known words below which a text counts as foreign; of 300 real messages none has less than a half."""


class Classifier:
    """Predicts with one trained version; safe to share between threads for reading."""

    def __init__(self, learned: Learned, stems: Stems, settings: Settings, version: str = "") -> None:
        self.version = version
        self.settings = settings
        self.reader = Reader(stems)
        self.learned = learned
        self._prior = settings.log_priors(learned.topics)
        self._kind_prior = settings.kind_margins(learned.kinds)
        self._starts = np.cumsum([0, len(learned.word), len(learned.char), len(KIND_SIGNS)])
        self._signs: Floats = learned.weights[self._starts[2] : self._starts[3]].astype(np.float32)

    def predict(self, text: str, rules: Sequence[boundaries.Rule] | None = None) -> Prediction:
        """The prediction for one message of any length and content; never an exception for a string.

        `rules`: the boundary rules to apply, where they are not the program's own.
        """
        return self.predict_many([text], rules)[0]

    def predict_many(self, texts: Iterable[str], rules: Sequence[boundaries.Rule] | None = None) -> list[Prediction]:
        """Predictions for several messages, in order; quicker than one by one."""
        texts = [cut(text) for text in texts]
        readings = [self.reader.read(text) for text in texts]
        scores = self.scores(texts, readings)
        return [self._answer(*row, rules) for row in zip(texts, readings, scores, strict=True)]

    @cached_property
    def closeness(self) -> Closeness:
        """Compares reports by this model's stems and how telling each is."""
        word = self.learned.word
        both = zip(word.terms.tolist(), word.idf.tolist(), strict=True)
        telling = {term.decode("utf-8", "surrogatepass"): idf for term, idf in both if b" " not in term}
        return Closeness(self.reader.stems, telling)

    def scores(self, texts: Sequence[str], readings: Sequence[Reading]) -> Floats:
        """Sums of weights, messages x (topics, kinds, urgent)."""
        return self._of_words(readings) + signs_of(texts) @ self._signs

    def _of_words(self, readings: Sequence[Reading]) -> Floats:
        """What the words and letters give, which is all that topics look at."""
        out = np.tile(self.learned.bias, (len(readings), 1))
        for at, reading in enumerate(readings):
            for block, start, text in (
                (self.learned.word, self._starts[0], reading.words),
                (self.learned.char, self._starts[1], reading.letters),
            ):
                columns, values = block.row(text)
                out[at] += values @ self.learned.weights[columns + start].astype(np.float32)
        return out

    def shares(self, text: str) -> dict[str, float]:
        """What the words and letters of one message say about each topic, before any rule; the shares sum to 1."""
        shares = self.topic_probabilities(self._of_words([self.reader.read(cut(text))]))[0]
        return dict(zip(self.learned.topics, shares.tolist(), strict=True))

    def topic_probabilities(self, scores: Floats) -> Floats:
        """Probabilities of topics (last axis) from `scores`."""
        return softmax(scores[..., : len(self.learned.topics)] * self.settings.temperature + self._prior)

    def _answer(
        self, text: str, reading: Reading, scores: Floats, rules: Sequence[boundaries.Rule] | None
    ) -> Prediction:
        count = len(self.learned.topics)
        place = places.find(text)
        kind = kind_of(self.learned.kinds, scores[count:-1] + self._kind_prior)
        said = fold(text)
        urgent = is_danger(said) or sigmoid(float(scores[-1])) >= self.settings.urgent
        shares = dict(zip(self.learned.topics, self.topic_probabilities(scores).tolist(), strict=True))
        if not says_something(reading.words):
            shares = {NOT_A_REPORT: 1.0} | dict.fromkeys((t for t in shares if t != NOT_A_REPORT), 0.0)
        ruling = boundaries.rule(text, shares, place, rules)
        alternatives = rank(ruling)
        choice = decide(alternatives, ruling.shares.get(NOT_A_REPORT, 0.0), self.settings)
        if choice == "auto" and self._is_foreign(reading):
            choice = "ask"
        best = alternatives[0]
        return Prediction(
            topic=None if choice == "none" else best.topic,
            agency=None if choice == "none" else best.agency,
            confidence=ruling.shares[NOT_A_REPORT] if choice == "none" else best.confidence,
            decision=choice,
            alternatives=alternatives,
            kind="lain" if choice == "none" else kind,
            urgent=urgent and choice != "none",
            owner=ruling.owner,
            coordinate=ruling.coordinate,
            place=place,
            second=() if choice == "none" else self._second(text, best),
            abusive=is_abusive(said),
            hotlines=hotlines(best.topic, ruling.hotlines, urgent),
            rule=ruling.id,
            reasons=() if choice == "none" else self._reasons(reading, best.topic),
            model=self.version,
        )

    def _is_foreign(self, reading: Reading) -> bool:
        """Whether most words are of no language the corpus has: nothing is sent on by what the others suggest."""
        words = [word for word in reading.letters.split() if word.isalpha()]
        known = sum(word in self.reader.stems.frozen for word in words)
        return len(words) >= 4 and known < FOREIGN * len(words)

    def _second(self, text: str, best: Alternative) -> tuple[str, ...]:
        """Topics of further problems for other offices; each part of the message is read by itself."""
        pieces = several.parts(text)
        if not pieces:
            return ()
        shares = self.topic_probabilities(self._of_words([self.reader.read(piece) for piece in pieces]))
        found: dict[str, tuple[float, str]] = {}
        for row in shares:
            at = int(np.argmax(row))
            topic, sure = self.learned.topics[at], float(row[at])
            agency = topics()[topic].agency
            if agency and sure >= self.settings.second:
                found[agency] = max(found.get(agency, (0.0, "")), (sure, topic))
        if best.agency not in found:  # the parts do not even agree on what the whole is about
            return ()
        return tuple(topic for agency, (_, topic) in found.items() if agency != best.agency)

    def _reasons(self, reading: Reading, topic: str, most: int = 4) -> tuple[Reason, ...]:
        """The words of the message that spoke loudest for `topic`, as the citizen's words."""
        said: dict[str, str] = {}
        for stem, word in zip(reading.words.split(), reading.letters.split(), strict=True):
            said.setdefault(stem, word)
        column = self.learned.topics.index(topic) if topic in self.learned.topics else None
        if column is None or not said:
            return ()
        places = self.learned.word.places(list(said))
        weights = self.learned.weights[places, : len(self.learned.topics)].astype(np.float32)
        louder = self.learned.word.idf[places] * (weights[:, column] - weights.mean(axis=1))
        found = [
            Reason(_in_words().get(word, word), round(weight, 3))
            for word, at, weight in zip(said.values(), places.tolist(), louder.tolist(), strict=True)
            if at >= 0 and weight > 0
        ]
        return tuple(sorted(found, key=lambda reason: -reason.weight)[:most])


def signs_of(texts: Sequence[str]) -> Floats:
    """The signs of kind of each text, texts x signs."""
    return np.array([kind_signs(fold(text)) for text in texts], dtype=np.float32).reshape(len(texts), len(KIND_SIGNS))


@cache
def _in_words() -> dict[str, str]:
    """Words that the reading made of several, such as `lampujalan` -> lampu jalan."""
    several = (" ".join(said) for rows in slang().phrases.values() for said, meant in rows if ("".join(said),) == meant)
    return {phrase.replace(" ", ""): phrase for phrase in sorted(several, key=len, reverse=True)}


@cache
def _offices() -> dict[str, str]:
    return {topic.id: topic.agency for topic in topics().values()}


def rank(ruling: boundaries.Ruling) -> tuple[Alternative, ...]:
    """Offices by probability: topics of one office add up, its likeliest topic speaks for it."""
    total: dict[str, float] = {}
    best: dict[str, str] = {}
    usual, moved = _offices(), ruling.agencies
    for topic, share in sorted(ruling.shares.items(), key=itemgetter(1), reverse=True):
        if share < _TRIFLE and len(total) >= FIRST:
            break
        agency = moved.get(topic) or usual[topic]
        if agency:
            total[agency] = total.get(agency, 0.0) + share
            best.setdefault(agency, topic)
    order = sorted(total, key=lambda agency: -total[agency])[:FIRST]
    return tuple(Alternative(agency, best[agency], round(total[agency], 4)) for agency in order)


def load(root: Path | str) -> Classifier:
    """The model of a version folder, or the current one of a root.

    Raises: ModelRefused, before anything is opened, when it is absent, damaged, altered, or made by other libraries.
    """
    where = folder.locate(Path(root))
    manifest = folder.check(where)
    unknown = sorted(set(manifest["labels"]) - set(topics()))
    if unknown:
        raise ModelRefused(f"The model knows topics that the table does not: {', '.join(unknown[:5])}.")
    try:
        settings = Settings.of(manifest["settings"])
        frozen = json.loads((where / "stems.json").read_text(encoding="utf-8"))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelRefused(f"The settings or stems of {where} are not of this program ({error}).") from error
    try:
        learned = fetch(where)
    except (OSError, EOFError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelRefused(f"The model in {where} cannot be opened ({type(error).__name__}).") from error
    return Classifier(learned, Stems(frozen), settings, manifest["version"])
