"""Places named in a message: found for the citizen to confirm, and hidden from the routing.

Routing must not learn that one kelurahan means one office, so names are masked before features are made. What is found
here is a guess: names that occur twice, or begin another name, yield several candidates and no answer.
"""

import re
from dataclasses import dataclass
from functools import cache

from classifier.normalise import LANDMARK
from classifier.prediction import Place
from classifier.tables import read_table, words

ROAD_NAME, PLACE_NAME = "namajalan", LANDMARK
"""Words that stand for the name of a road ("jl. Kartini") and of any other place."""

_CUES = (
    r"kel(?:urahan)?|kec(?:amatan)?|ds|desa|dsn|dusun|kp|kampung|kab(?:upaten)?|kota|perum(?:ahan)?|komplek|kompleks"
)
_ROAD_CUES = r"jl|jln|jalan|jl\.? ?raya|jln raya|jalan raya|gg|gang"
_CAPITALS = r"((?:\s*(?:[A-Z][\w'-]*\.?|[IVX]+|\d+)){1,4})"
_ROAD_IN_CAPITALS = re.compile(rf"\b((?i:{_ROAD_CUES}))\b\.?{_CAPITALS}")
_PLACE_IN_CAPITALS = re.compile(rf"\b((?i:{_CUES}))\b\.?{_CAPITALS}")
_NUMBERED = re.compile(
    r"(?i)\b(?:rt|rw|blok|no|nomor|km)\b[\s./:-]*(?:[a-z]?\d+[a-z]?|[a-z]\b)(?:\s*[/-]\s*(?:rw)?[\s.]*\d+)*"
)
_ROAD_SHORT = re.compile(r"\b(?:jl|jln|jlan)\b\.? ?(?:raya )?([a-z]{3,})")
_WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    kind: str
    code: str
    kecamatan: str


@cache
def _gazetteer() -> tuple[dict[str, tuple[_Named, ...]], re.Pattern[str]]:
    names: dict[str, list[_Named]] = {}
    for kec in read_table("places.toml")["kecamatan"]:
        rows = [(kec, "kecamatan")] + [(kel, "kelurahan") for kel in kec["kelurahan"]]
        for row, kind in rows:
            for name in {row["name"], *row.get("alias", ())}:
                entry = _Named(row["name"], kind, row["code"], kec["code"])
                if entry not in names.setdefault(name.lower(), []):
                    names[name.lower()].append(entry)
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return {name: tuple(rows) for name, rows in names.items()}, re.compile(rf"\b(?:(kel|kec)\w*\.? ?)?({pattern})\b")


def hide_names(text: str) -> str:
    """`text` with the names of roads and places replaced by one word each; numbers of RT, RW, houses vanish."""
    text = _NUMBERED.sub(" ", text)
    if sum(map(str.isupper, text)) < 0.5 * sum(map(str.isalpha, text)):  # in capitals throughout they say nothing
        text = _ROAD_IN_CAPITALS.sub(f" {ROAD_NAME} ", text)
        text = _PLACE_IN_CAPITALS.sub(f" {PLACE_NAME} ", text)
    text = text.lower()
    _, names = _gazetteer()
    text = names.sub(f" {PLACE_NAME} ", text)
    return _ROAD_SHORT.sub(lambda found: found[0] if found[1] in words("not_names") else f" {ROAD_NAME} ", text)


def find(text: str) -> Place | None:
    """The place a message names, or None. Never an error.

    A kelurahan is named only when the words allow a single one; "kel." or "kec." before a name decides between the
    two, and a bare name that both carry (Beji, Limo) means the kecamatan. "Depok" alone is the city.
    """
    table, names = _gazetteer()
    folded = " ".join(_WORDS.findall(text.lower()))
    kelurahan: set[str] = set()
    kecamatan: set[str] = set()
    road_names, _ = _road_names()
    for found in names.finditer(road_names.sub(" ", folded)):  # Jalan Raya Sawangan also runs through Pancoran Mas
        cue, name = found[1], found[2]
        if name == "depok" and cue != "kel":
            continue
        rows = [row for row in table[name] if cue in (None, row.kind[:3])]
        kinds = {row.kind for row in rows}
        for row in rows:
            if row.kind == "kecamatan":
                kecamatan.add(row.code)
            elif "kecamatan" not in kinds:
                kelurahan.add(row.code)
    road = find_road(text)
    if not kelurahan and not kecamatan:
        return Place(road=road) if road else None
    kelurahan = {code for code in kelurahan if code[:8] in kecamatan} or kelurahan
    parents = {code[:8] for code in kelurahan} or kecamatan
    return Place(
        kecamatan=min(parents) if len(parents) == 1 else None,
        kelurahan=min(kelurahan) if len(kelurahan) == 1 else None,
        road=road,
        candidates=tuple(sorted(kelurahan)),
    )


@dataclass(frozen=True, slots=True)
class Road:
    """A road that is not simply the city's. `owner`: the body that owns it, empty where segments differ."""

    id: str
    name: str
    owner: str


@cache
def roads() -> dict[str, Road]:
    """Every road of `data/roads.toml` by id."""
    return {key: Road(key, row["name"], row["owner"]) for key, row in read_table("roads.toml").items()}


@cache
def _road_names() -> tuple[re.Pattern[str], dict[str, str]]:
    said = {name: key for key, row in read_table("roads.toml").items() for name in row["said"]}
    return re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in sorted(said, key=len, reverse=True))})\b"), said


def find_road(text: str) -> str | None:
    """The id of the road of `data/roads.toml` that the text names first, or None."""
    pattern, said = _road_names()
    found = pattern.search(" ".join(_WORDS.findall(text.lower())))
    return said[found[0]] if found else None
