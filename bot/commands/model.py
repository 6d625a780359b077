"""Commands about the classifier: classify, train, evaluate, and the versions of its model.

`register(app)` hangs them on the program's typer app. Nothing heavy is imported before a command runs.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from classifier import Classifier, Prediction


def default_folder() -> Path:
    """The root folder of models: `ASPIRASI_MODEL_DIR`, else the user's data folder."""
    from platformdirs import user_data_dir

    return Path(os.environ.get("ASPIRASI_MODEL_DIR") or Path(user_data_dir("aspirasi")) / "model")


Folder = Annotated[
    Path | None,
    typer.Option(
        "--model-dir", help="Root folder of the models; else ASPIRASI_MODEL_DIR, else the user's data folder."
    ),
]
versions = typer.Typer(help="Versions of the trained model.", no_args_is_help=True)


def classify(
    text: Annotated[str | None, typer.Argument(help="One message.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help='Read {"id", "text"} lines from standard input.')] = False,
    model_dir: Folder = None,
) -> None:
    """Say which office answers a message, as JSON."""
    if (text is None) == (not jsonl):
        print("Give one text, or --jsonl and lines on standard input.", file=sys.stderr)
        raise typer.Exit(2)
    model = _ready(model_dir)
    if text is not None:
        print(json.dumps(asdict(model.predict(text)), ensure_ascii=False))
        return
    bad = 0
    for number, row in enumerate(sys.stdin.buffer, 1):
        try:
            line = parse_row(row)
        except ValueError as error:
            bad += 1
            print(f"line {number}: {error}; skipped", file=sys.stderr)
            continue
        if line is not None:
            print(json.dumps(as_row(line[0], model.predict(line[1])), ensure_ascii=False))
    raise typer.Exit(1 if bad else 0)


def parse_row(row: bytes) -> tuple[Any, str] | None:
    """Id and text of one line, None for an empty one.

    Raises: ValueError saying what is wrong with it.
    """
    try:
        said = row.decode("utf-8").strip("\ufeff \t\r\n")
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    if not said:
        return None
    try:
        value = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("text"), str)
        or not isinstance(value.get("id"), str | int)
    ):
        raise ValueError('not an object with "id" and "text"')
    return value["id"], value["text"]


def as_row(key: Any, prediction: "Prediction") -> dict[str, Any]:
    """The line written for one prediction."""
    return {
        "id": key,
        "agency": prediction.agency,
        "topic": prediction.topic,
        "confidence": prediction.confidence,
        "decision": prediction.decision,
        "alternatives": [{"agency": a.agency, "confidence": a.confidence} for a in prediction.alternatives],
        "kind": prediction.kind,
        "urgent": prediction.urgent,
    }


def train(
    examples: Annotated[Path | None, typer.Option(help="JSONL of what staff confirmed or corrected.")] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Labelled messages whose figures are kept with the model.")
    ] = None,
    model_dir: Folder = None,
) -> None:
    """Train a new version. With examples it replaces the current one only where it is better."""
    import classifier
    from classifier import measure

    root = _folder(model_dir)
    if examples is None:
        try:
            known = measure.read_labels(labels) if labels else []
        except (OSError, ValueError) as error:
            print(f"{labels}: {error}", file=sys.stderr)
            raise typer.Exit(2) from error
        print(with_progress("Training the classifier", lambda told: classifier.train(root, told, labels=known)))
        return
    from classifier import challenge
    from classifier.examples import read

    try:
        taught, faults = read(examples.read_text(encoding="utf-8").splitlines())
        for fault in faults:
            print(f"{examples}, line {fault.line}: {fault.reason}; skipped", file=sys.stderr)
        verdict = with_progress("Training a challenger", lambda told: challenge.challenge(root, taught, told))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error
    print(json.dumps(asdict(verdict)))


def import_history(
    source: Annotated[Path, typer.Argument(help="CSV of past complaints, as SP4N-LAPOR or a spreadsheet exports it.")],
    target: Annotated[Path, typer.Option("--to", help="Where the examples go.")] = Path("examples.jsonl"),
    column: Annotated[list[str] | None, typer.Option(help="field=column, where the guess is wrong.")] = None,
) -> None:
    """Turn a city's own past complaints into examples for `train --examples`."""
    from classifier import ClassifierError, history
    from classifier.examples import write

    try:
        columns = dict(pair.split("=", 1) for pair in column or ())
        good, bad = history.read(source.read_bytes(), columns)
        write(target, good)
    except (OSError, ValueError, ClassifierError) as error:
        print(f"{source}: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    for fault in bad:
        print(f"{source}, line {fault.line}: {fault.reason}; skipped", file=sys.stderr)
    print(f"{len(good)} examples in {target}, {len(bad)} rows skipped")


def evaluate(
    labels: Annotated[Path, typer.Argument(help="JSONL with id, text, best, ok, kind, urgent.")],
    errors: Annotated[int, typer.Option(help="Print that many wrong ones, the surest first.")] = 0,
    model_dir: Folder = None,
) -> None:
    """Measure the current version on labelled messages, without printing their authors."""
    from classifier import measure

    try:
        gold = measure.read_labels(labels)
    except (OSError, ValueError) as error:
        print(f"{labels}: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    model = _ready(model_dir)
    report = measure.score(gold, model.predict_many(row.text for row in gold))
    print(measure.as_text(report, errors))


@versions.command("list")
def list_versions(model_dir: Folder = None) -> None:
    """Show every version, newest first; the one in use has a star."""
    from classifier import folder

    root = _folder(model_dir)
    now = folder.current(root)
    for name in folder.versions(root):
        print(f"{'*' if name == now else ' '} {name}  {folder.summary(root / folder.VERSIONS / name)}")


@versions.command()
def promote(name: str, model_dir: Folder = None) -> None:
    """Use that version from now on."""
    from classifier import ClassifierError
    from classifier import versions as kept

    try:
        print(kept.promote(_folder(model_dir), name))
    except ClassifierError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error


@versions.command()
def rollback(model_dir: Folder = None) -> None:
    """Use the version before the current one again."""
    from classifier import ClassifierError
    from classifier import versions as kept

    try:
        print(kept.rollback(_folder(model_dir)))
    except ClassifierError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error


def with_progress(title: str, work: Any) -> Any:
    """Run `work(progress)` under a progress bar on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[step]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=1.0, step="")
        return work(lambda step, done: bar.update(task, completed=done, step=step))


def register(app: typer.Typer) -> None:
    """Hang these commands on the program's app."""
    app.command()(classify)
    app.command()(train)
    app.command()(evaluate)
    app.command("import")(import_history)
    app.add_typer(versions, name="model")


def _folder(given: Path | None) -> Path:
    return given or default_folder()


def _ready(given: Path | None) -> "Classifier":
    """The model, trained first where there is none."""
    import classifier

    try:
        return classifier.load(_folder(given))
    except classifier.ModelRefused:
        ready: Classifier = with_progress("First start: training", lambda told: classifier.ensure(_folder(given), told))
        return ready
