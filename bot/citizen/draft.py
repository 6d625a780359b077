"""A report that is still being written: a value, its limits, and what it lacks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from bot.intake import Guess, Spot
from storage.evidence import File
from storage.lifecycle import Kind
from storage.reports import Opening

SHORTEST, LONGEST = 10, 10_000
"""Characters of a report's text."""

MOST_FILES = 10
CUT = 3500
"""A text longer than this was probably cut by Telegram, and goes on in the next message."""

LONGEST_PLACE = 300
"""What is longer than this was not meant as a place."""

PLACE_BEGINS = re.compile(
    r"\W*(di|depan|dpn|dekat|deket|samping|belakang|seberang|sebrang|antara|perempatan|pertigaan|simpang|jalan|jl|jln|gang|gg"
    r"|rt|rw|kel|kelurahan|kec|kecamatan|kampung|kp|perum|perumahan|komplek|kompleks|blok|no|nomor|pasar|stasiun)\b",
    re.IGNORECASE,
)

DESK = "desk"
"""The citizen leaves the choice of an office to the triage desk."""


class Unacceptable(Exception):
    """An answer that cannot be used; `code` names the sentence that says so."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Draft:
    """What the citizen has told so far. Kept as a dict in the conversation's data."""

    id: str = field(default_factory=lambda: uuid4().hex[:16])
    text: str = ""
    guess: Guess | None = None
    kind: str | None = None
    office: str | None = None
    """An agency id the citizen chose, DESK, or None for the classifier's choice."""
    place: str = ""
    kecamatan: str | None = None
    kelurahan: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    placed: bool = False
    files: tuple[File, ...] = ()
    pending: str = ""
    """Words of which the citizen has yet to say whether they belong to this report."""
    later: tuple[str, ...] = ()
    """Other matters, to be asked about once this report is sent."""
    asked_name: bool = False
    """The citizen was asked once which of the places of one name is meant."""
    new_matter: bool = False
    """The citizen saw similar reports nearby and said that this is something else."""
    also: str = ""
    """Topic of a second report with the same words, place and files, to follow this one."""
    anonymous: bool = False
    confidential: bool = False
    conduct: str = ""
    """What the citizen says it is about: an `official`'s conduct, or the `service`; empty as long as nobody asked."""

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Draft":
        """Raises: KeyError where the conversation holds no draft."""
        values = dict(data["draft"])
        values["guess"] = Guess(**values["guess"]) if values.get("guess") else None
        values["later"] = tuple(values.get("later", ()))
        values["files"] = tuple(File(**file) for file in values.get("files", ()))
        return cls(**values)

    def plain(self) -> dict[str, Any]:
        """The values as JSON knows them; `dataclasses.asdict` would copy each of them, at three times the cost."""
        parts = {"guess": vars(self.guess) if self.guess else None, "files": [vars(file) for file in self.files]}
        return vars(self) | parts

    def with_text(self, text: str) -> "Draft":
        """Raises: Unacceptable."""
        text = tidy(text)
        if not re.search(r"\w", text):
            raise Unacceptable("text_empty")
        if len(text) > LONGEST:
            raise Unacceptable("text_too_long")
        return replace(self, text=text, guess=None)

    def with_guess(self, guess: Guess) -> "Draft":
        return replace(self, guess=guess)

    def with_more_text(self, text: str) -> "Draft":
        """Raises: Unacceptable."""
        return self.with_text(f"{self.text}\n{tidy(text)}".strip())

    def with_files(self, files: Iterable[File]) -> "Draft":
        """With these files, none twice and at most MOST_FILES in all; the rest is left out."""
        known = {file.unique_id: file for file in (*self.files, *files)}
        return replace(self, files=tuple(known.values())[:MOST_FILES])

    @property
    def has_place(self) -> bool:
        """Whether anything is known of the place, be it settled or not."""
        return self.placed or self.latitude is not None

    def with_pin(self, latitude: float, longitude: float, spot: Spot) -> "Draft":
        """A pin outside of the city waits for the citizen to say that it is meant: it is not `placed` yet."""
        draft = replace(self, latitude=latitude, longitude=longitude, placed=spot.inside)
        if spot.kelurahan or not spot.inside:
            return replace(draft, kecamatan=spot.kecamatan, kelurahan=spot.kelurahan)
        return draft

    def with_kelurahan(self, kecamatan: str, kelurahan: str | None) -> "Draft":
        return replace(self._without_stray_pin(), kecamatan=kecamatan, kelurahan=kelurahan, placed=True)

    def with_place(self, words: str) -> "Draft":
        """Raises: Unacceptable."""
        words = tidy(words)
        if len(re.findall(r"\w", words)) < 3:
            raise Unacceptable("place_too_short")
        return replace(self._without_stray_pin(), place=words[:LONGEST_PLACE], placed=True)

    def _without_stray_pin(self) -> "Draft":
        """A pin that the citizen did not stand by when another place was given is dropped."""
        return self if self.placed else replace(self, latitude=None, longitude=None)

    def with_no_place(self) -> "Draft":
        return replace(self.without_place(), placed=True)

    def without_place(self) -> "Draft":
        return replace(
            self,
            place="",
            kecamatan=None,
            kelurahan=None,
            latitude=None,
            longitude=None,
            placed=False,
            new_matter=False,
        )

    def continued_by(self, words: str) -> bool:
        """Whether these words are the rest of a story that Telegram cut at its 4096 characters."""
        return len(self.text) > CUT and len(words) > LONGEST_PLACE

    def another_matter(self, words: str, guess: Guess) -> bool:
        """Whether words written while this report is open look like a report of their own.

        Somebody may write from two devices, or all at once what bothers them.
        """
        known = self.guess or Guess()
        differs = guess.decision == "auto" and guess.agency != known.agency and guess.topic != known.topic
        return differs and len(words.split()) >= 4 and not PLACE_BEGINS.match(words)

    def needs_more_words(self) -> bool:
        """One word, or next to nothing: an officer could not act on it."""
        return len(self.text) < SHORTEST or len(self.text.split()) < 2

    def follower(self, agency_id: str) -> "Draft":
        """The second report of a message about two things: same words, place and files, another office."""
        known = self.guess or Guess()
        guess = replace(known, agency=agency_id, topic=self.also, decision="auto", second=[], reasons=[], owner=None)
        return replace(self, id=uuid4().hex[:16], guess=guess, office=None, also="", new_matter=True)

    @property
    def accuses(self) -> bool:
        """An official is accused: only the Inspektorat will read it."""
        said = self.guess.conduct if self.guess else ""
        return self.conduct == "official" or (not self.conduct and said == "accused")

    @property
    def asks_conduct(self) -> bool:
        return not self.conduct and self.guess is not None and self.guess.conduct == "ask"

    def opening(self, citizen_id: int) -> Opening:
        guess = self.guess or Guess()
        return Opening(
            draft_id=self.id,
            citizen_id=citizen_id,
            text=self.text,
            kind=Kind(self.kind or guess.kind),
            urgent=guess.urgent,
            place=self.place,
            kecamatan=self.kecamatan,
            kelurahan=self.kelurahan,
            latitude=self.latitude,
            longitude=self.longitude,
            files=self.files,
            anonymous=self.anonymous,
            confidential=self.confidential,
            misconduct=self.accuses,
        )


def tidy(text: str) -> str:
    """Without control characters and needless white space; line breaks stay."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+", " ", text)).strip()
