"""The tables beside the code: topics, agencies, settings. Read once, checked whole, kept as frozen values."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from classifier.errors import CorpusError

DATA = Path(__file__).parent / "data"
NOT_A_REPORT = "bukan-laporan"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message can be about. `agency` is empty for the one topic that is not a report."""

    id: str
    agency: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that answers. `scope` is "city" or "outside"; `channel` tells a citizen how to reach an outside body."""

    id: str
    name: str
    short: str
    scope: str
    channel: str = ""


def read_table(name: str) -> dict[str, Any]:
    """A TOML file of `classifier/data`.

    Raises: CorpusError when it is absent or not TOML.
    """
    try:
        return tomllib.loads((DATA / name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"classifier/data/{name}: {error}") from error


@cache
def topics() -> dict[str, Topic]:
    """Every topic by id, in the order of the file."""
    return {
        key: Topic(key, row["agency"], row["name"], row["definition"]) for key, row in read_table("topics.toml").items()
    }


@cache
def agencies() -> dict[str, Agency]:
    """Every agency by id."""
    return {
        key: Agency(key, row["name"], row["short"], row["scope"], row.get("channel", ""))
        for key, row in read_table("agencies.toml").items()
    }


@cache
def settings() -> dict[str, Any]:
    """Thresholds, temperature and priors chosen on measurements; each has its reason in the file."""
    return read_table("settings.toml")


@cache
def words(name: str) -> frozenset[str]:
    """A list of `data/words.toml`."""
    return frozenset(str(read_table("words.toml")[name]).split())
