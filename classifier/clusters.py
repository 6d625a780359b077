"""What people bring again and again: reports of one topic grouped by their words, the same way on every run.

Reports are taken in the order they came. Each joins the group of its topic that is most like it, or founds one, so a
report that comes later changes nothing about the earlier ones. Words are weighed as the trained model weighs them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from classifier.model import Classifier

ALIKE = 0.22
"""Cosine with a group's mean from which on a report joins it; chosen on made-up reports."""

SMALLEST = 3
"""Reports; a smaller group is put to the rest of its topic."""

TERMS = 6
"""Words that stand for a group."""

EVERYWHERE = 0.6
"""A word in more of a topic's reports than this tells its groups apart too little to stand for one."""


@dataclass
class Cluster:
    """Reports on one matter, by their place in the list that was given; `terms` as people write them."""

    topic: str
    members: list[int] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    middle: int = 0
    """The member whose words are most like those of all."""


@dataclass
class _Group:
    total: dict[str, float] = field(default_factory=dict)
    members: list[int] = field(default_factory=list)
    square: float = 0.0
    """Of the length of `total`, kept along."""

    def likeness(self, words: dict[str, float]) -> float:
        shared = sum(value * self.total[word] for word, value in words.items() if word in self.total)
        return shared / self.square**0.5 if shared else 0.0


@dataclass
class _Topic:
    """The groups of a topic, and for each word those that have it: most groups share no word with a report."""

    groups: list[_Group] = field(default_factory=list)
    having: dict[str, list[int]] = field(default_factory=dict)

    def join(self, at: int, words: dict[str, float]) -> None:
        shared: dict[int, float] = {}
        for word, value in words.items():
            for number in self.having.get(word, ()):
                shared[number] = shared.get(number, 0.0) + value * self.groups[number].total[word]
        likeness, minus = max(
            ((found / self.groups[number].square ** 0.5, -number) for number, found in shared.items()), default=(0.0, 0)
        )
        if likeness < ALIKE:
            self.groups.append(_Group())
            minus = 1 - len(self.groups)
        group = self.groups[-minus]
        group.members.append(at)
        for word, value in words.items():
            if word not in group.total:
                self.having.setdefault(word, []).append(-minus)
            before = group.total.get(word, 0.0)
            group.total[word] = before + value
            group.square += value * (2 * before + value)


def clusters(classifier: Classifier, reports: Sequence[tuple[str, str]]) -> list[Cluster]:
    """Clusters of (topic, text) pairs given in the order they came; the largest first. The rest of a topic has no
    terms."""
    word = classifier.learned.word
    vectors: list[dict[str, float]] = []
    said: list[dict[str, str]] = []
    by_topic: dict[str, _Topic] = {}
    for at, (topic, text) in enumerate(reports):
        reading = classifier.reader.read(text)
        stems, words = reading.words.split(), reading.letters.split()
        said.append(dict(zip(reversed(stems), reversed(words), strict=False)))
        own = [stem for stem in dict.fromkeys(stems) if stem.isalpha()]
        weights = {
            stem: float(word.idf[place])
            for stem, place in zip(own, word.places(own).tolist(), strict=True)
            if place >= 0
        }
        length = sum(weight * weight for weight in weights.values()) ** 0.5 or 1.0
        vectors.append({stem: weights[stem] / length for stem in sorted(weights)})
        by_topic.setdefault(topic, _Topic()).join(at, vectors[at])
    found: list[Cluster] = []
    for topic, of in by_topic.items():
        found += _named(topic, of.groups, vectors, said)
    return sorted(found, key=lambda cluster: (-len(cluster.members), cluster.members[0]))


def by_topic(reports: Sequence[tuple[str, str]]) -> list[Cluster]:
    """One cluster for each topic, without terms."""
    found: dict[str, Cluster] = {}
    for at, (topic, _) in enumerate(reports):
        found.setdefault(topic, Cluster(topic, middle=at)).members.append(at)
    return sorted(found.values(), key=lambda cluster: (-len(cluster.members), cluster.members[0]))


def _named(
    topic: str, groups: list[_Group], vectors: Sequence[dict[str, float]], said: Sequence[dict[str, str]]
) -> list[Cluster]:
    members = sum(len(group.members) for group in groups)
    spread = Counter(word for group in groups for at in group.members for word in vectors[at])
    rest, found = Cluster(topic), list[Cluster]()
    for group in groups:
        if len(group.members) < SMALLEST:
            rest.members += group.members
            continue
        times = Counter(word for at in group.members for word in vectors[at])
        least = max(2, len(group.members) // 10)  # a word of one person, such as a name, stands for nobody
        own = [word for word in group.total if times[word] >= least]
        telling = [word for word in own if spread[word] <= EVERYWHERE * members] or own
        telling.sort(key=lambda word: (-group.total[word], word))
        middle = max(group.members, key=lambda at: (group.likeness(vectors[at]), -at))
        terms = [_as_written(word, group.members, said) for word in telling[:TERMS]]
        found.append(Cluster(topic, group.members, terms, middle))
    if rest.members:
        rest.members.sort()
        rest.middle = rest.members[0]
        found.append(rest)
    return found


def _as_written(stem: str, members: Sequence[int], said: Sequence[dict[str, str]]) -> str:
    """The word that most people wrote for a stem."""
    written = Counter(said[at][stem] for at in members if stem in said[at])
    return min(written, key=lambda word: (-written[word], word))
