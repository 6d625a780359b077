"""What /kelola shows: each screen is words and buttons, drawn from the tables. Data: ad:<verb>:<argument>."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns
from bot.staff.typed import typed
from bot.texts import Html, date_in_words, label, lines, paragraphs, say
from bot.texts.cards import Buttons
from storage import agencies, days, offices
from storage.calendar import DEADLINES, deadline, has_decree

LOOKING = frozenset({"start", "offices", "office", "days", "deadlines", "level"})
"""Screens that ask for nothing: whatever was being written is dropped."""


class Admin(StatesGroup):
    """An administrator is writing."""

    CREATE = State()
    RENAME = State()
    END = State()
    TOPIC = State()
    TOPIC_DAY = State()
    DAY = State()
    FAQ_WORD = State()
    FAQ_QUESTIONS = State()
    FAQ_ANSWER = State()
    FAQ_CHANNEL = State()
    RULE = State()
    SURE = State()


def menu_buttons() -> Buttons:
    names = ("offices", "topics", "rules", "days", "faqs", "deadlines", "level")
    return columns([(label(f"admin.to_{name}"), f"ad:{name}:") for name in names], 2)


BACK = "ad:start:"

Screen = Callable[[AsyncSession, str, date, FSMContext], Awaitable[tuple[Html, Buttons]]]


async def show_start(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    return say("admin.menu"), menu_buttons()


async def show_offices(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    page = min(int(arg), 1000) if arg.isdecimal() else 0
    found, total = await offices.page(session, page, day)
    rows = columns([(agency.short, f"ad:office:{agency.id}") for agency in found], 2)
    turn = [(label("button.previous"), f"ad:offices:{page - 1}")] if page else []
    if (page + 1) * offices.PAGE < total:
        turn.append((label("button.next"), f"ad:offices:{page + 1}"))
    rows += [turn] if turn else []
    return say("admin.offices", total=total), [
        *rows,
        [(label("admin.new_office"), "ad:create:"), (label("button.back"), BACK)],
    ]


async def show_office(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    agency = await offices.find(session, arg)
    heir = await offices.find(session, agency.successor_id) if agency.successor_id else None
    text = lines(
        say("admin.office", name=agency.name, short=agency.short),
        say("admin.office_since", day=date_in_words(agency.starts_on)),
        say("admin.office_until", day=date_in_words(agency.ends_on)) if agency.ends_on else "",
        say("admin.office_heir", name=heir.name) if heir else "",
    )
    return text, [
        [(label("admin.rename"), f"ad:rename:{agency.id}"), (label("admin.end"), f"ad:end:{agency.id}")],
        [(label("button.back"), "ad:offices:0")],
    ]


async def show_create(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    await state.set_state(Admin.CREATE)
    await state.set_data({})
    return say("admin.ask_create"), []


async def show_rename(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    agency = await offices.find(session, arg)
    await state.set_state(Admin.RENAME)
    await state.set_data({"agency": agency.id})
    return say("admin.ask_rename", name=agency.name), []


async def show_end(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    """Who goes on with the work, first."""
    agency = await offices.find(session, arg)
    await state.set_data({"agency": agency.id})
    bodies = [body for body in await agencies.answering(session, "city", day) if body.id != agency.id]
    rows = columns([(body.short, f"ad:heir:{body.id}") for body in bodies], 2)
    none = [(label("admin.no_heir"), "ad:heir:"), (label("button.back"), f"ad:office:{agency.id}")]
    return say("admin.which_heir", name=agency.name), [*rows, none]


async def show_heir(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    data = await state.get_data()
    agency = await offices.find(session, data.get("agency", ""))
    await state.set_state(Admin.END)
    await state.set_data({"agency": agency.id, "heir": arg or None})
    return say("admin.ask_last_day", name=agency.name), []


async def show_topics(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    await state.set_state(Admin.TOPIC)
    await state.set_data({})
    return say("admin.ask_topic"), [[(label("button.back"), BACK)]]


async def show_topic(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    name, found = await offices.topic_name(session, arg), await agencies.answering_topic(session, arg, day)
    await state.set_data({"topic": arg})
    bodies = await agencies.answering(session, "city", day)
    rows = columns([(body.short, f"ad:answers:{body.id}") for body in bodies], 2)
    office = await offices.name_on(session, found[0].id, day) if found else label("card.place_none")
    return say("admin.topic", topic=name, office=office), [*rows, [(label("button.back"), "ad:topics:")]]


async def show_answers(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    data = await state.get_data()
    topic, agency = await offices.topic_name(session, data.get("topic", "")), await offices.find(session, arg)
    await state.set_state(Admin.TOPIC_DAY)
    await state.set_data({"topic": data["topic"], "agency": arg})
    return say("admin.ask_topic_day", topic=topic, name=agency.name), []


async def show_days(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    declared = await days.declared(session, day)
    text = paragraphs(
        say("admin.days"),
        lines(*(say("admin.day", day=date_in_words(row.day), name=row.name) for row in declared[:40]))
        if declared
        else say("admin.no_days"),
        "" if has_decree(day.year + 1) else say("admin.no_decree", year=day.year + 1),
    )
    rows: Buttons = [
        [(label("admin.drop_day", day=f"{row.day:%d-%m-%Y}"), f"ad:drop:{row.day}")] for row in declared[:20]
    ]
    return text, [*rows, [(label("admin.new_day"), "ad:day:"), (label("button.back"), BACK)]]


async def show_day(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    await state.set_state(Admin.DAY)
    await state.set_data({})
    return say("admin.ask_day"), []


async def show_drop(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    which = typed(arg, day)
    return await ask(state, say("admin.sure_drop", day=date_in_words(which)), "drop", day=arg)


async def show_deadlines(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    rows = [
        say(
            "admin.deadline",
            kind=label(f"kind.{kind}"),
            days=deadline(kind, day).working_days,
            since=date_in_words(deadline(kind, day).since),
            verified=label(f"verified.{deadline(kind, day).verified.replace(' ', '_')}"),
        )
        for kind in DEADLINES
    ]
    return paragraphs(say("admin.deadlines"), lines(*rows)), [[(label("button.back"), BACK)]]


async def show_level(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    level = await days.setting(session, days.LOG_LEVEL) or "info"
    pairs = [(label(f"level.{name}"), f"ad:level_to:{name}") for name in days.LEVELS]
    return say("admin.level", level=label(f"level.{level}")), [*columns(pairs, 2), [(label("button.back"), BACK)]]


async def show_level_to(session: AsyncSession, arg: str, day: date, state: FSMContext) -> tuple[Html, Buttons]:
    level = arg if arg in days.LEVELS else "info"
    return await ask(state, say("admin.sure_level", level=label(f"level.{level}")), "level", level=level)


SCREENS: dict[str, Screen] = {
    name.removeprefix("show_"): handler for name, handler in list(globals().items()) if name.startswith("show_")
}
"""Verb -> what it shows."""


async def ask(state: FSMContext, text: Html, what: str, **facts: Any) -> tuple[Html, Buttons]:
    """The change as it would be, and the second confirmation."""
    await state.set_state(Admin.SURE)
    await state.set_data({"what": what} | facts)
    return text, [[(label("admin.yes"), "ad:yes:")], [(label("button.keep"), "ad:no:")]]
