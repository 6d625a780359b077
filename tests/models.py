"""The trained model of the test run: trained once, kept in .cache under a hash of what made it."""

import fcntl
import hashlib
import os
from pathlib import Path

import classifier


def model_folder(cache: Path) -> Path:
    """Root folder of a model on the whole corpus. ASPIRASI_MODEL_DIR names a ready one instead.

    Several test processes may ask at once: the first one trains.
    """
    if given := os.environ.get("ASPIRASI_MODEL_DIR"):
        return Path(given)
    package = Path(classifier.__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.toml"), *package.rglob("*.txt")]):
        digest.update(path.name.encode() + path.read_bytes())
    root = cache / f"model-{digest.hexdigest()[:16]}"
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        classifier.ensure(root)
    return root
