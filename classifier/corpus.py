"""The corpus: messages written for this project, one file a topic, one message a line.

`kind|urgent|voice|text`, in `dua-masalah.txt` (two problems in one message) `kind|urgent|voice|topicA+topicB|text`.
A voice is one way of writing; folds are cut between voices, so that a score is about people the model has not read.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from classifier.errors import CorpusError
from classifier.prediction import Kind
from classifier.tables import DATA, topics

CORPUS = DATA / "corpus"
TWO = "dua-masalah"
KINDS: dict[str, Kind] = {"P": "pengaduan", "A": "aspirasi", "I": "permintaan_informasi", "L": "lain"}


@dataclass(frozen=True, slots=True)
class Message:
    """One example. `topics` holds one topic, or two when the message speaks of two problems."""

    text: str
    topics: tuple[str, ...]
    kind: Kind
    urgent: bool
    voice: str


def parse_line(line: str, topic: str) -> Message:
    """A message of the file of `topic`.

    Raises: ValueError saying what is wrong with the line.
    """
    parts = line.split("|", 4 if topic == TWO else 3)
    if len(parts) != (5 if topic == TWO else 4):
        raise ValueError("a field is missing")
    kind, urgent, voice, *subject, text = parts
    said = tuple(subject[0].split("+")) if subject else (topic,)
    if kind not in KINDS or urgent not in ("!", "-"):
        raise ValueError(f"unknown kind or urgency: {kind!r}, {urgent!r}")
    if unknown := [name for name in said if name not in topics()]:
        raise ValueError(f"unknown topic: {unknown[0]!r}")
    if not text.strip():
        raise ValueError("the text is empty")
    return Message(text.replace("\\n", "\n").strip(), said, KINDS[kind], urgent == "!", voice)


def read(folder: Path = CORPUS) -> list[Message]:
    """Every message of the corpus, in the order of file and line.

    Raises: CorpusError naming file and line of the first bad one, or when there is none at all.
    """
    out = []
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                out.append(parse_line(line, path.stem))
            except ValueError as error:
                raise CorpusError(f"{path.name}, line {number}: {error}") from error
    if not out:
        raise CorpusError(f"{folder} holds no message")
    return out


def digest(folder: Path = CORPUS) -> str:
    """SHA-256 of all that training reads: the corpus and the tables beside it."""
    sha = hashlib.sha256()
    tables = (path for path in sorted(DATA.glob("*.toml")) if path.name != "faq.toml")  # read by no training
    for path in [*sorted(folder.glob("*.txt")), *tables]:
        sha.update(path.name.encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()
