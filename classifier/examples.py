"""What staff taught: confirmed and corrected reports, as lines of JSON.

`{"text", "agency", "topic" (may be absent), "kind" (may be absent), "urgent" (may be absent), "who", "when"}`.
`who` is a role or an id, never a name; `when` an ISO date that orders the lines.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from classifier.tables import agencies, topics


@dataclass(frozen=True, slots=True)
class Example:
    """A message and the office that answers it, as a person said. `topic` is empty when only the office is known."""

    text: str
    agency: str
    topic: str = ""
    kind: str = ""
    urgent: bool = False
    who: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that was skipped, and why. Lines count from 1."""

    line: int
    reason: str


def parse(line: str) -> Example:
    """One example.

    Raises: ValueError saying what is wrong with it.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
        raise ValueError("no text")
    agency, topic = row.get("agency") or "", row.get("topic") or ""
    if topic and topic not in topics():
        raise ValueError(f"unknown topic {topic!r}")
    if not topic and agency not in agencies():
        raise ValueError(f"unknown office {agency!r}")
    return Example(
        row["text"], agency or topics()[topic].agency, topic, str(row.get("kind") or ""), row.get("urgent") is True,
        str(row.get("who") or ""), str(row.get("when") or ""),
    )  # fmt: skip


def read(lines: Iterable[str]) -> tuple[list[Example], list[Fault]]:
    """Every good example, oldest first, and every bad line by its number."""
    good, bad = [], []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                good.append(parse(line))
            except ValueError as error:
                bad.append(Fault(number, str(error)))
    return sorted(good, key=lambda example: example.when), bad


def write(path: Path, examples: Sequence[Example]) -> None:
    """Write examples, one a line."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(asdict(example), ensure_ascii=False) + "\n" for example in examples)
