"""Blacks out what could point at a person in somebody's own words, before the words reach a group or a digest.

A rule of thumb, not a promise: names and streets stay, and so does a house number without "no." or "blok".
"""

import re
from collections.abc import Iterator

from bot.texts import label

GAP = r"[ \u00a0.()\u2010-\u2015-]"
RUN = re.compile(rf"\b[A-Z]{{2,5}}-\d\d-\d{{6}}\b|[+(]{{0,2}}\d(?:{GAP}{{0,3}}\d)*")
"""A report number, left alone, or figures that may belong together."""

HARMLESS = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[-.](?:0?[1-9]|1[0-2])[-.](?:19|20)?\d\d"  # 24-11-2026
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"  # 2026-11-24
    r"|(?:[01]?\d|2[0-4])\.[0-5]\d(?:-(?:[01]?\d|2[0-4])\.[0-5]\d)?"  # 08.00-15.30
    r"|[1-9]\d{0,2}(?:\.\d{3}){1,4}"  # 1.500.000
    r"|(?:\d|[1-9]\d|1[0-7]\d)\.\d{4,8}"  # 106.8483
)
YEAR = re.compile(r"(?:19|20)\d\d")

SHORTEST_PHONE, SHORTEST_NUMBER, NIK = 9, 10, 16
"""Figures of a telephone number, of an account or a card, and of a NIK or family card."""

CALLED = re.compile(
    r"\b((?:telepon|telp|tlp|hp|wa|whatsapp)\b\W{0,3}(?:ke |di |nomor |no\.? ?)?)\d(?:[ .-]?\d){5,9}(?!\d)", re.I
)
EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")

EMERGENCY = r"11[0-9]\b"
LAW = r"\s*(?:/|tahun\b|thn\b)"
HOUSE = re.compile(
    rf"(?<![a-z])(no|nomor|nomer|kav|kavling)(\.?\s?:?\s?)(?!{EMERGENCY})\d{{1,4}}\s?[a-z]?(?![a-z\d])(?!{LAW})"
    r"(?:\s?[/-]\s?\d{1,4}[a-z]?)?",
    re.I,
)
NUMBERED = re.compile(
    r"\b(?:tiang|gardu|pompa|trayek|angkot|bus|loket|antrean|antrian|tiket|pasal|ayat|poin)\W*$", re.I
)
"""What has numbers, too, and lives in no house."""

BLOCK = re.compile(
    r"(?<![a-z])(blok)(\.?\s?)[a-z]{0,2}[ .-]?\d{1,3}[a-z]?(?![a-z\d])"
    r"(?:\s?[/.-]\s?(?:no\.?\s?)?\d{1,4}[a-z]?(?![a-z\d]))*",
    re.I,
)

REGIONS = (
    "A AA AB AD AE AG B BA BB BD BE BG BH BK BL BM BN BP CC CD D DA DB DC DD DE DG DH DK DL DM DN DP DR DS DT DW E EA"
    " EB ED F G H K KB KH KT KU L M N P PA PB PG PS PT R S T W Z"
)
NOT_A_PLATE = "RT RW NO KM M CM MM KG JT RB TH THN DAN DI KE KK ORG JAM HR ATO KAV"
PLATE = re.compile(
    rf"(?<![A-Za-z\d])(?:{'|'.join(REGIONS.split())})[ .-]?(?:\d{{3,4}}|(?-i:(?<=[A-Z .-])\d{{1,2}}(?=[ .-]?[A-Z])))"
    rf"[ .-]?(?!(?:{'|'.join(NOT_A_PLATE.split())})\b)[A-Z]{{1,3}}(?![A-Za-z\d])",
    re.I,
)
NAMED_PLATE = re.compile(
    r"\b((?:plat|pelat|nopol)(?:\s?(?:nomor|no\.?))?\W{1,3})[A-Z]{1,2}[ .-]?\d{1,4}(?:[ .-]?[A-Z]{1,3})?\b", re.I
)


def masked(text: str) -> str:
    """The same words without NIK, telephone, account and card numbers, e-mail addresses, plates and house numbers.

    Report numbers, dates, times, prices, years, RT, RW and emergency numbers stay. Masking twice changes nothing.
    """
    text = EMAIL.sub(label("mask.email"), text)
    text = RUN.sub(lambda found: _run(found[0]), text)
    text = CALLED.sub(lambda found: found[1] + label("mask.phone"), text)
    text = NAMED_PLATE.sub(lambda found: found[1] + label("mask.plate"), text)
    text = PLATE.sub(label("mask.plate"), text)
    text = BLOCK.sub(_house, text)
    return HOUSE.sub(_house, text)


def _house(found: re.Match[str]) -> str:
    if NUMBERED.search(found.string, max(0, found.start() - 20), found.start()):
        return found[0]
    return found[1] + (found[2] or " ") + label("mask.house")


def _run(figures: str) -> str:
    """Figures that stand together: dates, times and prices stay, what is left is judged by its length."""
    if figures[0].isalpha():
        return figures
    tokens = re.split(r"([ \u00a0]+)", figures)
    words = tokens[::2]
    if all(word == "-" or HARMLESS.fullmatch(word) or YEAR.fullmatch(word) for word in words):
        return figures
    return "".join(_parts(tokens))


def _parts(tokens: list[str]) -> Iterator[str]:
    waiting = ""
    for word, gap in zip(tokens[::2], [*tokens[1::2], ""], strict=True):
        if HARMLESS.fullmatch(word) or (word == "-" and not waiting):
            yield _judged(waiting)
            yield word + gap
            waiting = ""
        else:
            waiting += word + gap
    yield _judged(waiting)


def _judged(figures: str) -> str:
    digits = re.sub(r"\D", "", figures)
    if len(digits) == NIK:
        name = "mask.nik"
    elif len(digits) >= SHORTEST_PHONE and digits.startswith(("0", "62")) and len(digits) < NIK:
        name = "mask.phone"
    elif len(digits) >= SHORTEST_NUMBER:
        name = "mask.number"
    else:
        return figures
    return label(name) + figures[len(figures.rstrip()) :]
