"""Whether two reports tell of the same matter."""

import time
import tomllib
from pathlib import Path

import pytest

from classifier import Classifier
from classifier.similar import SAME, UNKNOWN_WAY, Closeness, Matter, metres, shared
from classifier.tables import read_table, topics

HERE = (-6.3906, 106.8483)


def at(north: float, east: float = 0.0) -> tuple[float, float]:
    """A pin so many metres away from HERE."""
    return HERE[0] + north / 111_320, HERE[1] + east / 110_628


def close(classifier: Classifier, one: str, other: str, way: float) -> float:
    pins = (HERE, at(way)) if way >= 0 else (None, None)
    first, second = (
        Matter(text, classifier.predict(text).topic, pin) for text, pin in zip((one, other), pins, strict=True)
    )
    return classifier.closeness.of(first, [second])[0]


def test_made_up_pairs_are_told_apart(classifier: Classifier) -> None:
    pairs = tomllib.loads(Path(__file__).with_name("pairs.toml").read_text(encoding="utf-8"))
    missed = [pair for pair in pairs["same"] if close(classifier, *pair) < SAME]
    wrong = [pair for pair in pairs["other"] if close(classifier, *pair) >= SAME]
    assert len(missed) <= 0.1 * len(pairs["same"]), missed
    assert len(wrong) <= 0.05 * len(pairs["other"]), wrong


def test_closeness_is_the_same_from_both_sides_and_falls_with_the_way() -> None:
    closeness = Closeness()
    near, far = Matter("lampu mati", "pju-mati", at(20)), Matter("lampu mati", "pju-mati", at(400))
    here = Matter("lampu di gang mati", "pju-mati", HERE)
    assert closeness.of(here, [near]) == closeness.of(near, [here])
    assert closeness.of(here, [near])[0] > closeness.of(here, [far])[0]
    assert closeness.of(here, []) == []
    assert closeness.of(Matter(""), [Matter("")])[0] < SAME


@pytest.mark.parametrize(("north", "east", "way"), [(300, 0, 300), (0, 300, 300), (-300, 400, 500)])
def test_the_way_is_right_within_two_percent(north: float, east: float, way: float) -> None:
    assert metres(Matter("", pin=HERE), Matter("", pin=at(north, east))) == pytest.approx(way, rel=0.02)
    assert metres(Matter("", pin=HERE), Matter("")) == UNKNOWN_WAY


def test_what_is_about_a_person_is_never_shared() -> None:
    assert set(read_table("shared.toml")["topics"]) <= set(topics())
    personal = {"kdrt", "kekerasan-anak", "pelecehan", "ktp", "bansos", "odgj", "rsud", "perundungan", "korupsi-pungli",
                "disiplin-asn", "narkoba-judi", "hubungan-kerja", "rutilahu", "bukan-laporan"}  # fmt: skip
    assert personal <= set(topics())
    assert not personal & shared()


def test_two_hundred_candidates_take_little_time(classifier: Classifier) -> None:
    others = [
        Matter(f"Lampu jalan nomor {i} di gang {i} mati sejak malam, mohon diperbaiki", "pju-mati") for i in range(200)
    ]
    started = time.perf_counter()
    classifier.closeness.of(Matter("lampu gang mati", "pju-mati"), others)
    assert time.perf_counter() - started < 0.5
