"""The trained model of the test run, trained once and kept."""

import fcntl
import os
from pathlib import Path

import classifier


def model_folder(cache: Path) -> Path:
    """Root folder of a model on the whole corpus: ASPIRASI_MODEL_DIR (as the Makefile sets it), else one under `cache`.

    A model made by another state of the code or the corpus is refused by its manifest and trained again. Several test
    processes may ask at once: the first one trains, the others wait.
    """
    root = Path(os.environ.get("ASPIRASI_MODEL_DIR") or cache / "model")
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        classifier.ensure(root)
    return root
