"""One report on an officer's screen, and the buttons under it. Data: k:<report>:<verb>:<argument>."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import inline, redraw, tell
from bot.config import City
from bot.staff.access import Action, permit
from bot.texts import Html, label, lines, moment, paragraphs, say, shorten
from bot.texts.cards import Buttons, more_buttons, office_card
from bot.texts.mask import masked
from storage import notices, offices, outbox, reads, reports
from storage.numbers import number_in
from storage.reports import UnknownReport
from storage.tables import ActorKind, Event, Lane, Officer, Report

ALBUM = frozenset({"photo", "video"})
SEND = {"voice": "sendVoice", "video_note": "sendVideoNote", "audio": "sendAudio", "animation": "sendAnimation"}
HISTORY = 30
"""Lines of a timeline that fit into one message."""


class CaseButton(CallbackData, prefix="k"):
    report: int
    verb: str
    arg: str = ""


def router() -> Router:
    """Fresh handlers; a router can be attached once."""
    here = Router(name="case")
    here.message.register(case, Command("kasus"))
    for handler in (see, more, less, accept, history, files, pin):
        here.callback_query.register(handler, CaseButton.filter(F.verb == handler.__name__))
    return here


async def card(session: AsyncSession, report: Report, city: City) -> tuple[Html, Buttons]:
    """The report as an officer works on it."""
    return office_card(await notices.facts_of(session, report), city.timezone)


async def open_case(
    session: AsyncSession,
    officer: Officer | None,
    action: Action,
    callback: CallbackQuery,
    report_id: int,
    now: datetime,
) -> tuple[Report, Officer]:
    """The report, locked, and the officer who may do this to it. Raises: UnknownReport, Refused."""
    report = await reports.lock(session, report_id) if officer else None
    return_to = callback.from_user.id
    permitted = await permit(session, officer, action, chat_id=return_to, now=now, report=report)
    if report is None:
        raise UnknownReport
    return report, permitted


async def case(
    message: Message,
    command: CommandObject,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    report = await reads.by_number(session, number_in(command.args or "", city.prefix, now))
    await permit(session, officer, Action.SEE, chat_id=message.chat.id, now=now, report=report)
    if not command.args:
        await message.answer(say("staff.which_case", prefix=city.prefix))
        return
    if report is None:
        raise UnknownReport
    text, buttons = await card(session, report, city)
    await message.answer(text, reply_markup=inline(buttons))


async def see(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    report, _ = await open_case(session, officer, Action.SEE, callback, callback_data.report, now)
    await tell(callback, *await card(session, report, city))


async def accept(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    _, by = await open_case(session, officer, Action.ACCEPT, callback, callback_data.report, now)
    report = await reports.accept(session, callback_data.report, officer_id=by.id or 0, now=now)
    await redraw(callback, *await card(session, report, city))
    await callback.answer(label("staff.accepted", number=report.number))


async def more(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    """What is needed less often, in place of the first buttons."""
    report, _ = await open_case(session, officer, Action.SEE, callback, callback_data.report, now)
    text, _buttons = await card(session, report, city)
    await redraw(callback, text, more_buttons(await notices.facts_of(session, report)))


async def less(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    report, _ = await open_case(session, officer, Action.SEE, callback, callback_data.report, now)
    await redraw(callback, *await card(session, report, city))


async def history(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
    city: City,
) -> None:
    report, _ = await open_case(session, officer, Action.SEE, callback, callback_data.report, now)
    events = (await reads.timeline(session, report.id or 0))[-HISTORY:]
    told = [line(event, city, await office_then(session, event, city)) for event in events]
    await tell(callback, paragraphs(say("staff.history_title", number=report.number), lines(*told)))


async def office_then(session: AsyncSession, event: Event, city: City) -> str:
    """What the office of an event was called on that day; empty for an event without one."""
    agency_id = event.facts.get("agency")
    day = event.at.astimezone(ZoneInfo(city.timezone)).date()
    return await offices.name_on(session, agency_id, day) if agency_id else ""


def line(event: Event, city: City, office: str = "") -> Html:
    """One event in words."""
    note = str(event.facts.get("note", ""))
    if event.actor is ActorKind.CITIZEN:
        note = masked(note)
    return Html(
        say(
            "staff.history_line",
            at=moment(event.at, city.timezone),
            what=label(f"event.{event.kind}"),
            by=label(f"actor.{event.actor}"),
        )
        + (say("staff.history_office", office=office) if office else "")
        + (say("staff.history_note", note=shorten(note, 100)) if note.strip("-") else "")
    )


async def files(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    """Everything the citizen sent: pictures as albums, the rest one by one, each a row of the outbox of its own."""
    report, _ = await open_case(session, officer, Action.SEE, callback, callback_data.report, now)
    found = await reads.files(session, report.id or 0)
    if not found:
        await tell(callback, say("staff.no_files"))
        return
    chat_id, caption = callback.from_user.id, label("staff.files_title", number=report.number)
    pictures = [{"type": file.kind, "media": file.file_id} for file in found if file.kind in ALBUM]
    requests: list[tuple[str, dict[str, Any]]] = []
    for album in (pictures[i : i + 10] for i in range(0, len(pictures), 10)):
        if len(album) == 1:
            kind = album[0]["type"]
            requests.append((f"send{kind.title()}", {kind: album[0]["media"], "caption": caption}))
        else:
            requests.append(("sendMediaGroup", {"media": [album[0] | {"caption": caption}, *album[1:]]}))
    for file in found:
        if file.kind not in ALBUM:
            requests.append((SEND.get(file.kind, "sendDocument"), {file.kind: file.file_id}))
    for method, parameters in requests:
        await outbox.put(
            session, now=now, lane=Lane.REPLY, chat_id=chat_id, method=method, payload={"chat_id": chat_id} | parameters
        )


async def pin(
    callback: CallbackQuery,
    callback_data: CaseButton,
    session: AsyncSession,
    now: datetime,
    officer: Officer | None,
) -> None:
    report, _ = await open_case(session, officer, Action.SEE, callback, callback_data.report, now)
    if report.latitude is not None and report.longitude is not None and callback.bot is not None:
        await callback.bot.send_location(callback.from_user.id, report.latitude, report.longitude)
