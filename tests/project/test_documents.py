"""Documents that point into the code point at something."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("document", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    for name in re.findall(r"`(test_\w+)`", document.read_text(encoding="utf-8")):
        assert f"def {name}(" in TESTS, name


@pytest.mark.parametrize("document", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    said = document.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:bot|classifier|storage|tests|docs)/[\w./-]+\.\w+)`", said):
        assert (ROOT / name).exists(), name
