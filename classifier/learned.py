"""What training leaves and prediction needs, as plain arrays in files that are mapped, not read.

All processes of a machine share the pages of those files, and a page that no message needs is never read. Nothing in
them can run code: they hold numbers and strings only.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.columns import Columns, Floats
from classifier.signs import KIND_SIGNS

NAMES = "names.json"


@dataclass(frozen=True)
class Learned:
    """What was fitted.

    `weights`: (word, character, sign columns) x (topics, kinds, urgent); `bias`: one for each of the latter.
    Half precision predicts the same at half the memory.
    """

    word: Columns
    char: Columns
    weights: NDArray[np.float16]
    bias: Floats
    topics: tuple[str, ...]
    kinds: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raises: ValueError when the parts do not fit each other."""
        for part in (self.word, self.char):
            if part.terms.ndim != 1 or part.terms.dtype.kind != "S" or part.idf.shape != part.terms.shape:
                raise ValueError("the terms do not fit their frequencies")
        columns = len(self.topics) + len(self.kinds) + 1
        if self.weights.shape != (len(self.word) + len(self.char) + len(KIND_SIGNS), columns):
            raise ValueError("the weights do not fit the terms")
        if self.bias.shape != (columns,) or {self.bias.dtype, self.word.idf.dtype, self.char.idf.dtype} != {
            np.dtype(np.float32)
        }:
            raise ValueError("the biases do not fit the weights")


def store(learned: Learned, where: Path) -> None:
    """Write a model's files into a folder."""
    arrays = {
        "word_terms": learned.word.terms,
        "word_idf": learned.word.idf,
        "char_terms": learned.char.terms,
        "char_idf": learned.char.idf,
        "weights": learned.weights,
        "bias": learned.bias,
    }
    for name, array in arrays.items():
        np.save(where / f"{name}.npy", array, allow_pickle=False)
    names = {"topics": learned.topics, "kinds": learned.kinds}
    (where / NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")


def fetch(where: Path) -> Learned:
    """The model that `store` wrote.

    Raises: OSError, KeyError, ValueError, TypeError or AttributeError when the files are something else.
    """

    def mapped(name: str) -> NDArray[Any]:
        # a plain array over the same pages: numpy's own type for them is slow to index
        return np.asarray(np.load(where / f"{name}.npy", mmap_mode="r", allow_pickle=False))

    names = json.loads((where / NAMES).read_text(encoding="utf-8"))
    return Learned(
        Columns(mapped("word_terms"), mapped("word_idf"), letters=False),
        Columns(mapped("char_terms"), mapped("char_idf"), letters=True),
        mapped("weights"),
        mapped("bias"),
        tuple(names["topics"]),
        tuple(names["kinds"]),
    )
