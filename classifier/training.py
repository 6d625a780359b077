"""Training a version from the corpus, and making sure that there is one."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from classifier import corpus, folder, measure, model
from classifier.decide import chosen
from classifier.errors import ModelRefused
from classifier.learned import Learned, store
from classifier.learner import fit
from classifier.reading import Reader
from classifier.stems import LONGEST, Stems, stem_word
from classifier.tables import settings as settings_table

Progress = Callable[[str, float], None]
"""Told what is being done (an English word the caller translates) and the fraction done, 0..1."""


def silent(step: str, done: float) -> None:
    """No progress wanted."""


def frozen_stems(texts: Sequence[str], progress: Progress = silent) -> dict[str, str]:
    """Stems of every word of `texts`, as read by the normaliser."""
    known: dict[str, str] = {}
    reader = Reader(Stems(memory=1))
    for at, text in enumerate(texts):
        for word in reader.letters(text):
            if word not in known and len(word) <= LONGEST and word.isalpha():
                known[word] = stem_word(word)
        if at % 200 == 0:
            progress("stems", 0.02 + 0.28 * at / len(texts))
    return known


def learn(messages: Sequence[corpus.Message], progress: Progress = silent) -> tuple[Learned, Stems]:
    """Fit a model on messages in memory, without touching a disk."""
    stems = Stems(frozen_stems([m.text for m in messages], progress))
    reader = Reader(stems)
    single = [m for m in messages if len(m.topics) == 1]
    texts = [m.text for m in single]
    progress("features", 0.3)
    readings = [reader.read(text) for text in texts]
    signs = model.signs_of(texts)
    progress("weights", 0.4)
    learned = fit(readings, signs, [m.topics[0] for m in single], [m.kind for m in single], [m.urgent for m in single])
    progress("weights", 0.95)
    return learned, stems


def train(
    root: Path | str,
    progress: Progress = silent,
    messages: Sequence[corpus.Message] | None = None,
    promote: bool = True,
    labels: Sequence[measure.Label] = (),
) -> Path:
    """Train on the corpus (or on `messages`), write a new version under `root`, make it current if `promote`.

    `labels`: labelled messages whose figures go into the manifest; nothing is learned from them.

    Returns: the version's folder. Raises: CorpusError when the corpus cannot be read.
    """
    messages = corpus.read() if messages is None else messages
    learned, stems = learn(messages, progress)
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S}-{random.randbytes(2).hex()}"  # noqa: S311 - only tells two of one second apart
    manifest = {
        "created": now.isoformat(timespec="seconds"),
        "corpus": {"sha256": corpus.digest(), "messages": len(messages)},
        "labels": list(learned.topics),
        "settings": settings_table(),
        "scores": scores(learned, stems, labels) if labels else {},
    }
    root = Path(root)
    path = folder.write(root, name, manifest, lambda where: save(learned, stems, where))
    if promote:
        folder.use(root, name)
    progress("saved", 1.0)
    return path


def scores(learned: Learned, stems: Stems, labels: Sequence[measure.Label]) -> dict[str, float]:
    """Figures of a model on labelled messages, for the manifest."""
    judge = model.Classifier(learned, stems, chosen())
    report = measure.score(labels, judge.predict_many(label.text for label in labels))
    return {name: round(value, 4) for name, value in report.figures.items()}


def save(learned: Learned, stems: Stems, where: Path) -> None:
    """Write everything but the manifest."""
    store(learned, where)
    (where / "stems.json").write_text(json.dumps(stems.frozen, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def ensure(root: Path | str, progress: Progress = silent) -> model.Classifier:
    """The model of `root`: the current version, else the newest that is sound, else a new one trained now."""
    root = Path(root)
    try:
        return model.load(root)
    except ModelRefused:
        for name in folder.versions(root):
            try:
                sound = model.load(root / folder.VERSIONS / name)
            except ModelRefused:
                continue
            folder.use(root, name)
            return sound
    return model.load(train(root, progress))
