"""/kelola: the answers on file. An answer is changed, added or ended in the chat, and given to citizens at once."""

import re
import unicodedata
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.types import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline
from bot.intake import Intake
from bot.staff.screens import BACK, Admin, ask
from bot.texts import Html, date_in_words, label, lines, paragraphs, say
from bot.texts.answers import answer_card
from bot.texts.cards import Buttons
from storage import faq

PAGE = 8
"""Answers on one page of the list."""

Screen = Callable[[AsyncSession, str, date, FSMContext, Intake], Awaitable[tuple[Html, Buttons]]]


async def show_faqs(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    """A page of the answers; a word that is typed now looks for one."""
    await state.set_state(Admin.FAQ_WORD)
    await state.set_data({})
    page, known = min(int(arg), 1000) if arg.isdecimal() else 0, await _known(session, intake)
    return say("admin.faqs", total=len(known)), [
        *_listed(dict(list(known.items())[page * PAGE : (page + 1) * PAGE])),
        *_turn(page, len(known)),
        [(label("admin.faq_new"), "ad:faq_new:"), (label("button.back"), BACK)],
    ]


def _listed(found: dict[str, str]) -> Buttons:
    return [[(question[:60], f"ad:faq:{entry_id}")] for entry_id, question in found.items()]


def _turn(page: int, total: int) -> Buttons:
    row = [(label("button.previous"), f"ad:faqs:{page - 1}")] if page else []
    row += [(label("button.next"), f"ad:faqs:{page + 1}")] if (page + 1) * PAGE < total else []
    return [row] if row else []


async def _known(session: AsyncSession, intake: Intake) -> dict[str, str]:
    """Id -> its first question: of the file, of the city, and the city's ended ones, which may come back."""
    known = {key: entry.questions[0] for key, entry in intake.answers.shipped().items()}
    for row in await faq.changed(session):
        asked = row.questions[0] if row.questions else known.get(row.id, row.id)
        known[row.id] = f"{label('admin.faq_ended')} {asked}" if row.ended_at else asked
    return known


async def show_faq(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    """One answer, how people ask for it, and who wrote it when."""
    await state.clear()
    entry, row = await _entry(session, arg, intake), await faq.find(session, arg)
    since = say("admin.faq_own", day=date_in_words(row.updated_at.date())) if row else say("admin.faq_shipped")
    text = paragraphs(
        say("admin.faq_ended_since", day=date_in_words(row.updated_at.date())) if row and row.ended_at else "",
        lines(*(say("admin.faq_question", question=question) for question in entry.questions[:6])),
        answer_card(entry.answer, entry.channel, entry.checked, sure=entry.standing == "verified"),
        since,
    )
    end = [(label("admin.faq_end"), f"ad:faq_end:{arg}")] if not (row and row.ended_at) else []
    return text, [
        [(label("admin.faq_change"), f"ad:faq_change:{arg}"), *end],
        [(label("button.back"), "ad:faqs:0")],
    ]


async def _entry(session: AsyncSession, entry_id: str, intake: Intake) -> Any:
    """What the city wrote, else what the program ships with. Raises: BadAnswer."""
    row = await faq.find(session, entry_id)
    found = intake.answers.of_city(row) if row is not None and row.questions else None
    found = found or intake.answers.shipped().get(entry_id)
    if found is None:
        raise faq.BadAnswer("faq_unknown")
    return found


async def show_faq_new(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    await state.set_state(Admin.FAQ_QUESTIONS)
    await state.set_data({})
    return say("admin.faq_ask_questions"), []


async def show_faq_change(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    entry = await _entry(session, arg, intake)
    await state.set_state(Admin.FAQ_ANSWER)
    data = {"entry": arg, "questions": list(entry.questions), "topics": sorted(entry.topics), "channel": entry.channel}
    await state.set_data(data)
    return say("admin.faq_ask_answer", question=entry.questions[0]), []


async def show_faq_end(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    entry = await _entry(session, arg, intake)
    return await ask(state, say("admin.faq_sure_end", question=entry.questions[0]), "faq_end", entry=arg)


async def show_faq_same(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    """The place to ask stays as it was."""
    data = await state.get_data()
    if "answer" not in data:
        raise faq.BadAnswer("faq_unknown")
    return await _preview(state, data, data.get("channel", ""), day)


SCREENS: dict[str, Screen] = {
    name.removeprefix("show_"): handler for name, handler in list(globals().items()) if name.startswith("show_")
}
"""Verb -> what it shows."""


async def word(message: Message, state: FSMContext, session: AsyncSession, intake: Intake) -> None:
    """Raises: BadAnswer."""
    said = (message.text or "").strip().lower()
    known = await _known(session, intake)
    found = {key: question for key, question in known.items() if said in question.lower() or said in key}
    if not found:
        raise faq.BadAnswer("faq_unknown")
    await message.answer(say("admin.faq_which"), reply_markup=inline(_listed(dict(list(found.items())[:PAGE]))))


async def questions(message: Message, state: FSMContext) -> None:
    """Raises: BadAnswer."""
    asked, _ = faq.check((message.text or "").splitlines(), "-")
    await state.set_data({"entry": "", "questions": asked, "topics": [], "channel": ""})
    await state.set_state(Admin.FAQ_ANSWER)
    await message.answer(say("admin.faq_ask_answer", question=asked[0]))


async def answer(message: Message, state: FSMContext) -> None:
    """Raises: BadAnswer."""
    data = await state.get_data()
    _, text = faq.check(data["questions"], message.text or "")
    await state.set_data(data | {"answer": text})
    await state.set_state(Admin.FAQ_CHANNEL)
    same = [[(label("admin.faq_same"), "ad:faq_same:")]] if data["channel"] else []
    await message.answer(say("admin.faq_ask_channel"), reply_markup=inline(same))


async def channel(message: Message, state: FSMContext, now: datetime, intake: Intake) -> None:
    text, buttons = await _preview(state, await state.get_data(), (message.text or "")[:300], intake.answers.today())
    await message.answer(text, reply_markup=inline(buttons))


async def _preview(state: FSMContext, data: dict[str, Any], place: str, day: date) -> tuple[Html, Buttons]:
    shown = paragraphs(say("admin.faq_sure"), answer_card(data["answer"], place, day, sure=True))
    return await ask(state, shown, "faq", **data | {"channel": place})


WRITTEN: dict[State, Callable[..., Awaitable[None]]] = {
    Admin.FAQ_WORD: word,
    Admin.FAQ_QUESTIONS: questions,
    Admin.FAQ_ANSWER: answer,
    Admin.FAQ_CHANNEL: channel,
}
"""What was asked -> who takes the answer."""


async def keep(session: AsyncSession, data: dict[str, Any], *, by: int | None, now: datetime, day: date) -> None:
    """Write the answer that was confirmed. Raises: BadAnswer."""
    entry_id = data["entry"] or await _new_id(session, data["questions"][0])
    await faq.put(
        session,
        entry_id,
        questions=data["questions"],
        answer=data["answer"],
        channel=data["channel"],
        topics=data["topics"],
        by=by,
        now=now,
        day=day,
    )


async def _new_id(session: AsyncSession, question: str) -> str:
    plain = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:18] or "faq"
    at = 1
    while await faq.find(session, f"{stem}-{at}") is not None:
        at += 1
    return f"{stem}-{at}"
