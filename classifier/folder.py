"""Model folders on disk: written whole, checked before anything in them is opened, kept in versions.

    root/current              the name of the version in use
    root/versions/<name>/     manifest.json, names.json, stems.json, *.npy

The manifest seals itself and names each file's SHA-256, so damage and hand edits are found; what it names are numbers
and strings, so a foreign file cannot run code.
"""

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from classifier.errors import ModelRefused

FORMAT = 2
MANIFEST, CURRENT, VERSIONS = "manifest.json", "current", "versions"
LIBRARIES = ("scikit-learn", "numpy", "scipy", "PySastrawi")
READING = (
    "columns.py", "normalise.py", "places.py", "reading.py", "signs.py", "stems.py",
    "data/places.toml", "data/slang.toml", "data/words.toml",
)  # fmt: skip


def libraries() -> dict[str, str]:
    """Installed versions of what a model depends on."""
    out = {}
    for name in LIBRARIES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "absent"
    return out


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def reading() -> str:
    """SHA-256 of the code and tables that turn a text into features; a model is of no use to any other."""
    here = Path(__file__).parent
    sha = hashlib.sha256()
    for name in READING:
        sha.update(name.encode() + b"\0" + (here / name).read_bytes().replace(b"\r\n", b"\n"))
    return sha.hexdigest()


def seal(manifest: dict[str, Any]) -> str:
    """SHA-256 over a manifest's content, its own `seal` left out."""
    body = {key: value for key, value in manifest.items() if key != "seal"}
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def write(root: Path, name: str, manifest: dict[str, Any], save: Callable[[Path], None]) -> Path:
    """Write a version: `save` fills the folder, then the manifest is sealed; it appears whole or not at all."""
    target, working = root / VERSIONS / name, root / VERSIONS / f".{name}.{os.getpid()}"
    working.mkdir(parents=True)
    try:
        save(working)
        sealed = manifest | {
            "format": FORMAT,
            "version": name,
            "python": platform.python_version(),
            "libraries": libraries(),
            "reading": reading(),
            "files": {path.name: sha256(path) for path in sorted(working.iterdir())},
        }
        sealed["seal"] = seal(sealed)
        text = json.dumps(sealed, indent=1, ensure_ascii=False, sort_keys=True)
        (working / MANIFEST).write_text(text, encoding="utf-8")
        working.rename(target)
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        raise
    return target


def use(root: Path, name: str) -> None:
    """Make a version the current one; a reader sees the old name or the new one, never half."""
    draft = root / f".{CURRENT}.{os.getpid()}"
    draft.write_text(name + "\n", encoding="utf-8")
    draft.replace(root / CURRENT)


def current(root: Path) -> str | None:
    """The name of the version in use, None when there is none."""
    try:
        return (root / CURRENT).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def versions(root: Path) -> list[str]:
    """Names of all versions, newest first (names begin with the time of training)."""
    folder = root / VERSIONS
    if not folder.is_dir():
        return []
    return sorted((path.name for path in folder.iterdir() if path.is_dir() and path.name[0] != "."), reverse=True)


def locate(folder: Path) -> Path:
    """The version folder meant by `folder`: itself, or the current version of a root.

    Raises: ModelRefused when there is none.
    """
    if (folder / MANIFEST).is_file():
        return folder
    name = current(folder)
    if name is None:
        raise ModelRefused(f"There is no model in {folder}.")
    if Path(name).name != name or not (folder / VERSIONS / name).is_dir():
        raise ModelRefused(
            f"The current version {name!r} is not in {folder}.", "Choose another with `aspirasi model list`."
        )
    return folder / VERSIONS / name


def check(folder: Path) -> dict[str, Any]:
    """The manifest of a version folder, after every check that can be made without opening the model.

    Raises: ModelRefused naming what is wrong and what to do.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelRefused(f"{path} cannot be read ({error}).") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelRefused(f"{path} is not a manifest of this program (format {FORMAT}).")
    if manifest.get("seal") != seal(manifest):
        raise ModelRefused(f"{path} was altered after training.")
    files = manifest.get("files") or {}
    if not files or {entry.name for entry in folder.iterdir()} != {*files, MANIFEST}:
        raise ModelRefused(f"{folder} holds other files than its manifest names.")
    for name, expected in files.items():
        if sha256(folder / name) != expected:
            raise ModelRefused(f"{folder / name} is damaged or was altered: its SHA-256 differs from the manifest.")
    for name, now in libraries().items():
        then = manifest.get("libraries", {}).get(name, "absent")
        if then.split(".")[:2] != now.split(".")[:2]:
            raise ModelRefused(f"The model was made with {name} {then}, here is {now}.")
    if manifest.get("reading") != reading():
        raise ModelRefused("The model was made by a version of this program that reads messages differently.")
    return manifest


def summary(folder: Path) -> str:
    """One line about a version, for a list; says so when it is refused."""
    try:
        manifest = check(folder)
    except ModelRefused as error:
        return f"refused: {error.reason}"
    scores = "  ".join(f"{key} {value}" for key, value in manifest.get("scores", {}).items())
    return f"{manifest['created']}  {manifest['corpus']['messages']} messages  {scores}".rstrip()
