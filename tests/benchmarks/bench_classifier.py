"""Ours beside the recipes others published: same corpus, same real messages, one run.

    python -m tests.benchmarks.bench_classifier [labels.jsonl] [--quick]

Labels default to ASPIRASI_LABELS, else to the shared development set beside the repository; where there are none, to
messages of voices that were left out of training. Recipes: Signalen's (counts, stemmed, L1 logistic regression), and
multinomial naive Bayes and a linear SVM on Sastrawi TF-IDF, as in the papers on LAPOR! and Wargaku.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from classifier import corpus, folder, measure, model, training
from classifier.prediction import Alternative, Prediction
from classifier.stems import Stems
from classifier.tables import topics

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "real_dev.jsonl"
HELD_VOICES = 6
Ranker = Callable[[Sequence[str]], list[list[tuple[str, float]]]]
"""Texts to (office, score) best first."""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("labels", nargs="?", type=Path, default=Path(os.environ.get("ASPIRASI_LABELS", SHARED)))
    ask.add_argument(
        "--quick", action="store_true", help="a third of the corpus: shows that it runs, not how good it is"
    )
    args = ask.parse_args()
    messages = [message for message in corpus.read() if len(message.topics) == 1]
    messages = messages[::3] if args.quick else messages
    if args.labels.is_file():
        labels, train = measure.read_labels(args.labels), messages
        print(f"{len(train)} corpus messages; {len(labels)} real ones of {args.labels}")
    else:
        voices = sorted({message.voice for message in messages})[:HELD_VOICES]
        labels = [as_label(message) for message in messages if message.voice in voices]
        train = [message for message in messages if message.voice not in voices]
        print(f"{len(train)} corpus messages; {len(labels)} of {len(voices)} voices left out (no real messages found)")
    print(f"{'recipe':44}{'exact':>7}{'accept':>8}{'top 3':>7}{'ECE':>7}{'train s':>9}{'one/s':>8}{'batch/s':>9}")
    ours(train, labels)
    for name, recipe in recipes().items():
        theirs(name, recipe, train, labels)
    words_per_second()


def as_label(message: corpus.Message) -> measure.Label:
    best = measure.code(topics()[message.topics[0]].agency or None)
    return measure.Label(message.text, best, frozenset([best]), message.kind, message.urgent)


def row(name: str, labels: Sequence[measure.Label], said: list[Prediction], *speeds: float) -> None:
    figures = measure.score(labels, said).figures
    shown = "".join(
        f"{figures[key]:{width}.3f}" for key, width in (("exact", 7), ("acceptable", 8), ("top3", 7), ("ece", 7))
    )
    print(f"{name:44}{shown}{speeds[0]:9.1f}{speeds[1]:8.0f}{speeds[2]:9.0f}", flush=True)


def speeds_of(one: Callable[[str], Any], many: Callable[[Sequence[str]], Any], texts: list[str]) -> tuple[float, float]:
    start = time.perf_counter()
    for text in texts[:150]:
        one(text)
    middle = time.perf_counter()
    many(texts)
    return min(150, len(texts)) / (middle - start), len(texts) / (time.perf_counter() - middle)


def ours(train: list[corpus.Message], labels: list[measure.Label]) -> None:
    texts = [label.text for label in labels]
    with tempfile.TemporaryDirectory() as root:
        start = time.perf_counter()
        path = training.train(root, messages=train)
        took = time.perf_counter() - start
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        judge = model.load(path)
        load = time.perf_counter() - start
        size = sum(file.stat().st_size for file in path.iterdir()) / 1e6
        row("ours", labels, judge.predict_many(texts), took, *speeds_of(judge.predict, judge.predict_many, texts))
        judge.reader.stems = Stems(judge.reader.stems.frozen)
        each = []
        for text in texts:
            start = time.perf_counter()
            judge.predict(text)
            each.append((time.perf_counter() - start) * 1000)
        p50, p99 = np.percentile(each, [50, 99])
        print(f"     one text, new words included: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
        print(f"     loading {load:.2f} s; folder {size:.0f} MB")
        print(f"     memory of the process before loading, training included: {before / 1024:.0f} MB at most")
        print(f"     libraries: {folder.libraries()}")


def recipes() -> dict[str, Any]:
    known = {
        "Signalen: counts, L1 logistic regression": make_pipeline(
            CountVectorizer(), OneVsRestClassifier(LogisticRegression(l1_ratio=1.0, solver="liblinear"))
        ),
        "Sastrawi TF-IDF, multinomial naive Bayes": make_pipeline(TfidfVectorizer(), MultinomialNB(alpha=0.1)),
        "Sastrawi TF-IDF, linear SVM": make_pipeline(TfidfVectorizer(), LinearSVC()),
    }
    return known


def theirs(name: str, pipeline: Any, train: list[corpus.Message], labels: list[measure.Label]) -> None:
    """A published recipe: lower case, Sastrawi stems, topics, offices by adding topics up."""
    stems = Stems()
    plain = {}

    def stemmed(text: str) -> str:
        if text not in plain:
            plain[text] = " ".join(stems.of(text.lower().split(), budget=10_000))
        return plain[text]

    start = time.perf_counter()
    pipeline.fit([stemmed(message.text) for message in train], [message.topics[0] for message in train])
    took = time.perf_counter() - start
    texts = [label.text for label in labels]

    def many(some: Sequence[str]) -> list[Prediction]:
        clean = [stemmed(text) for text in some]
        if hasattr(pipeline, "predict_proba"):
            shares = pipeline.predict_proba(clean)
        else:
            margins = pipeline.decision_function(clean) * 4
            shares = np.exp(margins) / np.exp(margins).sum(axis=1, keepdims=True)
        return [as_prediction(pipeline.classes_, row) for row in shares]

    row(name, labels, many(texts), took, *speeds_of(lambda text: many([text]), many, texts))


def as_prediction(names: Sequence[str], shares: Any) -> Prediction:
    total: dict[str | None, float] = {}
    for name, share in zip(names, shares, strict=True):
        agency = topics()[str(name)].agency or None
        total[agency] = total.get(agency, 0.0) + float(share)
    order = sorted(total, key=lambda agency: -total[agency])
    best = order[0]
    others = tuple(Alternative(agency, "", total[agency]) for agency in order[:8] if agency)
    decision = "none" if best is None else "auto" if total[best] > 0.5 else "ask"
    return Prediction(None, best, min(1.0, total[best]), decision, others, "pengaduan", False)  # type: ignore[arg-type]


def words_per_second() -> None:
    """New words a second: our bounded stems beside `PySastrawi` used plainly."""
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    words = sorted({w for message in corpus.read()[::7] for w in message.text.lower().split() if w.isalpha()})[:3_000]
    stems, plain = Stems(), StemmerFactory().create_stemmer()
    start = time.perf_counter()
    stems.of(words, budget=len(words))
    middle = time.perf_counter()
    plain.stem(" ".join(words))
    end = time.perf_counter()
    print(f"new words/s: ours {len(words) / (middle - start):.0f}, PySastrawi {len(words) / (end - middle):.0f}")


if __name__ == "__main__":
    sys.exit(main())
