"""Rows of a file: CSV and XLSX that a spreadsheet program shows and never runs."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.texts import label
from bot.texts.clean import cleaned
from storage.rows import Row

COLUMNS = (
    "number", "came", "kind", "topic", "status", "agency", "kecamatan", "kelurahan", "place", "text", "urgent", "due",
    "answered", "done", "verified", "rating", "supporters",
)  # fmt: skip
"""Columns of an office's export, by the keys of their titles. None says who wrote it."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins so may be run as a formula."""

LONGEST = 32_000
"""Characters of a cell; Excel holds 32,767."""


def safe(value: Any) -> Any:
    """A value as a cell: words that could be a formula get an apostrophe in front, control characters vanish."""
    if not isinstance(value, str):
        return value
    plain = "".join(sign for sign in value if sign >= " " or sign in "\t\n\r")[:LONGEST]
    return f"'{plain}" if plain.startswith(DANGEROUS) or plain.lstrip().startswith(("=", "+", "-", "@")) else plain


def titles() -> list[str]:
    return [label(f"export.{column}") for column in COLUMNS]


def cells(row: Row, zone: str, topics: dict[str, str]) -> list[Any]:
    """One report, in the order of COLUMNS."""
    hidden = label("export.hidden")

    def moment(at: datetime | None) -> str:
        return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if at else ""

    return [
        row.number,
        moment(row.came_at),
        label(f"kind.{row.kind}"),
        topics.get(row.topic, row.topic),
        label(f"status_staff.{row.status}"),
        row.agency,
        "" if row.confidential else row.kecamatan,
        "" if row.confidential else row.kelurahan,
        hidden if row.confidential else cleaned(row.place, row.author),
        hidden if row.confidential else cleaned(row.text, row.author),
        label("export.yes") if row.urgent else "",
        moment(row.due_at),
        moment(row.answered_at),
        moment(row.closed_at),
        moment(row.verified_at),
        row.rating or "",
        row.supporters,
    ]


def lines(rows: Iterable[Row], zone: str, topics: dict[str, str]) -> list[list[Any]]:
    return [cells(row, zone, topics) for row in rows]


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]], separator: str = ";") -> bytes:
    """UTF-8 with a byte order mark, so that a spreadsheet program reads it right; `;` is what it expects here."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    for row in (head, *rows):
        writer.writerow([safe(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """A workbook: name of a sheet -> (titles, rows)."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for name, (head, rows) in sheets.items():
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        for at, title in enumerate(head):
            sheet.column_dimensions[chr(65 + at)].width = max(12, min(48, len(title) + 6))
        bold = [WriteOnlyCell(sheet, value=safe(title)) for title in head]
        for cell in bold:
            cell.font = Font(bold=True)
        sheet.append(bold)
        for row in rows:
            sheet.append([safe(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
