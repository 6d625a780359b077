"""The answers on file as they stand today: those of the program, and above them those the city wrote in the chat."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlmodel.ext.asyncio.session import AsyncSession

from classifier.faq import Entry, Faq, written
from classifier.prediction import Prediction
from storage import faq
from storage.tables import FaqEntry

if TYPE_CHECKING:
    from classifier import Classifier


class Answers:
    """Empty until `learn`. `today`: the day in the city, which is what the counts are kept by."""

    def __init__(self, today: Callable[[], date]) -> None:
        self.today = today
        self.entries: dict[str, Entry] = {}
        self._faq: Faq | None = None

    def learn(self, changed: Sequence[FaqEntry], classifier: "Classifier | None") -> None:
        """Take over the entries of the file and what the city changed. Takes up to a second or two: in a thread."""
        entries = with_changes(changed)
        self._faq = learnt(tuple(entries.values()), classifier) if classifier else None
        self.entries = entries

    def shipped(self) -> dict[str, Entry]:
        """The entries of the file, by id."""
        return written()

    @staticmethod
    def of_city(row: FaqEntry) -> Entry:
        """An entry that the city wrote; it says itself that it is sure."""
        return Entry(
            row.id, tuple(row.questions), row.answer, row.channel, row.checked_on, "verified", frozenset(row.topics)
        )

    async def to(self, session: AsyncSession, text: str, said: Prediction, *, asked: bool) -> Entry | None:
        """The answer to a question, counted as shown; None where there is none."""
        entry = self._faq.find(text, said, asked=asked) if self._faq else None
        if entry is not None:
            await self.count(session, entry.id, faq.SHOWN)
        return entry

    async def count(self, session: AsyncSession, entry_id: str, outcome: str) -> None:
        """One more time that an answer was shown, was enough or was not; nothing for an entry that does not exist."""
        if entry_id in self.entries:
            await faq.count(session, entry_id, outcome, self.today())


def with_changes(changed: Sequence[FaqEntry]) -> dict[str, Entry]:
    """The entries of the file with those of the city above them, without the ended ones."""
    entries = dict(written())
    for row in changed:
        if row.ended_at is not None:
            entries.pop(row.id, None)
        else:
            entries[row.id] = Answers.of_city(row)
    return entries


@lru_cache(maxsize=1)
def learnt(entries: tuple[Entry, ...], classifier: "Classifier") -> Faq:
    """Learnt once for the same entries and model."""
    return Faq(entries, classifier)
