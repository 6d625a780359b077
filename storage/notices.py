"""Who is told what when something happens to a report. A table, and what fills the outbox from it."""

from datetime import datetime
from typing import Any

from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import addresses, outbox
from storage.addresses import Addresses, Audience
from storage.engine import calendar_of
from storage.lifecycle import OPEN, Status
from storage.standing import standing
from storage.tables import Agency, Attachment, Citizen, Event, Lane, Officer, Report, Supporter, TopicAgency

TOLD: dict[str, tuple[tuple[Audience, str], ...]] = {
    "opened": (),  # the receipt is the bot's own answer; `routed` or `to_triage` follows in the same transaction
    "to_triage": ((Audience.DESK, "report_for_desk"),),
    "routed": ((Audience.OFFICE, "report_for_office"), (Audience.GROUP, "report_for_group")),
    "chosen": (
        (Audience.OFFICE, "report_for_office"),
        (Audience.GROUP, "report_for_group"),
        (Audience.CITIZEN, "your_report_was_routed"),
        (Audience.SUPPORTERS, "supported_moved"),
    ),
    "transferred": (
        (Audience.OFFICE, "report_for_office"),
        (Audience.GROUP, "report_for_group"),
        (Audience.CITIZEN, "your_report_was_transferred"),
        (Audience.SUPPORTERS, "supported_moved"),
    ),
    "returned": ((Audience.DESK, "report_for_desk"), (Audience.CITIZEN, "your_report_is_being_routed")),
    "accepted": ((Audience.CITIZEN, "your_report_was_accepted"), (Audience.SUPPORTERS, "supported_was_accepted")),
    "asked": ((Audience.CITIZEN, "your_report_needs_info"),),
    "answered": ((Audience.TAKER, "citizen_answered"),),
    "added": ((Audience.TAKER, "citizen_added"),),
    "resolved": ((Audience.CITIZEN, "your_report_was_resolved"), (Audience.SUPPORTERS, "supported_was_resolved")),
    "rejected": ((Audience.CITIZEN, "your_report_was_rejected"), (Audience.SUPPORTERS, "supported_was_rejected")),
    "referred": ((Audience.CITIZEN, "your_report_was_referred"), (Audience.SUPPORTERS, "supported_was_referred")),
    "referred_at_once": (),  # told in the receipt
    "disputed": ((Audience.DESK, "report_for_desk"),),
    "reopened": ((Audience.TAKER, "citizen_reopened"), (Audience.SUPPORTERS, "supported_was_reopened")),
    "confirmed": ((Audience.TAKER, "citizen_confirmed"), (Audience.SUPPORTERS, "supported_was_confirmed")),
    "rated": (),  # it counts in the figures; the word that may go with it is read
    "rated_in_words": ((Audience.TAKER, "citizen_rated"),),
    "nudged": ((Audience.TAKER, "citizen_nudged"), (Audience.HEAD, "citizen_nudged")),
    "asked_again": ((Audience.CITIZEN, "your_report_still_asks"),),
    "asked_last": ((Audience.CITIZEN, "your_report_asks_last"),),
    "closed_unanswered": (
        (Audience.CITIZEN, "your_report_closed_unanswered"),
        (Audience.TAKER, "closed_unanswered"),
        (Audience.SUPPORTERS, "supported_was_closed"),
    ),
    "warned": ((Audience.CITIZEN, "your_report_will_close"),),
    "closed_silent": (
        (Audience.CITIZEN, "your_report_closed_unverified"),
        (Audience.SUPPORTERS, "supported_was_closed"),
    ),
    "asked_if_holds": ((Audience.CITIZEN, "does_it_still_hold"),),
    "holds": (),  # it counts in the figures
    "broke_again": (),  # the report that follows says so
    "appealed": ((Audience.HEAD, "appeal_for_head"),),
    "appealed_again": ((Audience.DESK, "appeal_for_desk"),),
    "appeal_answered": ((Audience.CITIZEN, "your_appeal_was_answered"),),
    "appeal_decided": ((Audience.CITIZEN, "your_appeal_was_decided"),),
    "appeal_granted": (
        (Audience.CITIZEN, "your_appeal_was_granted"),
        (Audience.TAKER, "appeal_reopens"),
        (Audience.SUPPORTERS, "supported_was_reopened"),
    ),
    "closed": ((Audience.CITIZEN, "your_report_was_closed"), (Audience.SUPPORTERS, "supported_was_closed")),
    "withdrawn": ((Audience.TAKER, "citizen_withdrew"),),
    "office_merged": ((Audience.CITIZEN, "your_report_was_transferred"),),
    "taker_left": (),  # one notice for all of an officer's reports: storage/personnel.py
    "supported": (),  # the count on the card says it; a message for each would be noise
    "left": (),
    "inherited": ((Audience.CITIZEN, "you_lead_now"),),  # the new author: the old one withdrew
    "privacy_chosen": (),
    "unmasked": (),
    "released": ((Audience.OFFICE, "report_was_released"),),
    "handed": ((Audience.TAKER, "report_was_handed"),),
    "noted": (),  # for inside
    "progressed": ((Audience.CITIZEN, "your_report_progressed"), (Audience.SUPPORTERS, "supported_progressed")),
    "amended": (),  # storage/amend.py edits what was sent
    "extended": ((Audience.CITIZEN, "your_report_was_extended"), (Audience.SUPPORTERS, "supported_was_extended")),
    "split": ((Audience.CITIZEN, "your_report_was_split"),),
    "split_off": ((Audience.OFFICE, "report_for_office"),),
    "merged": ((Audience.CITIZEN, "your_report_was_merged"), (Audience.SUPPORTERS, "supported_was_merged")),
    "took_over": (),  # its office finds the other report's words and supporters on the card
    "raised": (),
    "lowered": (),
    "unsealed": ((Audience.CITIZEN, "your_report_was_unsealed"),),
}
"""Event -> who hears of it, and the notice they get."""

NEW_TO_OFFICE = frozenset({"report_for_office", "report_for_group"})
"""Notices for which officers and groups of an office are asked for at once."""

ANSWERS = frozenset({"progressed", "resolved", "rejected", "referred"})
"""Events that tell the citizen something of substance; a question does not."""


PASSED_ON = frozenset({"note", "was", "photos", "until", "said"})
"""What an event keeps that its notices repeat. `photos` are file ids the citizen is shown with the words."""

CAPTION = 600
"""Characters of an officer's words that fit into the caption of a picture (1,024) with the sentence around them."""


async def facts_of(session: AsyncSession, report: Report, known: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a notice on this report may say, as plain values: it is put into words later, outside of any transaction.

    `known`: its topic's name and its numbers of attachments and supporters, where the caller has them at hand.
    """
    agency = await session.get(Agency, report.agency_id) if report.agency_id else None
    owner = await session.get(Agency, report.owner_id) if report.owner_id else None
    citizen = await session.get_one(Citizen, report.citizen_id)
    taker = await session.get(Officer, report.officer_id) if report.officer_id else None
    return (known or await _looked_up(session, report)) | {
        "report_id": report.id,
        "number": report.number,
        "status": report.status.value,
        "standing": standing(report),
        "rating": report.rating,
        "appeal": report.appeal,
        "kind": report.kind.value,
        "urgent": report.urgent,
        "priority": report.priority,
        "taker": taker.name if taker else "",
        "agency": agency.name if agency else "",
        "channel": agency.channel if agency else "",
        "owner": owner.name if owner else "",
        "text": report.text,
        "author": "" if report.anonymous else citizen.name,
        "anonymous": report.anonymous,
        "confidential": report.confidential,
        "misconduct": report.misconduct,
        "reasons": report.reasons,
        "abusive": report.abusive,
        "place": place_in_words(report.place, report.kelurahan, report.kecamatan),
        "has_pin": report.latitude is not None,
        "due_at": report.due_at.isoformat() if report.due_at else None,
        "first_word_at": calendar_of(session).interim(report.created_at).isoformat() if owed_a_word(report) else None,
        "created_at": report.created_at.isoformat(),
    }


async def _looked_up(session: AsyncSession, report: Report) -> dict[str, Any]:
    named = select(TopicAgency.name).where(TopicAgency.topic == report.topic).limit(1).scalar_subquery()
    counted = select(func.count()).where(Attachment.report_id == report.id).scalar_subquery()
    behind = select(func.count()).where(Supporter.report_id == report.id).scalar_subquery()
    topic, attachments, supporters = (await session.exec(select(named, counted, behind))).one()
    return {"topic": topic or "", "attachments": attachments, "supporters": supporters}


def owed_a_word(report: Report) -> bool:
    """Whether the citizen still waits for a first word of substance."""
    return report.first_answer_at is None and report.status in OPEN


def place_in_words(words: str, kelurahan: str | None, kecamatan: str | None) -> str:
    """`words, Kel. X, Kec. Y`, as far as known."""
    parts = [words, f"Kel. {kelurahan}" if kelurahan else "", f"Kec. {kecamatan}" if kecamatan else ""]
    return ", ".join(part for part in parts if part)


async def owe(
    session: AsyncSession, report: Report, event: Event, now: datetime, known: dict[str, Any] | None = None
) -> None:
    """Owe everybody concerned the news of an event, the same to a chat but once. `known`: see `facts_of`.

    An event without a number is one that a report has but once.
    """
    told = TOLD[event.kind]
    if not told:
        return
    facts = await facts_of(session, report, known) | {"note": "", "was": ""}
    facts |= {name: event.facts[name] for name in PASSED_ON & set(event.facts)}
    about = f"event:{event.id}" if event.id is not None else f"{event.kind}:{report.id}"
    apart = facts | {"photos": []} if shown_apart(facts) else None
    office = None
    if NEW_TO_OFFICE & {notice for _, notice in told} and report.agency_id is not None and not report.misconduct:
        find = addresses.of_office_once if event.id is None else addresses.of_office
        office = await find(session, report.agency_id)
    for audience, notice in told:
        if apart is not None and audience in {Audience.CITIZEN, Audience.SUPPORTERS}:
            await owe_audience(session, report, audience, "photos", facts, f"{about}:photos", now)
        key = f"{about}:{notice}"
        await owe_audience(session, report, audience, notice, apart or facts, key, now, office)


def shown_apart(facts: dict[str, Any]) -> bool:
    """Whether pictures go out in a message of their own: an album has no buttons, and a caption holds few words."""
    photos = facts.get("photos", [])
    return len(photos) > 1 or (len(photos) == 1 and len(facts["note"]) > CAPTION)


async def owe_audience(
    session: AsyncSession,
    report: Report,
    audience: Audience,
    notice: str,
    facts: dict[str, Any],
    key: str,
    now: datetime,
    office: Addresses | None = None,
) -> int:
    """Owe a notice to everybody of an audience, once for each `key`. Returns how many did not have it yet."""
    owed = 0
    if audience is Audience.GROUP:
        return await _owe_groups(session, report, notice, facts, key, now, office)
    for chat_id in await addresses.recipients(session, report, audience, notice, office):
        owed += await outbox.put(
            session,
            now=now,
            lane=Lane.REPLY if report.urgent else Lane.NOTICE,  # danger rings at night
            chat_id=chat_id,
            notice=notice,
            payload=facts,
            dedupe_key=f"{key}:{chat_id}",
            report_id=report.id,
        )
    return owed


async def _owe_groups(
    session: AsyncSession,
    report: Report,
    notice: str,
    facts: dict[str, Any],
    key: str,
    now: datetime,
    office: Addresses | None,
) -> int:
    """To the office's groups, without the author. An accusation of an official is for the Inspektorat alone."""
    owed = 0
    if report.misconduct or report.agency_id is None:
        return owed
    for chat_id, thread in (office or await addresses.of_office(session, report.agency_id)).groups:
        owed += await outbox.put(
            session,
            now=now,
            lane=Lane.NOTICE,
            chat_id=chat_id,
            notice=notice,
            payload=facts | {"author": "", "confidential": report.confidential, "thread": thread},
            dedupe_key=f"{key}:{chat_id}:{thread}",
            report_id=report.id,
        )
    return owed


NEWS: dict[Status, str] = {
    Status.IN_PROGRESS: "accepted",
    Status.NEEDS_INFO: "asked",
    Status.RESOLVED: "resolved",
    Status.REJECTED: "rejected",
    Status.REFERRED: "referred",
    Status.CLOSED: "closed",
    Status.WITHDRAWN: "withdrawn",
    Status.TRIAGE: "returned",
    Status.ASSIGNED: "routed",
}
"""The event that a plain move to a status is recorded as."""
