"""Answers the city wrote itself, and what people asked. The answers that ship with the program are in a file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.days import CHANGED
from storage.engine import upsert
from storage.tables import FaqEntry, FaqTally

SHOWN, SOLVED, FORWARDED = "shown", "solved", "forwarded"
FEWEST_QUESTIONS = 2
"""Ways of asking that a new entry must come with; one alone finds next to nothing."""

LONGEST_ANSWER = 700
"""Characters of an answer: what a small phone shows without scrolling twice."""


class BadAnswer(Exception):
    """An entry cannot be kept; `code` names the sentence: faq_too_long, faq_too_few, faq_unknown."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(questions: Iterable[str], answer: str) -> tuple[list[str], str]:
    """Questions without repetitions, and the answer. Raises: BadAnswer."""
    asked = list(dict.fromkeys(filter(None, (question.strip() for question in questions))))
    if len(asked) < FEWEST_QUESTIONS:
        raise BadAnswer("faq_too_few")
    if not 0 < len(answer.strip()) <= LONGEST_ANSWER:
        raise BadAnswer("faq_too_long")
    return asked, answer.strip()


async def changed(session: AsyncSession) -> list[FaqEntry]:
    """Every entry the city changed, added or ended, in a fixed order."""
    return list((await session.exec(select(FaqEntry).order_by(FaqEntry.id))).all())


async def find(session: AsyncSession, entry_id: str) -> FaqEntry | None:
    return await session.get(FaqEntry, entry_id)


async def put(
    session: AsyncSession,
    entry_id: str,
    *,
    questions: Collection[str],
    answer: str,
    channel: str,
    topics: Collection[str] = (),
    by: int | None,
    now: datetime,
    day: date,
) -> FaqEntry:
    """Write an answer, in place of the one of this id where there is one. `by`: the officer; `day`: checked on.

    Raises: BadAnswer.
    """
    asked, answer = check(questions, answer)
    session.info[CHANGED] = True
    entry = await session.get(FaqEntry, entry_id, with_for_update=True)
    if entry is None:
        entry = FaqEntry(id=entry_id, answer="", channel="", checked_on=day, updated_at=now)
        session.add(entry)
    entry.questions, entry.answer, entry.channel, entry.topics = asked, answer, channel.strip(), list(topics)
    entry.checked_on, entry.updated_at, entry.updated_by, entry.ended_at = day, now, by, None
    return entry


async def end(session: AsyncSession, entry_id: str, *, by: int | None, now: datetime, day: date) -> None:
    """Give this answer to nobody any more, also where it comes from the file."""
    session.info[CHANGED] = True
    entry = await session.get(FaqEntry, entry_id, with_for_update=True)
    if entry is None:
        entry = FaqEntry(id=entry_id, answer="", channel="", checked_on=day, updated_at=now)
        session.add(entry)
    entry.ended_at, entry.updated_at, entry.updated_by = now, now, by


async def count(session: AsyncSession, entry_id: str, outcome: str, day: date) -> None:
    """One more time that an answer was shown, was enough, or was not."""
    statement = upsert(session, FaqTally).values(day=day, entry=entry_id, outcome=outcome, count=1)
    await session.exec(
        statement.on_conflict_do_update(
            index_elements=["day", "entry", "outcome"], set_={"count": col(FaqTally.count) + 1}
        )
    )


@dataclass(frozen=True)
class Asked:
    """How often an entry was asked for, and what became of it. What was neither solved nor forwarded was left open."""

    entry: str
    shown: int
    solved: int
    forwarded: int


async def asked(session: AsyncSession, start: date, end: date) -> list[Asked]:
    """What people asked from `start` up to but not including `end`, the most asked first."""
    statement = (
        select(FaqTally.entry, FaqTally.outcome, func.sum(FaqTally.count))
        .where(FaqTally.day >= start, FaqTally.day < end)
        .group_by(FaqTally.entry, FaqTally.outcome)
    )
    counts: dict[str, dict[str, int]] = {}
    for entry, outcome, times in (await session.exec(statement)).all():
        counts.setdefault(entry, {})[outcome] = int(times)
    found = [Asked(e, n.get(SHOWN, 0), n.get(SOLVED, 0), n.get(FORWARDED, 0)) for e, n in counts.items()]
    return sorted(found, key=lambda row: (-row.shown, row.entry))
