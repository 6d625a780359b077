"""What waits: an office's reports, or the desk's, seen through filters. Data: q:<view>:<argument>:<page>."""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import columns, inline, pages, redraw
from bot.config import City
from bot.intake import Intake
from bot.staff.access import OFFICE, Action, permit
from bot.texts import Html, day, label, paragraphs, say, shorten
from bot.texts.cards import Buttons
from bot.texts.mask import masked
from storage import queue as queues
from storage import reads
from storage.engine import calendar_of
from storage.notices import place_in_words
from storage.queue import VIEWS, Eye, Filter
from storage.tables import Officer, Report

MOST = 24
"""Topics or kelurahan offered as buttons."""


class QueueButton(CallbackData, prefix="q"):
    view: str
    arg: str
    page: int


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="queue")
    here.message.register(queue, Command("antrian"))
    here.callback_query.register(look, QueueButton.filter())
    return here


async def queue(
    message: Message, session: AsyncSession, now: datetime, officer: Officer | None, city: City, intake: Intake
) -> None:
    by = await permit(session, officer, Action.QUEUE, chat_id=message.chat.id, now=now)
    text, buttons = await listed(session, eye(by, session, now), Filter(), 0, city, intake)
    await message.answer(text, reply_markup=inline(buttons))


async def look(
    callback: CallbackQuery,
    callback_data: QueueButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
    intake: Intake,
) -> None:
    """Another filter, another page, or the list of what can be filtered by."""
    by = await permit(session, officer, Action.QUEUE, chat_id=callback.from_user.id, now=now)
    seen_by, page = eye(by, session, now), max(0, min(callback_data.page, 100_000))
    if callback_data.view == "topics":
        await redraw(callback, say("staff.queue_by_topic"), await topics(session, seen_by, intake))
    elif callback_data.view == "places":
        await redraw(callback, say("staff.queue_by_place"), await places(session, seen_by, intake))
    else:
        wanted = filter_of(callback_data, intake)
        await redraw(callback, *await listed(session, seen_by, wanted, page, city, intake))


def eye(officer: Officer, session: AsyncSession, now: datetime) -> Eye:
    return queues.eye_of(officer, officer.role in OFFICE, now, calendar_of(session).without_a_word(now))


def filter_of(button: QueueButton, intake: Intake) -> Filter:
    """What a button asks for; one that asks for nothing we know shows everything."""
    if button.view == "topic" and intake.about(button.arg)[1]:
        return Filter("topic", topic=button.arg)
    if button.view == "place" and button.arg in intake.kelurahan:
        found = intake.kelurahan[button.arg]
        return Filter("place", kelurahan=found.name, kecamatan=found.kecamatan)
    return Filter(button.view if button.view in VIEWS else "all")


def name_of(wanted: Filter, intake: Intake) -> str:
    """A filter in words."""
    if wanted.topic:
        return intake.about(wanted.topic)[1]
    return place_in_words("", wanted.kelurahan, None) if wanted.kelurahan else label(f"queue.{wanted.view}")


def data_of(wanted: Filter, intake: Intake) -> str:
    """The button data that leads to a filter, without its page."""
    code = next((code for code, kel in intake.kelurahan.items()
                 if (kel.name, kel.kecamatan) == (wanted.kelurahan, wanted.kecamatan)), "")  # fmt: skip
    return f"q:{wanted.view}:{wanted.topic or code}"


async def listed(
    session: AsyncSession, seen_by: Eye, wanted: Filter, page: int, city: City, intake: Intake
) -> tuple[Html, Buttons]:
    """A page of the queue, the way to the cards, and the filters with what each would show."""
    found, total = await queues.page(session, seen_by, wanted, page)
    filters = await filter_buttons(session, seen_by, wanted)
    if not found:
        return say("staff.queue_empty" if wanted.view == "all" else "staff.queue_none_such"), filters
    agency = await reads.agency(session, seen_by.agency_id)
    text = paragraphs(
        say(
            "staff.queue_title",
            agency=agency.name if agency else label("staff.queue_desk"),
            filter="" if wanted.view == "all" else say("staff.queue_filter", name=name_of(wanted, intake)),
            total=total,
        ),
        *(line(report, city) for report in found),
    )
    cards = columns([(report.number, f"k:{report.id}:see:") for report in found], 2)
    return text, [*cards, *pages(data_of(wanted, intake), page, total), *filters]


def line(report: Report, city: City) -> Html:
    """One report in a list."""
    return say(
        "staff.queue_line",
        number=report.number,
        status=label(f"status_staff.{report.status}"),
        urgent=label("staff.queue_urgent") if report.urgent else label("staff.queue_first") if report.priority else "",
        due=day(report.due_at, city.timezone),
        text=shorten(masked(report.text), 80),
    )


async def filter_buttons(session: AsyncSession, seen_by: Eye, wanted: Filter) -> Buttons:
    """The filters that would show something else than now."""
    many = await queues.counts(session, seen_by)
    if not many["all"]:
        return []
    pairs = [
        (label("button.filter", name=label(f"queue.{view}"), count=many[view]), f"q:{view}::0")
        for view in VIEWS
        if many[view] and view != wanted.view
    ]
    by = [(label("button.by_place"), "q:places::0"), (label("button.by_topic"), "q:topics::0")]
    return columns([*pairs, *by], 2)


async def topics(session: AsyncSession, seen_by: Eye, intake: Intake) -> Buttons:
    found = [(intake.about(topic)[1], topic, count) for topic, count in await queues.by_topic(session, seen_by, MOST)]
    pairs = [
        (label("button.filter", name=shorten(name, 40), count=count), f"q:topic:{topic}:0")
        for name, topic, count in found
        if name
    ]
    return [*columns(pairs, 1), [(label("button.back"), "q:all::0")]]


async def places(session: AsyncSession, seen_by: Eye, intake: Intake) -> Buttons:
    codes = {(kel.kecamatan, kel.name): code for code, kel in intake.kelurahan.items()}
    found = await queues.by_kelurahan(session, seen_by, MOST)
    pairs = [
        (label("button.filter", name=kelurahan, count=count), f"q:place:{codes[kecamatan, kelurahan]}:0")
        for kecamatan, kelurahan, count in found
        if (kecamatan, kelurahan) in codes
    ]
    return [*columns(pairs, 2), [(label("button.back"), "q:all::0")]]
