"""How people begin before they say anything: "assalamualaikum pak, mau lapor". The matter comes after."""

import re

from classifier.tables import words


def is_opening(text: str) -> bool:
    """Whether a text only announces that something will be said: polite words, and one such as "lapor" or "tanya"."""
    said = set(re.findall(r"[a-z]+(?:['-][a-z]+)*", text.casefold()))
    return not words("announce").isdisjoint(said) and said <= words("polite") | words("announce")
