"""Several problems in one message: where one ends and the next begins."""

import re

MOST = 5
"""Parts looked at; a longer message is one story."""

LEAST_WORDS = 4

_BORDER = re.compile(
    r"\n+|[.;!?]+\s+|,?\s+(?:selain itu|selain itu juga|satu lagi|sekalian|sekalian juga|terus juga|trus juga|dan juga|"
    r"kemudian juga|lalu juga|plus|ditambah lagi|tambah lagi|yang kedua|kedua|pertama|ketiga|juga soal|belum lagi|"
    r"oh iya|oiya|oya|sama satu lagi|sama tolong|dan tolong|terus|trus|sama|sedangkan|sementara)\s+"
    r"|\s+(?:\d[.)]|-)\s+|,\s+",
    re.IGNORECASE,
)


def parts(text: str) -> list[str]:
    """The pieces of a message that could each be a report of their own; empty when there is only one."""
    out: list[str] = []
    for piece in _BORDER.split(text):
        if out and len(piece.split()) < LEAST_WORDS:
            out[-1] = f"{out[-1]} {piece}"
        elif piece.strip():
            out.append(piece.strip())
    if len(out) > 1 and len(out[0].split()) < LEAST_WORDS:
        out[:2] = [f"{out[0]} {out[1]}"]
    return out if 1 < len(out) <= MOST else []
