"""A small model of its own, for tests that write, damage or compare model folders."""

from collections import defaultdict
from pathlib import Path

import pytest

from classifier import corpus, training


@pytest.fixture(scope="session")
def few_messages() -> list[corpus.Message]:
    """Eight messages of each of a dozen topics."""
    wanted = {
        "pju-mati",
        "jalan-rusak",
        "ktp",
        "air-mati",
        "pkl",
        "bansos",
        "parkir-liar",
        "puskesmas",
        "bukan-laporan",
    }
    kept: dict[str, list[corpus.Message]] = defaultdict(list)
    for message in corpus.read():
        topic = message.topics[0]
        if len(message.topics) == 1 and topic in wanted and len(kept[topic]) < 25:
            kept[topic].append(message)
    return [message for messages in kept.values() for message in messages]


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory, few_messages: list[corpus.Message]) -> Path:
    """The root folder of a model on those messages; copy before changing it."""
    root = tmp_path_factory.mktemp("model")
    training.train(root, messages=few_messages)
    return root
