"""From probabilities to a decision."""

from dataclasses import replace

import numpy as np
import pytest

from classifier.decide import chosen, decide, sigmoid, softmax
from classifier.measure import Label, score
from classifier.prediction import Alternative, Prediction


@pytest.mark.parametrize(
    ("sure", "chatter", "decision"),
    [(0.99, 0.0, "auto"), (0.6, 0.0, "ask"), (0.1, 0.0, "triage"), (0.2, 0.5, "triage"), (0.05, 0.9, "none")],
)
def test_a_decision_follows_confidence_and_never_drops_a_doubt(sure: float, chatter: float, decision: str) -> None:
    assert decide([Alternative("dishub", "pju-mati", sure)], chatter, chosen()) == decision


def test_a_known_share_of_topics_pulls_the_scores() -> None:
    settings = replace(chosen(), prior_strength=1.0, share={"ktp": 4.0})
    assert settings.log_priors(["ktp", "kia"]).tolist() == pytest.approx([np.log(4.0), 0.0])
    assert chosen().kind_margins(["pengaduan"]).tolist() == [0.0]


def test_probabilities_sum_to_one_and_do_not_overflow() -> None:
    assert softmax(np.array([1e4, 0.0, -1e4], dtype=np.float32)).sum() == pytest.approx(1.0)
    assert sigmoid(1e6) == pytest.approx(1.0)
    assert sigmoid(-1e6) == pytest.approx(0.0)


def test_figures_count_what_the_scoring_script_counts() -> None:
    labels = [
        Label("a", "dishub", frozenset({"dishub"}), "pengaduan", True),
        Label("b", "pdam", frozenset({"pdam", "dpupr"}), "aspirasi", False),
        Label("c", "bukan_laporan", frozenset({"bukan_laporan"}), "lain", False),
    ]
    others = (Alternative("tirta-asasta", "air-mati", 0.2), Alternative("dlhk", "pohon-pangkas", 0.1))
    said = [
        Prediction("pju-mati", "dishub", 1.0, "auto", others, "pengaduan", True),
        Prediction("jalan-rusak", "dpupr", 0.5, "ask", others, "pengaduan", True),
        Prediction(None, None, 0.9, "none", others, "lain", False),
    ]
    figures = score(labels, said).figures
    assert figures["exact"] == 0.5
    assert figures["acceptable"] == figures["top3"] == 1.0
    assert figures["kind"] == 0.5
    assert figures["false_alarms"] == 0.5
    assert figures["chatter_held"] == 1.0
    assert figures["ece"] == pytest.approx(0.25)
