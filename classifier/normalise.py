"""Written Indonesian, made comparable: one message in, a list of plain words out.

Order matters: cut, fold, mask what is not about the problem (links, mentions, numbers), read chat spelling (elongation,
"jalan2", abbreviations, slang, regional words), then mask the names of places. Each step has its line in the ablation
table of `docs/classifier.md`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from classifier.stems import root_words
from classifier.tables import read_table, words

HEAD, TAIL = 1_400, 600
"""Characters kept of a longer message: how it begins, and how it ends, where the point of a long story often is."""

LINK, NUMBER, QUESTION = "tautan", "angka", "tandatanya"
"""Words that stand for a link, a number, a question mark."""

LANDMARK = "namatempat"
"""Stands for a landmark, as for any name of a place."""

SPOKEN_NUMBERS = frozenset({"110", "112", "113", "119", "123"})
"""Numbers that mean something by themselves: the hotlines people name."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_LINKS = re.compile(r"https?://\S+|www\.\S+|\b[\w.-]+\.(?:go\.id|co\.id|com|id|net|org)\b\S*")
_MENTIONS = re.compile(r"[@#](\w+)")
_PLURALS = re.compile(r"\b([a-z]{3,})(?:2|²|\"|''|\u201d)(?=\W|nya|an|$)")
_TOKENS = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,:]\d+)*|\?")
_REDUPLICATED = re.compile(r"\b([a-z]{3,})-\1(an|nya|ku|mu)?\b")
_ELONGATED = re.compile(r"([a-z])\1{2,}")
_CLITICS = re.compile(r"(?<=[a-z]{3})(?:nyalah|nya|kah|lah|keun|pun)$")
_WHOLE = frozenset(
    {"bertanya", "ditanya", "nanya", "menanya", "adalah", "masalah", "sekolah", "setelah", "sebelah", "jumlah"}
)


@dataclass(frozen=True, slots=True)
class Slang:
    """The table of `data/slang.toml`: single words, and phrases by their first word, longest first."""

    words: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]


@cache
def slang() -> Slang:
    """The slang table, read once."""
    table = read_table("slang.toml")
    words: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for rows in table.values():
        for said, meant in rows.items():
            parts, target = tuple(said.replace("-", " ").split()), tuple(meant.split())
            if len(parts) == 1:
                words.setdefault(said, target)
            else:
                phrases.setdefault(parts[0], []).append((parts, target))
    ordered = {first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in phrases.items()}
    return Slang(words, ordered)


def cut(text: str) -> str:
    """At most HEAD + TAIL characters of `text`."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} {text[-TAIL:]}"


def fold(text: str) -> str:
    """Lower case, one form for each letter, control and direction marks gone."""
    return _CONTROL.sub(" ", unicodedata.normalize("NFKC", cut(text))).lower()


def tokens(text: str) -> list[str]:
    """Words, numbers and question marks of a message in chat spelling, before slang is read."""
    text = _MENTIONS.sub(r" \1 ", _LINKS.sub(f" {LINK} ", fold(text)))
    text = _PLURALS.sub(r"\1 ", text)
    text = _REDUPLICATED.sub(r"\1\2", text).replace("'", "")
    text = _ELONGATED.sub(r"\1", text)
    return _TOKENS.findall(text)


def read_slang(said: list[str]) -> list[str]:
    """Standard spelling for phrases and words of the slang table; greetings vanish."""
    table, out, at = slang(), list[str](), 0
    while at < len(said):
        word = said[at]
        for parts, target in table.phrases.get(word, ()):
            if tuple(said[at : at + len(parts)]) == parts:
                out.extend(target)
                at += len(parts)
                break
        else:
            out.extend((word,) if word.isdecimal() else _standard(word))  # each number is new: none is remembered
            at += 1
    return out


@lru_cache(maxsize=8192)
def _standard(word: str) -> tuple[str, ...]:
    """What one written word means: by the table, else without a clitic, by the table again."""
    known = slang().words
    if word in known:
        return known[word]
    bare = _CLITICS.sub("", word)
    if bare == word or word in _WHOLE or word in root_words():  # "langkah" and "himpun" only look as if they had one
        return (word,)
    return known.get(bare, (bare,))


def mask_numbers(said: list[str]) -> list[str]:
    """Numbers become one word, except hotlines; a question mark becomes a word."""
    out = []
    for word in said:
        if word == "?":
            out.append(QUESTION)
        elif word[0].isdigit() and word not in SPOKEN_NUMBERS:
            if not out or out[-1] != NUMBER:
                out.append(NUMBER)
        else:
            out.append(word)
    return out


def hide_landmarks(said: list[str]) -> list[str]:
    """Landmarks that only tell where become LANDMARK: a hole in front of the clinic is no matter for the clinic."""
    beside, landmarks, between = words("beside"), words("landmarks"), words("between")
    out = []
    for at, word in enumerate(said):
        before, earlier = said[at - 1] if at else "", said[at - 2] if at > 1 else ""
        where = before in beside or (earlier in beside and before in between)
        out.append(LANDMARK if word in landmarks and where else word)
    return out


def words_of(text: str) -> list[str]:
    """All steps but the masking of names, which needs to know where they stand (`places.hide_names`)."""
    return hide_landmarks(mask_numbers(read_slang(tokens(text))))
