"""A citizen's words for other eyes: masked, and without the author's own name."""

import re

from bot.texts import label
from bot.texts.mask import masked

SHORTEST = 3
"""Letters of a part of a name; a shorter one is a word too often."""


def without_name(text: str, author: str) -> str:
    """The same words with every part of the author's name struck out."""
    parts = [re.escape(part) for part in re.findall(r"\w+", author) if len(part) >= SHORTEST]
    if not parts:
        return text
    struck = label("mask.name")
    found = re.sub(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", struck, text, flags=re.IGNORECASE)
    return re.sub(rf"{re.escape(struck)}(?:[\s.,]+{re.escape(struck)})+", struck, found)


def cleaned(text: str, author: str) -> str:
    """For exports, briefs and open data: one line, masked, without the author's name."""
    return " ".join(masked(without_name(text, author)).split())
