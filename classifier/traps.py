"""Answers to "where?": which places of the city a name may mean. Some names are traps.

Curug is a kelurahan in two kecamatan; ten kecamatan have a kelurahan of their own name; Depok is a kelurahan, too.
"""

import re
from functools import cache

from classifier.places import find
from classifier.tables import read_table

_FILLERS = frozenset("di daerah kawasan wilayah sekitar area kota".split())  # noqa: SIM905
_WORDS = re.compile(r"[a-z0-9]+")


@cache
def city_code() -> str:
    """The city's own code: as an answer, "somewhere in the city"."""
    return str(read_table("city.toml")["code"])


@cache
def _bare_names() -> dict[str, tuple[str, ...]]:
    """Names that mean several places when nothing else is said, each with the codes, the narrowest first."""
    city = read_table("city.toml")
    names: dict[str, list[str]] = {}
    for kec in read_table("places.toml")["kecamatan"]:
        for kel in kec["kelurahan"]:
            for name in {kel["name"], *kel["alias"]} & {kec["name"], *kec["alias"], city["name"]}:
                names.setdefault(name.lower(), []).append(kel["code"])
        for name in (kec["name"], *kec["alias"]):
            if name.lower() in names:
                names[name.lower()].append(kec["code"])
    if city["name"].lower() in names:
        names[city["name"].lower()].append(city["code"])
    return {name: tuple(codes) for name, codes in names.items()}


def meant(answer: str) -> tuple[str, ...]:
    """Codes of what an answer may mean: one where it is clear, several for a trap, none where it names no place.

    A kelurahan's code has four parts, a kecamatan's three; the city's, two, stands for "elsewhere in the city".
    """
    if traps := _bare_names().get(bare(answer)):
        return traps
    place = find(answer)
    if place is None:
        return ()
    if place.kelurahan:
        return (place.kelurahan,)
    if len({code.rsplit(".", 1)[0] for code in place.candidates}) > 1:
        return place.candidates
    return (place.kecamatan,) if place.kecamatan else ()


def bare(answer: str) -> str:
    """An answer without the words that only lead up to a name."""
    words = _WORDS.findall(answer.lower())
    while words and words[0] in _FILLERS:
        del words[0]
    return " ".join(words)


def is_bare(answer: str) -> bool:
    """Whether an answer is a name of the tables and nothing else, so that the name itself need not be kept as words."""
    left = bare(re.sub(r"(?i)\b(?:kel(?:urahan)?|kec(?:amatan)?)\b\.?", " ", answer))
    return left in _names()


@cache
def _names() -> frozenset[str]:
    rows = [row for kec in read_table("places.toml")["kecamatan"] for row in (kec, *kec["kelurahan"])]
    return frozenset(name.lower() for row in rows for name in (row["name"], *row["alias"]))
