"""Which topics accuse an official, by `data/conduct.toml`."""

import re
from functools import cache

from classifier.tables import read_table


@cache
def accusing() -> tuple[str, ...]:
    """Topics whose reports only the Inspektorat reads; the first one stands for all."""
    return tuple(read_table("conduct.toml")["accusing"])


@cache
def doubtful() -> frozenset[str]:
    """Topics that may be about conduct or about service: the citizen says."""
    return frozenset(read_table("conduct.toml")["doubtful"])


@cache
def _said() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(read_table('conduct.toml')['said'])})")


def sounds_accusing(text: str) -> bool:
    """Whether a word that accuses is in it."""
    return _said().search(text.casefold()) is not None
