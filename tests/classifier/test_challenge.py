"""A challenger replaces the champion only where it is better."""

import random
import shutil
from pathlib import Path

import pytest

from classifier import challenge, corpus, folder
from classifier.examples import Example


@pytest.fixture
def root(
    tmp_path: Path, small_model: Path, few_messages: list[corpus.Message], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The small champion; the corpus is what it was trained on."""
    monkeypatch.setattr(corpus, "read", lambda: few_messages)
    return Path(shutil.copytree(small_model, tmp_path / "model"))


def lessons(agency: str, topic: str = "") -> list[Example]:
    """Forty messages in words the champion has never read, all for one office."""
    draw = random.Random(3)
    nouns, verbs = ["balon", "layang", "gasing", "kelereng"], ["meletus", "tersangkut", "berputar", "menggelinding"]
    return [
        Example(
            f"{draw.choice(nouns)} {draw.choice(verbs)} {draw.choice(nouns)} ke {number}",
            agency,
            topic,
            when=f"2026-{number:03d}",
        )
        for number in range(40)
    ]


def test_a_challenger_that_learned_something_new_takes_over(root: Path) -> None:
    verdict = challenge.challenge(root, lessons("dishub", "parkir-liar"))
    assert verdict.after > verdict.before
    assert verdict.promoted
    assert folder.current(root) == verdict.challenger
    assert verdict.held_back == 8


def test_a_challenger_that_learned_nothing_stays_behind(root: Path) -> None:
    before = folder.current(root)
    known = [Example(f"lampu jalan mati di gang {n}", "dishub", when=str(n)) for n in range(30)]
    verdict = challenge.challenge(root, known)
    assert not verdict.promoted
    assert folder.current(root) == before == verdict.champion
    assert verdict.challenger in folder.versions(root)


def test_too_few_examples_are_refused(root: Path) -> None:
    with pytest.raises(ValueError, match="too few"):
        challenge.challenge(root, lessons("dishub")[:10])
