"""Telegram's HTML: parsed into plain text and entities, or refused in TDLib's words.

Offsets and lengths are UTF-16 code units, as everywhere in the Bot API. The errors follow
`parse_html` in TDLib (td/telegram/MessageEntity.cpp), whose byte offsets count UTF-8 bytes.
"""

import re
from dataclasses import dataclass

from bot.simulator.errors import Refusal, bad_request
from bot.simulator.model import Json

TAGS: dict[str, str] = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
START = re.compile(r"<([^\s>/=\"']*)")
ATTRIBUTE = re.compile(r"\s*([^\s=<>/\"']+)\s*(?:=\s*(\"[^\"]*\"|'[^']*'|[^\s>\"']+))?")
DETECT = re.compile(
    r"(?P<bot_command>(?<![\w/])/\w{1,64}(?:@\w{3,32})?)"
    r"|(?P<url>\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<mention>(?<!\w)@\w{4,32}\b)"
)


@dataclass(slots=True)
class Open:
    """A start tag that waits for its end: where it began in the plain text, and the entity it will become."""

    tag: str
    start: int
    entity: Json | None


def utf16(text: str) -> int:
    """Length in UTF-16 code units, the unit of every limit and offset in the Bot API."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Split Telegram HTML into plain text and entities. Raises the 400 that Telegram gives for broken HTML."""
    out: list[str] = []
    length = position = 0
    stack: list[Open] = []
    entities: list[Json] = []
    while position < len(source):
        character = source[position]
        if character == "<":
            position = _tag(source, position, stack, entities, length)
            continue
        text, position = _text(source, position)
        out.append(text)
        length += utf16(text)
    if stack:
        raise _refuse(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    return "".join(out), _sorted(entities)


def detect(text: str, taken: list[Json]) -> list[Json]:
    """Add the entities Telegram finds by itself (commands, links, mentions) where none of `taken` is in the way."""
    found: list[Json] = []
    for match in DETECT.finditer(text):
        kind = match.lastgroup or ""
        offset, length = utf16(text[: match.start()]), utf16(match.group())
        if any(item["offset"] < offset + length and offset < item["offset"] + item["length"] for item in taken):
            continue
        found.append({"type": kind, "offset": offset, "length": length})
    return _sorted([*taken, *found])


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut white space at both ends, as Telegram does, and move the entities along."""
    lead = utf16(text) - utf16(text.lstrip())
    clean = text.strip()
    size = utf16(clean)
    kept: list[Json] = []
    for item in entities:
        start = max(0, item["offset"] - lead)
        end = min(size, item["offset"] + item["length"] - lead)
        if end > start:
            kept.append({**item, "offset": start, "length": end - start})
    return clean, kept


def _text(source: str, position: int) -> tuple[str, int]:
    if source[position] == "&":
        match = REFERENCE.match(source, position)
        if match is None:
            return "&", position + 1
        decimal, hexadecimal, name = match.groups()
        code = NAMED[name] if name else _character(int(decimal) if decimal else int(hexadecimal, 16))
        return (code, match.end()) if code else ("&", position + 1)
    end = position
    while end < len(source) and source[end] not in "<&":
        end += 1
    return source[position:end], end


def _character(code: int) -> str:
    return "" if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


def _tag(source: str, position: int, stack: list[Open], entities: list[Json], length: int) -> int:
    where = len(source[:position].encode())
    if source.startswith("</", position):
        end = source.find(">", position)
        if end < 0:
            raise _refuse(f"Unclosed end tag at byte offset {where}")
        name = source[position + 2 : end].strip().lower()
        if not stack:
            raise _refuse(f"Unexpected end tag at byte offset {where}")
        opened = stack.pop()
        if name and name != opened.tag:
            raise _refuse(f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", found "</{name}>"')
        if opened.entity is not None and length > opened.start:
            entities.append({**opened.entity, "offset": opened.start, "length": length - opened.start})
        return end + 1
    name = START.findall(source[position : position + 64])[0].lower()
    if name not in TAGS:
        raise _refuse(f'Unsupported start tag "{name}" at byte offset {where}')
    attributes, end = _attributes(source, position + 1 + len(name), name, where)
    stack.append(Open(name, length, _entity(name, attributes, where, stack)))
    return end


def _attributes(source: str, position: int, tag: str, where: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while True:
        while position < len(source) and source[position].isspace():
            position += 1
        if position >= len(source):
            raise _refuse(f"Unclosed start tag at byte offset {where}")
        if source[position] == ">":
            return found, position + 1
        match = ATTRIBUTE.match(source, position)
        if match is None:
            raise _refuse(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        value = (match.group(2) or "").strip("\"'")
        found[match.group(1).lower()] = REFERENCE.sub(lambda m: _text(m.group(), 0)[0], value)
        position = match.end()


def _entity(tag: str, attributes: dict[str, str], where: int, stack: list[Open]) -> Json | None:
    if tag == "a":
        url = attributes.get("href", "")
        # Telegram keeps the words and drops the link when the address makes no sense
        return {"type": "text_link", "url": url} if re.match(r"(https?|tg|mailto|tel):", url) else None
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
    if tag == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote"}
    language = attributes.get("class", "")
    if tag == "code" and stack and stack[-1].tag == "pre" and language.startswith("language-"):
        if stack[-1].entity is not None:
            stack[-1].entity["language"] = language.removeprefix("language-")
        return None
    return {"type": TAGS[tag]}


def _sorted(entities: list[Json]) -> list[Json]:
    return sorted(entities, key=lambda item: (item["offset"], -item["length"]))


def _refuse(why: str) -> Refusal:
    return bad_request(f"can't parse entities: {why}")
