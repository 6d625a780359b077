"""Everything that is kept about a citizen, as plain values for the person who asks."""

from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import reads
from storage.notices import place_in_words
from storage.tables import Attachment, Citizen, Report, Subscription, Supporter


async def of(session: AsyncSession, citizen: Citizen) -> dict[str, Any]:
    """JSON values: the person, their reports with every line of the timeline, what they support and subscribe to."""
    reports = (await session.exec(select(Report).where(Report.citizen_id == citizen.id).order_by(col(Report.id)))).all()
    supports = select(Report.number).join(Supporter, col(Supporter.report_id) == col(Report.id))
    subscriptions = await session.exec(select(Subscription).where(Subscription.citizen_id == citizen.id))
    return {
        "name": citizen.name,
        "chat_id": citizen.chat_id,
        "since": citizen.created_at.isoformat(),
        "consented_at": citizen.consented_at.isoformat() if citizen.consented_at else None,
        "reports": [await _report(session, report) for report in reports],
        "supports": list((await session.exec(supports.where(Supporter.citizen_id == citizen.id))).all()),
        "subscriptions": [{"scope": str(row.scope), "value": row.value} for row in subscriptions.all()],
    }


async def _report(session: AsyncSession, report: Report) -> dict[str, Any]:
    counted = select(func.count()).select_from(Attachment).where(Attachment.report_id == report.id)
    agency = await reads.agency(session, report.agency_id)
    return {
        "number": report.number,
        "kind": report.kind.value,
        "status": report.status.value,
        "agency": agency.name if agency else "",
        "text": report.text,
        "place": place_in_words(report.place, report.kelurahan, report.kecamatan),
        "pin": [report.latitude, report.longitude] if report.latitude is not None else None,
        "anonymous": report.anonymous,
        "confidential": report.confidential,
        "attachments": (await session.exec(counted)).one(),
        "rating": report.rating,
        "rating_note": report.rating_note,
        "created_at": report.created_at.isoformat(),
        "timeline": [
            {
                "at": event.at.isoformat(),
                "what": event.kind,
                "by": event.actor.value,
                "note": event.facts.get("note", ""),
            }
            for event in await reads.timeline(session, report.id or 0)
            if event.kind != "noted"  # the office's own note
        ],
    }
