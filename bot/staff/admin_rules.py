"""/kelola: the boundary rules, which say who answers where the topic alone does not. One is switched off, or sends to
another office; the rule itself is data of the program (classifier/data/boundaries.toml)."""

from collections.abc import Awaitable, Callable
from datetime import date

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.types import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline
from bot.intake import Intake
from bot.rules import BoundaryRule
from bot.staff.admin_answers import Screen
from bot.staff.screens import BACK, Admin, ask
from bot.texts import Html, label, lines, paragraphs, say
from bot.texts.cards import Buttons
from storage import agencies, days, offices
from storage.days import OFF
from storage.offices import OfficeError

MOST = 10
"""Rules shown for one word."""


async def show_rules(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    """What was changed; a word that is typed now looks for a rule."""
    await state.set_state(Admin.RULE)
    await state.set_data({})
    changed = await days.rules(session)
    found = [rule for rule in intake.rules.all() if rule.id in changed]
    text = paragraphs(say("admin.rules", total=len(intake.rules.all())),
                      say("admin.rules_changed") if found else "")  # fmt: skip
    return text, [*_listed(found), [(label("button.back"), BACK)]]


def _listed(found: list[BoundaryRule]) -> Buttons:
    return [[(rule.example[:60], f"ad:rule:{rule.id}")] for rule in found[:MOST]]


def _find(intake: Intake, rule_id: str) -> BoundaryRule:
    """Raises: OfficeError."""
    found = intake.rules.find(rule_id)
    if found is None:
        raise OfficeError("rule_unknown")
    return found


async def show_rule(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    await state.clear()
    rule, changed = _find(intake, arg), (await days.rules(session)).get(arg)
    office = changed if changed and changed != OFF else rule.agency
    text = paragraphs(
        say("admin.rule", example=rule.example),
        lines(
            say("admin.rule_topics", topics=", ".join([await _topic(session, topic) for topic in rule.topics])),
            say("admin.rule_office", office=await offices.name_on(session, office, day)) if office else "",
            say("admin.rule_off") if changed == OFF else "",
        ),
    )
    rows: Buttons = [[(label("admin.rule_own"), f"ad:rule_own:{arg}")]] if changed else []
    if changed != OFF:
        rows.append([(label("admin.rule_stop"), f"ad:rule_stop:{arg}")])
    if rule.agency:
        rows.append([(label("admin.rule_move"), f"ad:rule_move:{arg}")])
    return text, [*rows, [(label("button.back"), "ad:rules:")]]


async def _topic(session: AsyncSession, topic: str) -> str:
    """A topic in words; its id for one that no office ever answered."""
    try:
        return await offices.topic_name(session, topic)
    except OfficeError:
        return topic


async def show_rule_stop(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    text = say("admin.rule_sure_stop", example=_find(intake, arg).example)
    return await ask(state, text, "rule", rule=arg, value=OFF)


async def show_rule_own(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    text = say("admin.rule_sure_own", example=_find(intake, arg).example)
    return await ask(state, text, "rule", rule=arg, value="")


async def show_rule_move(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    rule = _find(intake, arg)
    await state.set_data({"rule": rule.id})
    bodies = await agencies.answering(session, "city", day)
    rows = columns([(body.short, f"ad:rule_to:{body.id}") for body in bodies], 2)
    return say("admin.rule_which", example=rule.example), [*rows, [(label("button.back"), f"ad:rule:{rule.id}")]]


async def show_rule_to(
    session: AsyncSession, arg: str, day: date, state: FSMContext, intake: Intake
) -> tuple[Html, Buttons]:
    rule, agency = _find(intake, (await state.get_data()).get("rule", "")), await offices.find(session, arg)
    text = say("admin.rule_sure_move", example=rule.example, name=agency.name)
    return await ask(state, text, "rule", rule=rule.id, value=agency.id)


SCREENS: dict[str, Screen] = {
    name.removeprefix("show_"): handler for name, handler in list(globals().items()) if name.startswith("show_")
}
"""Verb -> what it shows."""


async def word(message: Message, intake: Intake) -> None:
    """Raises: OfficeError."""
    said = (message.text or "").strip().lower()
    found = [rule for rule in intake.rules.all() if said in f"{rule.id} {rule.example.lower()}"]
    if not found:
        raise OfficeError("rule_unknown")
    await message.answer(say("admin.which_rule"), reply_markup=inline(_listed(found)))


WRITTEN: dict[State, Callable[..., Awaitable[None]]] = {Admin.RULE: word}
"""What was asked -> who takes the answer."""
