"""Reports written down by an officer for somebody without Telegram, and their way into SP4N-LAPOR!."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import reports
from storage.tables import Agency, Citizen, Report

Masking = Callable[[str], str]

SOURCES = ("counter", "phone", "letter")

ROWS = 5_000
"""Rows of one export: what a person can type into another system in a month."""

COLUMNS = (
    "nomor", "tanggal", "klasifikasi", "judul", "isi", "lokasi", "kecamatan", "kelurahan", "instansi",
    "kanal", "status", "anonim", "rahasia", "tracking_id",
)  # fmt: skip
"""As far as the form of SP4N-LAPOR! is known: docs/sp4n.md says what was not verified."""


class Sp4nError(Exception):
    """`code` names the sentence a person reads: sp4n_form."""

    code = "sp4n_form"


async def person(session: AsyncSession, name: str, now: datetime) -> Citizen:
    """Somebody without a chat: nobody to send news to."""
    citizen = Citizen(chat_id=None, name=name.strip()[:200] or "-", created_at=now, reachable=False)
    session.add(citizen)
    await session.flush()
    return citizen


async def written_down(session: AsyncSession, report_id: int, source: str, officer_id: int) -> Report:
    """Remember how a report came and who took it down."""
    report = await reports.lock(session, report_id)
    report.source, report.entered_by = source, officer_id
    return report


async def track(session: AsyncSession, report_id: int, tracking: str) -> Report:
    """The report's number in SP4N-LAPOR!, or none again for `-`. Raises: Sp4nError."""
    tracking = tracking.strip()
    if tracking != "-" and not (4 <= len(tracking) <= 40 and tracking.replace("-", "").isalnum()):
        raise Sp4nError
    report = await reports.lock(session, report_id)
    report.sp4n_number = None if tracking == "-" else tracking
    return report


async def export(session: AsyncSession, zone: str, masked: Masking) -> tuple[bytes, int]:
    """The newest reports that are not in SP4N-LAPOR! yet, as CSV that a spreadsheet opens without running anything;
    and how many. Misconduct is left out (it has its own way), a citizen's name never stands in it."""
    statement = (
        select(Report, Agency.name)
        .join(Agency, col(Agency.id) == col(Report.agency_id), isouter=True)
        .where(col(Report.sp4n_number).is_(None), col(Report.misconduct).is_(False))
        .order_by(col(Report.id).desc())
        .limit(ROWS)
    )
    found = (await session.exec(statement)).all()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for report, agency in reversed(found):
        writer.writerow(harmless(_row(report, agency or "", zone, masked)))
    return out.getvalue().encode("utf-8-sig"), len(found)


def _row(report: Report, agency: str, zone: str, masked: Masking) -> list[str]:
    text = masked(report.text)
    return [
        report.number,
        f"{report.created_at.astimezone(ZoneInfo(zone)):%d-%m-%Y %H:%M}",
        report.kind.value,
        " ".join(text.split())[:80],
        text,
        masked(report.place),
        report.kecamatan or "",
        report.kelurahan or "",
        agency,
        report.source,
        report.status.value,
        "ya" if report.anonymous else "tidak",
        "ya" if report.confidential else "tidak",
        report.sp4n_number or "",
    ]


def harmless(cells: Iterable[str]) -> list[str]:
    """No cell begins with what a spreadsheet takes for a formula (OWASP, CSV injection)."""
    return [f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell for cell in cells]
