"""The next question, computed from what a draft lacks: going back and correcting are "clear it and ask again"."""

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline
from bot.citizen.draft import DESK, Draft
from bot.citizen.where import ask_where, place_of
from bot.intake import Guess, Intake
from bot.texts import Html, label, lines, paragraphs, say, shorten
from bot.texts.cards import Buttons
from bot.texts.known import Known, already_reported
from storage import people, privacy


class Ask(StatesGroup):
    """What the bot waits for while a report is being written."""

    TEXT = State()
    PLACE = State()
    CHECK = State()


async def load(state: FSMContext) -> Draft | None:
    data = await state.get_data()
    return Draft.of(data) if "draft" in data else None


async def keep(state: FSMContext, draft: Draft) -> None:
    await state.set_data({"draft": draft.plain()})


async def under_way(state: FSMContext) -> Draft:
    """The report being written; a new one when the bot waits for nothing."""
    return (await load(state) if await state.get_state() else None) or Draft()


async def ask_next(message: Message, state: FSMContext, draft: Draft, intake: Intake, session: AsyncSession) -> None:
    """Keep the draft and ask for the first thing that is missing; the card when nothing is."""
    await keep(state, draft)
    if not draft.text:
        await state.set_state(Ask.TEXT)
        await message.answer(
            say("ask.text_with_files" if draft.files else "ask.text_with_pin" if draft.has_place else "ask.text")
        )
    elif draft.needs_more_words():
        await state.set_state(Ask.TEXT)
        await message.answer(say("ask.more"))
    elif not draft.placed:
        await state.set_state(Ask.PLACE)
        await ask_where(message, draft, intake)
    else:
        await state.set_state(Ask.CHECK)
        found = [] if draft.new_matter else await similar_to(draft, message.chat.id, intake, session)
        first = not await privacy.has_agreed(session, message.chat.id)
        text, buttons = already_reported(draft.id, found, first=first) if found else card(draft, intake, first=first)
        await message.answer(text, reply_markup=inline(buttons))


async def similar_to(draft: Draft, chat_id: int, intake: Intake, session: AsyncSession) -> list[Known]:
    """Open reports nearby that may be the very matter of this draft."""
    citizen_id = await people.citizen_id(session, chat_id)
    topic = draft.guess.topic if draft.guess else None
    return await intake.already_reported(session, draft.opening(citizen_id or 0), topic, citizen_id)


def card(draft: Draft, intake: Intake, *, first: bool) -> tuple[Html, Buttons]:
    """The report as it would be sent, with everything that can still be changed.

    `first`: the citizen has not yet agreed to the notice on personal data, so it stands here, and sending agrees.
    """
    guess = draft.guess or Guess()
    asks = draft.office is None and guess.decision == "ask" and not (draft.accuses or draft.asks_conduct)
    text = paragraphs(
        say("card.title"),
        Html(f"<blockquote>{say('card.text', text=shorten(draft.text, 2000))}</blockquote>"),
        lines(
            say("card.kind", kind=label(f"kind.{draft.kind or guess.kind}")),
            say("card.place", place=place_of(draft)),
            say("card.files", count=len(draft.files)) if draft.files else say("card.no_files"),
            say("card.anonymous" if draft.anonymous or draft.accuses else "card.named"),
            say("card.confidential") if draft.confidential else "",
        ),
        say("card.office_ask") if asks else office_line(draft, guess, intake),
        say("card.accuses_inspectorate") if draft.accuses and "inspektorat" in draft.text.casefold() else "",
        say("card.two", topic=intake.about(guess.second[0])[1]) if offers_two(draft, guess) else "",
        say("card.consent") if first else "",
    )
    buttons: Buttons = [[(label("button.agree_and_send" if first else "button.send"), f"d:{draft.id}:send:")]]
    if draft.asks_conduct:
        buttons = [
            [(label(f"button.{about}"), f"d:{draft.id}:{about}:")] for about in ("about_official", "about_service")
        ]
    if asks:
        buttons = [*office_buttons(draft, guess, intake), *buttons]
    if offers_two(draft, guess):
        buttons.append([(label("button.split"), f"d:{draft.id}:split:")])
    buttons.append(
        [(label("button.change"), f"d:{draft.id}:change:"), (label("button.cancel"), f"d:{draft.id}:cancel:")]
    )
    return text, buttons


def offers_two(draft: Draft, guess: Guess) -> bool:
    return bool(guess.second) and not (draft.also or draft.accuses or draft.asks_conduct)


def office_line(draft: Draft, guess: Guess, intake: Intake) -> Html:
    """Where the report would go."""
    if draft.accuses or draft.asks_conduct:
        return say("card.conduct" if draft.asks_conduct else "card.sealed")
    agency_id = draft.office or (guess.agency if guess.decision == "auto" else None)
    agency = intake.bodies.get(agency_id) if agency_id and agency_id != DESK else None
    if agency is None:
        return say("card.office_desk")
    return say("card.office_outside" if agency.scope == "outside" else "card.office", agency=agency.name)


def office_buttons(draft: Draft, guess: Guess, intake: Intake) -> Buttons:
    """The likely offices, one a row, and the way out."""
    rows = [
        [(shorten(intake.bodies[agency].name, 60), f"d:{draft.id}:office:{agency}")]
        for agency, _ in guess.alternatives
        if agency in intake.bodies
    ]
    return [*rows, [(label("button.let_desk_choose"), f"d:{draft.id}:office:{DESK}")]]


def change_buttons(draft: Draft) -> Buttons:
    """What can be changed on the card."""
    changes = ["change_text", "change_place", "change_files", "change_kind", "change_office"]
    if draft.files:
        changes.insert(3, "drop_files")
    if draft.accuses:
        changes = [name for name in changes if name not in {"change_kind", "change_office"}]
        pairs = [(label(f"button.{name}"), f"d:{draft.id}:{name}:") for name in (*changes, "about_service")]
        return [*columns(pairs, 2), [(label("button.back"), f"d:{draft.id}:show:")]]
    changes.append("be_named" if draft.anonymous else "be_anonymous")
    changes.append("be_public" if draft.confidential else "be_confidential")
    pairs = [(label(f"button.{name}"), f"d:{draft.id}:{name}:") for name in changes]
    return [*columns(pairs, 2), [(label("button.back"), f"d:{draft.id}:show:")]]
