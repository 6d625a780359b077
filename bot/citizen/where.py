"""The questions about the place of a report, and the place in words."""

from aiogram.types import Message, ReplyKeyboardRemove

from bot.chat import columns, inline, place_keyboard
from bot.citizen.draft import Draft
from bot.intake import Guess, Intake
from bot.texts import Html, label, say
from bot.texts.cards import Buttons
from storage.notices import place_in_words


async def ask_where(message: Message, draft: Draft, intake: Intake) -> None:
    """Ask for the place; or whether a pin outside of the city is meant."""
    if draft.latitude is not None and draft.longitude is not None:
        await ask_outside(message, draft, intake)
        return
    guesses = guessed_places(draft.guess)
    if not guesses:
        question = say("ask.place")
    elif len(guesses) == 1:
        question = say("ask.place_guess", place=next(iter(guesses)))
    else:
        question = say("ask.place_one_of", places=label("ask.or").join(guesses))
    await message.answer(question, reply_markup=place_keyboard(list(guesses)))


async def ask_outside(message: Message, draft: Draft, intake: Intake) -> None:
    """The pin is not in the city: a slip of the finger, or meant so?"""
    spot = intake.where(draft.latitude or 0, draft.longitude or 0)
    question = say("ask.outside_in", place=spot.neighbour) if spot.neighbour else say("ask.outside")
    yes, no = f"d:{draft.id}:abroad:", f"d:{draft.id}:change_place:"
    await message.answer(
        question, reply_markup=inline([[(label("button.change_pin"), no)], [(label("button.keep_pin"), yes)]])
    )


async def ask_meant(message: Message, draft: Draft, codes: tuple[str, ...], intake: Intake) -> None:
    """The name is that of several places: which one?"""
    buttons = [[option(draft, code, intake)] for code in codes]
    await message.answer(say("ask.place_meant"), reply_markup=inline(buttons))


def option(draft: Draft, code: str, intake: Intake) -> tuple[str, str]:
    """A button for one reading of a name: a kelurahan, the rest of a kecamatan, or the rest of the city."""
    if code in intake.kelurahan:
        return name_of_kelurahan(intake, code), f"d:{draft.id}:kel:{code}"
    if code in intake.kecamatan:
        return label("button.rest_of_kecamatan", kecamatan=intake.kecamatan[code]), f"d:{draft.id}:kec:{code}"
    return label("button.rest_of_city"), f"d:{draft.id}:city:"


def name_of_kelurahan(intake: Intake, code: str) -> str:
    """`Curug, Bojongsari`; `Kel. Beji, Kec. Beji` where both are called the same."""
    kel = intake.kelurahan[code]
    return place_in_words("", kel.name, kel.kecamatan) if kel.name == kel.kecamatan else f"{kel.name}, {kel.kecamatan}"


async def place_noted(message: Message) -> None:
    """Take the place keyboard away; a message can carry either that or the buttons of the card."""
    await message.answer(say("ask.place_noted"), reply_markup=ReplyKeyboardRemove())


def guessed_places(guess: Guess | None) -> dict[str, tuple[str, str | None]]:
    """Places found in the words of the message: how each is called -> (kecamatan, kelurahan)."""
    if guess is None:
        return {}
    if guess.places:
        return {f"{kelurahan}, {kecamatan}": (kecamatan, kelurahan) for kelurahan, kecamatan in guess.places}
    if not guess.kecamatan:
        return {}
    return {place_in_words("", guess.kelurahan, guess.kecamatan): (guess.kecamatan, guess.kelurahan)}


def place_of(draft: Draft) -> str:
    """The place of a draft in words."""
    pin = label("card.place_pin") if draft.latitude is not None else ""
    said = place_in_words(draft.place, draft.kelurahan, draft.kecamatan)
    return ", ".join(filter(None, [said, pin])) or label("card.place_none")


def kecamatan_list(draft: Draft, intake: Intake) -> tuple[Html, Buttons]:
    pairs = [(name, f"d:{draft.id}:kec:{code}") for code, name in sorted(intake.kecamatan.items(), key=lambda x: x[1])]
    return say("ask.kecamatan"), columns(pairs, 2)


def kelurahan_list(draft: Draft, code: str, intake: Intake) -> tuple[Html, Buttons]:
    """The kelurahan of a kecamatan; who does not know theirs may leave it at that. Raises: KeyError."""
    name = intake.kecamatan[code]
    pairs = sorted(
        (kel.name, f"d:{draft.id}:kel:{at}") for at, kel in intake.kelurahan.items() if kel.kecamatan == name
    )
    rows = columns(pairs, 2)
    rows.append([(label("button.only_kecamatan"), f"d:{draft.id}:only:{code}")])
    return say("ask.kelurahan", kecamatan=name), [*rows, [(label("button.back"), f"d:{draft.id}:city:")]]
