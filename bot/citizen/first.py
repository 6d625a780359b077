"""What is said before anything else: whom to call when it is dangerous now, and who answers when the city does not."""

from aiogram.types import Message

from bot.intake import Guess, Intake
from bot.texts import Html, lines, say


async def say_first(message: Message, guess: Guess, before: Guess, intake: Intake) -> None:
    """Emergency numbers, or else the way to a body outside the city; each only once in a draft.

    `before` is what was known of the draft already.
    """
    if (guess.hotlines and not before.hotlines) or (guess.urgent and not before.urgent):
        await message.answer(whom_to_call(guess))
        return
    agency = intake.bodies.get(guess.agency or "") if guess.decision == "auto" else None
    if agency and agency.scope == "outside" and guess.agency != before.agency:
        await message.answer(say("danger.elsewhere", agency=agency.name, channel=agency.channel))


def whom_to_call(guess: Guess) -> Html:
    """The numbers of a guess, the most fitting first; 112 where an urgent one has none."""
    numbers = guess.hotlines or ["112"]
    calls = lines(*(say(f"danger.call_{number}") for number in numbers))
    return say("danger.now" if guess.urgent else "danger.perhaps", numbers=calls)
