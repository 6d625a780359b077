"""The house rules: imports, file length, texts, configuration, README."""

import ast
import itertools
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  (registers the tables)
from bot import config
from bot.texts import blanks, catalogue

ROOT = Path(__file__).parents[2]
OURS = [path for package in ("bot", "classifier", "storage") for path in sorted((ROOT / package).rglob("*.py"))]
INDONESIAN = re.compile(r"\b(anda|laporan|silakan|kami|sudah|belum|tidak|warga|dinas|kota|mohon)\b", re.IGNORECASE)


def test_no_file_imports_across_rooms() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout[-3000:]


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    if "versions" not in path.parts:  # migrations are as long as the schema
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 320


@pytest.mark.parametrize("path", [p for p in OURS if p.name != "__init__.py"], ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


HANDLERS = [p for p in OURS if {"citizen", "staff", "incoming", "schedule"} & set(p.relative_to(ROOT).parts)]


@pytest.mark.parametrize("path", HANDLERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_sentence_of_indonesian_stands_in_a_handler(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spoken = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    ]
    assert [text for text in spoken if len(INDONESIAN.findall(text)) >= 2] == []


def used_keys() -> tuple[set[str], set[str]]:
    """Keys named in the code, and the fixed beginnings of keys that are put together."""
    whole, beginnings = set(), set()
    for path in OURS:
        source = path.read_text(encoding="utf-8")
        whole |= set(re.findall(r"[\"']([a-z_]+\.[a-z_]+)[\"']", source)) | set(
            re.findall(r"say\(\"([a-z_]+)\"", source)
        )
        beginnings |= set(re.findall(r"f\"([a-z_]+\.[a-z_]*)\{", source))
    return whole, beginnings


def test_every_sentence_is_used_and_every_key_exists() -> None:
    whole, beginnings = used_keys()
    unused = {key for key in catalogue() if key not in whole and not any(key.startswith(start) for start in beginnings)}
    assert unused == set()
    sections = {key.split(".")[0] for key in catalogue()}
    missing = {key for key in whole if key.split(".")[0] in sections and key not in catalogue()}
    columns = {f"{table}.id" for table in SQLModel.metadata.tables}
    assert {key for key in missing if not key.endswith((".toml", ".py", ".db"))} - columns == set()


def test_what_a_kind_says_in_its_own_words_is_said_by_all_kinds_and_asks_for_no_more() -> None:
    from storage.lifecycle import Kind

    for key in (key for key in catalogue() if key.startswith("own.")):
        _, kind, said_by_all = key.split(".", 2)
        assert Kind(kind) is not Kind.COMPLAINT
        assert blanks(key) <= blanks(said_by_all), key


def test_every_enum_that_people_read_has_its_words() -> None:
    from bot.staff.access import Action
    from storage.lifecycle import Kind, Status
    from storage.notices import TOLD
    from storage.tables import ActorKind, Role

    texts = catalogue()
    for section, names in {
        "kind": Kind,
        "status": Status,
        "status_staff": Status,
        "role": Role,
        "actor": ActorKind,
    }.items():
        assert {f"{section}.{name}" for name in names} <= set(texts)
    assert {f"event.{event}" for event in TOLD} <= set(texts)
    assert len(Action) > 0


def test_every_piece_of_news_names_its_report() -> None:
    """A reply to it lands there, and who has several reports knows which one is meant."""
    news = [key for key in catalogue() if re.search(r"notice\.(your_|you_|supported_|does_|citizen_(?!said))", key)]
    assert len(news) > 40
    assert [key for key in news if "number" not in blanks(key)] == []


ENGLISH = re.compile(
    r"\b(the|of|and|is|your|please|click|klik|submit|update|upload|download|error|user|username|loading|login"
    r"|chat|link|online|offline|default|settings?|feedback|report|button|cancel|send|input|output|e-?mail|reply|tracking"
    r"|database|backup|deadline|channel|text|photo|scan|share|forward|inbox|spam|password|browser|website|export|import"
    r"|token|query|dashboard|monitoring|ticket|reset|undo|preview|follow|location|complaint|handphone|smartphone|bot)\b",
    re.IGNORECASE,
)
"""Words that have an Indonesian one which a citizen would sooner understand."""

PICTURE = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")


def test_sentences_are_plain() -> None:
    for key, text in catalogue().items():
        read = re.sub(r"\{\w+\}|\[\w+\]|<[^>]+>|/\w+|\w+\.go\.id", " ", text)
        assert not ENGLISH.search(read), (key, ENGLISH.findall(read))
        assert len(text) <= 900, key
        assert len(PICTURE.findall(text)) <= 1, key
        if not key.startswith("progress."):  # dots, with the names of the steps right below
            assert re.search(r"\w", text), f"{key}: a sign alone tells a screen reader nothing"
        assert all(re.fullmatch(r"[a-z_]+", blank) for blank in blanks(key)), key


def test_the_example_configuration_loads_and_explains_every_key() -> None:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text)
    settings = config.check(values | {"telegram": {"token": "123456:ABC"}})
    for section in type(settings).model_fields:
        assert set(values[section]) == set(type(getattr(settings, section)).model_fields), section
    lines = text.splitlines()
    for before, line in itertools.pairwise(lines):
        if re.match(r"^\w+ = ", line):
            assert before.startswith("#"), line


def test_every_command_of_the_readme_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    from bot.__main__ import app

    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {group.name for group in app.registered_groups}
    for named in set(re.findall(r"`?aspirasi ([a-z]+)", readme)):
        assert named in known, named
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", readme)) <= targets


def test_no_registry_host_stands_in_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert "http://" not in lock
    assert "https://" not in lock
