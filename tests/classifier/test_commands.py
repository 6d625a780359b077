"""The commands as an operator types them."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.commands import model


@pytest.fixture
def run(small_model: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Runs a command against the small model."""
    monkeypatch.setenv("ASPIRASI_MODEL_DIR", str(small_model))
    app = typer.Typer()
    model.register(app)
    return lambda *words, said=b"": CliRunner().invoke(app, [*words], input=said)


def test_one_text_gives_one_json_object(run) -> None:  # type: ignore[no-untyped-def]
    result = run("classify", "lampu jalan mati")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["agency"] == "dishub"


def test_lines_give_lines_and_bad_ones_are_named_and_skipped(run) -> None:  # type: ignore[no-untyped-def]
    lines = [
        b'{"id": "a", "text": "lampu jalan mati"}',
        b"",
        b"not json",
        b'{"id": "b"}',
        b'{"id": "c", "text": 5}',
        b"[1]",
        b"\xff\xfe",
        b'{"id": 7, "text": ""}',
    ]
    result = run("classify", "--jsonl", said=b"\n".join(lines))
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", 7]
    assert set(rows[0]) == {"id", "agency", "topic", "confidence", "decision", "alternatives", "kind", "urgent"}
    assert set(rows[0]["alternatives"][0]) == {"agency", "confidence"}
    assert rows[1]["decision"] in ("none", "triage")
    assert result.exit_code == 1
    assert [word for word in result.stderr.split() if word.rstrip(":").isdigit()] == ["3:", "4:", "5:", "6:", "7:"]


def test_good_lines_alone_end_well(run) -> None:  # type: ignore[no-untyped-def]
    assert run("classify", "--jsonl", said=b'{"id": "a", "text": "ktp hilang"}\n').exit_code == 0


def test_neither_text_nor_lines_is_a_misuse(run) -> None:  # type: ignore[no-untyped-def]
    assert run("classify").exit_code == 2
    assert run("classify", "teks", "--jsonl").exit_code == 2


def test_versions_are_listed_with_a_star(run, small_model: Path) -> None:  # type: ignore[no-untyped-def]
    result = run("model", "list")
    assert result.stdout.startswith("* ")
    assert run("model", "promote", "tidak-ada").exit_code == 1


def test_evaluate_prints_figures(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    labels = tmp_path / "labels.jsonl"
    labels.write_text(json.dumps({"text": "lampu jalan mati", "best": "dishub", "ok": [], "kind": "pengaduan"}) + "\n")
    result = run("evaluate", str(labels))
    assert "acceptable 1.000" in result.stdout
    labels.write_text("{}\n")
    assert run("evaluate", str(labels)).exit_code == 2


def test_a_history_becomes_examples(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    source, target = tmp_path / "lama.csv", tmp_path / "examples.jsonl"
    source.write_text("isi,opd\nlampu mati,dishub\n,dishub\n", encoding="utf-8")
    result = run("import", str(source), "--to", str(target))
    assert result.exit_code == 0
    assert "line 3: no text" in result.stderr
    assert json.loads(target.read_text())["agency"] == "dishub"
    assert run("import", str(tmp_path / "keine.csv")).exit_code == 2
    assert run("train", "--examples", str(target)).exit_code == 2
