"""How good predictions are, against labels: the same figures as the project's scoring script, plus what is wrong.

Labels: JSON lines with `id`, `text`, `best` (office), `ok` (others a reasonable clerk could choose), `kind`, `urgent`.
Some offices count as one: no reader of a message can tell a kelurahan's work from its kecamatan's.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from classifier.prediction import Prediction

CHATTER = "bukan_laporan"
SAME: dict[str | None, str] = {
    "kelurahan": "wilayah", "kecamatan": "wilayah", "tirta-asasta": "pdam", "rsud-kisa": "rsud", "rsud-asa": "rsud",
    "atr-bpn": "bpn", "setwan": "setda", None: CHATTER,
} | dict.fromkeys(
    ("jalan-nasional", "jalan-provinsi", "bbwscc", "tol-cijago", "tol-desari", "tol-lain", "kai", "bpjs-kes", "kemenag",
     "imigrasi", "disdik-jabar", "disnakertrans-jabar", "pgn", "tetangga"), "provinsi_pusat",
)  # fmt: skip
"""Agency ids that labels merge under one code."""


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled message. `fine`: every code that counts as right."""

    text: str
    best: str
    fine: frozenset[str]
    kind: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Figures in 0..1 by name, right and all per office, and the wrong ones, the surest first."""

    figures: dict[str, float]
    per_agency: dict[str, tuple[int, int]]
    wrong: list[tuple[float, str, str, str]] = field(default_factory=list)


def code(agency: str | None) -> str:
    """The code that labels use for an agency id."""
    return SAME.get(agency, agency or CHATTER)


def read_labels(path: Path) -> list[Label]:
    """Labelled messages of a JSONL file.

    Raises: OSError; ValueError naming the line that is no label.
    """
    out = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
                fine = frozenset([row["best"], *row.get("ok", [])])
                out.append(Label(row["text"], row["best"], fine, row.get("kind", ""), bool(row.get("urgent"))))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"line {number} is not a label ({error})") from error
    if not out:
        raise ValueError("there is no label in it")
    return out


def score(labels: Sequence[Label], predictions: Sequence[Prediction]) -> Report:
    """Compare labels and predictions, in the same order."""
    counts: Counter[str] = Counter()
    per: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    bins: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    wrong = []
    for label, said in zip(labels, predictions, strict=True):
        guess = CHATTER if said.decision == "none" else code(said.agency)
        right = guess in label.fine
        if said.decision == "auto":
            counts["auto"] += 1
            counts["auto_right"] += right
        if label.best == CHATTER:
            counts["chatter"] += 1
            counts["chatter_held"] += said.decision != "auto"
            continue
        first = list(dict.fromkeys([guess, *(code(a.agency) for a in said.alternatives)]))[:3]
        counts["reports"] += 1
        counts["exact"] += guess == label.best
        counts["acceptable"] += right
        counts["top3"] += bool(label.fine & set(first))
        counts["kind"] += said.kind == label.kind
        counts["lost"] += said.decision == "none"
        counts["urgent"] += label.urgent
        counts["urgent_found"] += label.urgent and said.urgent
        counts["false_alarms"] += said.urgent and not label.urgent
        per[label.best][0] += right
        per[label.best][1] += 1
        box = bins[min(9, int(said.confidence * 10))]
        box[0], box[1], box[2] = box[0] + 1, box[1] + said.confidence, box[2] + right
        if not right:
            wrong.append((said.confidence, label.best, guess, label.text))
    n, total = max(1, counts["reports"]), max(1, len(labels))
    figures = {
        "exact": counts["exact"] / n,
        "acceptable": counts["acceptable"] / n,
        "top3": counts["top3"] / n,
        "macro": sum(right / every for right, every in per.values()) / max(1, len(per)),
        "auto": counts["auto"] / total,
        "auto_right": counts["auto_right"] / max(1, counts["auto"]),
        "ece": sum(abs(sure - right) for _, sure, right in bins.values()) / n,
        "chatter_held": counts["chatter_held"] / max(1, counts["chatter"]),
        "lost": counts["lost"] / n,
        "kind": counts["kind"] / n,
        "urgent_found": counts["urgent_found"] / max(1, counts["urgent"]),
        "false_alarms": counts["false_alarms"] / n,
    }
    return Report(figures, {name: (row[0], row[1]) for name, row in per.items()}, sorted(wrong, reverse=True))


def as_text(report: Report, errors: int = 0) -> str:
    """A report for a terminal."""
    lines = ["  ".join(f"{name} {value:.3f}" for name, value in report.figures.items())]
    order = sorted(report.per_agency.items(), key=lambda row: -row[1][1])
    lines.append("per agency: " + "  ".join(f"{name} {right}/{every}" for name, (right, every) in order))
    lines += [f"{sure:.2f}  is {best}, said {said}: {text[:160]!r}" for sure, best, said, text in report.wrong[:errors]]
    return "\n".join(lines)
