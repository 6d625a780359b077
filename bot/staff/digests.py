"""/ringkasan: an administrator reads a weekly digest as its readers do, and has it sent once more.

Data: dg:<see, office, again or yes>:<digest>:<agency>.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline, tell
from bot.config import City
from bot.intake import Intake
from bot.staff.access import Action, permit
from bot.texts import label, say, short_day, thousands
from bot.week import Facts, Week, city_facts, leader_facts, office_facts
from storage import agencies, digests, outbox, runs
from storage.moments import MONDAY
from storage.periods import BadPeriod
from storage.tables import Lane, Officer, RunState

NOTICES = {
    "office_digest": "digest",
    "leader_digest": "leader_digest",
    "citizen_digest": "city_digest",
    "channel_digest": "channel_digest",
}
"""Job of the schedule -> the notice its readers get."""


class DigestButton(CallbackData, prefix="dg"):
    verb: str
    digest: str
    agency: str = ""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="digests")
    here.message.register(command, Command("ringkasan"))
    for verb, handler in (("see", see), ("office", office), ("again", again), ("yes", yes)):
        here.callback_query.register(handler, DigestButton.filter(F.verb == verb))
    return here


async def command(message: Message, session: AsyncSession, now: datetime, officer: Officer | None, city: City) -> None:
    await permit(session, officer, Action.ADMINISTER, chat_id=message.chat.id, now=now)
    offered = [name for name in NOTICES if name != "channel_digest" or city.channel]
    rows = [
        [
            (label(f"job.{name}"), f"dg:{'office' if name == 'office_digest' else 'see'}:{name}:"),
            (label("ringkasan.again"), f"dg:again:{name}:"),
        ]
        for name in offered
    ]
    await message.answer(say("ringkasan.which"), reply_markup=inline(rows))


async def office(
    callback: CallbackQuery, session: AsyncSession, now: datetime, officer: Officer | None, city: City
) -> None:
    """Whose digest."""
    await permit(session, officer, Action.ADMINISTER, chat_id=callback.from_user.id, now=now)
    found = await agencies.answering(session, "city", now.astimezone(ZoneInfo(city.timezone)).date())
    buttons = [(agency.short, f"dg:see:office_digest:{agency.id}") for agency in found]
    await tell(callback, say("ringkasan.which_office"), columns(buttons, 3))


async def see(
    callback: CallbackQuery, callback_data: DigestButton, session: AsyncSession, now: datetime,
    officer: Officer | None, intake: Intake, city: City,
) -> None:  # fmt: skip
    """The newest issue, to this administrator alone; counted now, as of that Monday."""
    by = await permit(session, officer, Action.ADMINISTER, chat_id=callback.from_user.id, now=now)
    name = known(callback_data.digest)
    week = await Week.of(session, MONDAY.newest(now, intake.calendar))
    facts = await facts_of(session, name, week, callback_data.agency, intake, city)
    await tell(callback, say("ringkasan.preview", digest=label(f"job.{name}")))
    await outbox.put(session, now=now, lane=Lane.REPLY, chat_id=by.chat_id, notice=NOTICES[name], payload=facts)


async def facts_of(session: AsyncSession, name: str, week: Week, agency: str, intake: Intake, city: City) -> Facts:
    """What the digest says, without what only the Inspektorat counts and without the places a citizen chose.

    Raises: BadPeriod for an unknown office.
    """
    names = await digests.agency_names(session)
    match name:
        case "office_digest":
            if agency not in names:
                raise BadPeriod("old_button")
            guesses = await digests.first_guess(session, week.end)
            return office_facts(week.for_staff, agency, names[agency][0], guesses.get(agency, (0, 0)))
        case "leader_digest":
            staffed = await digests.offices_with_officers(session)
            return leader_facts(week.for_staff, names, staffed, intake.calendar)
        case _:
            return city_facts(week.public) | {"near": [], "channel": city.channel}


async def again(
    callback: CallbackQuery, callback_data: DigestButton, session: AsyncSession, now: datetime,
    officer: Officer | None, intake: Intake, city: City,
) -> None:  # fmt: skip
    """Everybody would get it a second time: asked once more, with how many got it."""
    await permit(session, officer, Action.ADMINISTER, chat_id=callback.from_user.id, now=now)
    name = known(callback_data.digest)
    last = await runs.last(session, name)
    text = say(
        "ringkasan.sure",
        digest=label(f"job.{name}"),
        day=short_day(MONDAY.newest(now, intake.calendar), city.timezone),
        count=thousands(last.done if last else 0),
    )
    await tell(callback, text, [[(label("ringkasan.yes"), f"dg:yes:{name}:")]])


async def yes(
    callback: CallbackQuery, callback_data: DigestButton, session: AsyncSession, now: datetime,
    officer: Officer | None, intake: Intake,
) -> None:  # fmt: skip
    name = known(callback_data.digest)
    await permit(session, officer, Action.ADMINISTER, chat_id=callback.from_user.id, now=now, digest=name)
    last = await runs.last(session, name)
    if last is not None and last.state is RunState.RUNNING:
        await tell(callback, say("ringkasan.running", done=thousands(last.done), total=thousands(last.total)))
        return
    await runs.begin(session, name, MONDAY.newest(now, intake.calendar), now, again=True)
    await tell(callback, say("ringkasan.begun", digest=label(f"job.{name}")))


def known(name: str) -> str:
    """Raises: BadPeriod for a digest there is not."""
    if name not in NOTICES:
        raise BadPeriod("old_button")
    return name
