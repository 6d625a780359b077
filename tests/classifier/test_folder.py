"""A model folder is checked before anything in it is opened."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from classifier import ModelRefused, PromotionRefused, ensure, folder, load, training, versions
from classifier.corpus import Message
from classifier.measure import Label


@pytest.fixture
def root(tmp_path: Path, small_model: Path) -> Path:
    """A copy that may be damaged."""
    return Path(shutil.copytree(small_model, tmp_path / "model"))


def version(root: Path) -> Path:
    return folder.locate(root)


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))


def rewrite(root: Path, **changes: object) -> None:
    """Change the manifest and seal it anew, as somebody with bad intentions would."""
    path = version(root) / folder.MANIFEST
    manifest = json.loads(path.read_text()) | changes
    manifest["seal"] = folder.seal(manifest)
    path.write_text(json.dumps(manifest))


def test_a_sound_model_loads_and_predicts(root: Path) -> None:
    model = load(root)
    assert model.predict("lampu jalan mati").agency == "dishub"
    assert model.version == version(root).name == load(version(root)).version


def test_the_manifest_tells_what_made_the_model(root: Path) -> None:
    manifest = folder.check(version(root))
    assert set(manifest["libraries"]) >= {"scikit-learn", "numpy", "PySastrawi"}
    arrays = {f"{name}.npy" for name in ("word_terms", "word_idf", "char_terms", "char_idf", "weights", "bias")}
    assert set(manifest["files"]) == arrays | {"names.json", "stems.json"}
    assert manifest["settings"]["decision"]["auto"] > 0
    assert manifest["corpus"]["messages"] > 100


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a flipped bit in the weights": lambda root: flip(version(root) / "weights.npy"),
    "a flipped bit in the stems": lambda root: flip(version(root) / "stems.json"),
    "a cut file": lambda root: (version(root) / "weights.npy").write_bytes(b"\x93NUMPY"),
    "a missing file": lambda root: (version(root) / "stems.json").unlink(),
    "a file too many": lambda root: (version(root) / "extra.pkl").write_bytes(b"x"),
    "no manifest": lambda root: (version(root) / folder.MANIFEST).unlink(),
    "a broken manifest": lambda root: (version(root) / folder.MANIFEST).write_text("{"),
    "a manifest of something else": lambda root: (version(root) / folder.MANIFEST).write_text("[1]"),
    "an edited threshold": lambda root: (version(root) / folder.MANIFEST).write_text(
        (version(root) / folder.MANIFEST).read_text().replace('"auto": ', '"auto": 0')
    ),
    "another format": lambda root: rewrite(root, format=99),
    "another scikit-learn": lambda root: rewrite(root, libraries={"scikit-learn": "0.1.0"}),
    "unknown topics": lambda root: rewrite(root, labels=["bukan-topik"]),
    "settings of something else": lambda root: rewrite(root, settings={"scores": {}}),
    "an empty root": lambda root: (root / folder.CURRENT).unlink(),
    "a current version that is not there": lambda root: (root / folder.CURRENT).write_text("nope"),
    "a current version outside": lambda root: (root / folder.CURRENT).write_text("../../etc"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_foreign_or_altered_folder_is_refused_with_what_to_do(
    root: Path, damage: Callable[[Path], object]
) -> None:
    damage(root)
    with pytest.raises(ModelRefused) as refusal:
        load(root)
    assert refusal.value.reason
    assert "aspirasi" in refusal.value.remedy


def stranger(path: Path) -> None:
    """An array of Python objects, which only unpickling opens."""
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)


FOREIGN: dict[str, Callable[[Path], object]] = {
    "objects to unpickle": lambda folder: stranger(folder / "weights.npy"),
    "a pickle": lambda folder: (folder / "weights.npy").write_bytes(b"\x80\x04K\x01."),
    "an empty file": lambda folder: (folder / "bias.npy").write_bytes(b""),
    "weights of another size": lambda folder: np.save(folder / "weights.npy", np.zeros((2, 2), dtype=np.float16)),
    "weights of another kind": lambda folder: np.save(folder / "bias.npy", np.zeros(4, dtype="S3")),
    "terms that are numbers": lambda folder: np.save(folder / "word_terms.npy", np.zeros(4)),
    "fewer frequencies than terms": lambda folder: np.save(folder / "char_idf.npy", np.zeros(4, dtype=np.float32)),
    "names of something else": lambda folder: (folder / "names.json").write_text("[1]"),
}


@pytest.mark.parametrize("replace", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_model_file_under_a_good_manifest_is_refused(root: Path, replace: Callable[[Path], object]) -> None:
    replace(version(root))
    rewrite(root, files={p.name: folder.sha256(p) for p in version(root).iterdir() if p.name != folder.MANIFEST})
    with pytest.raises(ModelRefused, match="cannot be opened"):
        load(root)


def test_the_last_good_version_goes_on_when_the_current_one_is_damaged(root: Path, few_messages: list[Message]) -> None:
    good = version(root).name
    newer = training.train(root, messages=few_messages)
    flip(newer / "weights.npy")
    assert ensure(root).version == good
    assert folder.current(root) == good


def test_promote_and_rollback_choose_among_versions(root: Path, few_messages: list[Message]) -> None:
    first = version(root).name
    second = training.train(root, messages=few_messages).name
    assert folder.versions(root) == sorted([first, second], reverse=True)
    assert folder.current(root) == second
    assert versions.rollback(root) == first
    with pytest.raises(PromotionRefused):
        versions.rollback(root)
    assert versions.promote(root, second) == folder.current(root)
    with pytest.raises(PromotionRefused, match="no version"):
        versions.promote(root, "../elsewhere")


def test_figures_on_labels_are_kept_with_the_model(tmp_path: Path, few_messages: list[Message]) -> None:
    labels = [Label("lampu jalan mati", "dishub", frozenset({"dishub"}), "pengaduan", False)]
    path = training.train(tmp_path, messages=few_messages, labels=labels)
    assert folder.check(path)["scores"]["acceptable"] == 1.0
    assert "acceptable 1.0" in folder.summary(path)


def test_a_failed_training_leaves_nothing_behind(root: Path) -> None:
    def fail(_: Path) -> None:
        raise RuntimeError("disk full")

    before = folder.versions(root)
    with pytest.raises(RuntimeError):
        folder.write(root, "20990101T000000-0000", {}, fail)
    assert folder.versions(root) == before
    assert [path.name for path in (root / folder.VERSIONS).iterdir()] == before
