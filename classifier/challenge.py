"""Learning on: a challenger trained with what staff taught replaces the champion only when it is measurably better."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier import corpus, folder, model, training
from classifier.examples import Example
from classifier.measure import code
from classifier.tables import topics

HELD_BACK = 0.2
"""Share of the examples, the newest, that neither model is trained on."""

FIXED = 7
"""One in so many corpus messages is the fixed set; both models know it, so losing there means forgetting."""

TOLERANCE = 0.005
"""How much worse on the fixed set is chance."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Shares of right offices in 0..1, before (champion) and after (challenger), and what followed."""

    champion: str
    challenger: str
    held_back: int
    before: float
    after: float
    fixed_before: float
    fixed_after: float
    promoted: bool


def challenge(root: Path | str, taught: Sequence[Example], progress: training.Progress = training.silent) -> Verdict:
    """Train a challenger on the corpus and the older of `taught` (oldest first); promote it if it wins.

    Raises: ValueError when there are too few examples to hold any back; CorpusError, ModelRefused.
    """
    root = Path(root)
    kept = int(len(taught) * HELD_BACK)
    if kept < 5:
        raise ValueError(f"{len(taught)} examples are too few to compare on; at least {int(5 / HELD_BACK)} are needed")
    older, newest = taught[:-kept], taught[-kept:]
    champion = training.ensure(root, progress)
    messages = corpus.read()
    path = training.train(root, progress, [*messages, *as_messages(older, champion)], promote=False)
    challenger = model.load(path)
    fixed = [(m.text, topics()[m.topics[0]].agency) for m in messages[::FIXED] if len(m.topics) == 1]
    recent = [(example.text, example.agency) for example in newest]
    before, after = right(champion, recent), right(challenger, recent)
    fixed_before, fixed_after = right(champion, fixed), right(challenger, fixed)
    wins = after > before and fixed_after >= fixed_before - TOLERANCE
    if wins:
        folder.use(root, path.name)
    return Verdict(champion.version, path.name, kept, before, after, fixed_before, fixed_after, wins)


def as_messages(taught: Sequence[Example], champion: model.Classifier) -> list[corpus.Message]:
    """Examples as training messages; a bare office gets the topic the champion likes best there."""
    out = []
    for example, said in zip(taught, champion.predict_many(e.text for e in taught), strict=True):
        own = [other.topic for other in said.alternatives if other.agency == example.agency]
        of_office = own or [topic.id for topic in topics().values() if topic.agency == example.agency]
        topic = example.topic or next(iter(of_office), "")
        if topic:
            kind = next((kind for kind in corpus.KINDS.values() if kind == example.kind), said.kind)
            out.append(corpus.Message(example.text, (topic,), kind, example.urgent, "staff"))
    return out


def right(judge: model.Classifier, known: Sequence[tuple[str, str]]) -> float:
    """Share of texts whose office the model names first."""
    said = judge.predict_many(text for text, _ in known)
    hits = sum(code(one.agency) == code(agency or None) for one, (_, agency) in zip(said, known, strict=True))
    return hits / max(1, len(known))
