"""A month of reports for an open-data portal: rows that point at nobody, a data dictionary, and metadata."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.outgoing import sheets
from bot.texts import MONTHS, label
from bot.texts.clean import cleaned
from storage.rows import Row
from storage.topic_groups import DELICATE

FIELDS = {
    "tanggal": "date", "jenis": "string", "topik_kode": "string", "topik": "string", "dinas": "string",
    "kecamatan": "string", "kelurahan": "string", "status": "string", "tanggal_jawaban": "date",
    "tanggal_selesai": "date", "tepat_waktu": "boolean", "dipastikan_warga": "boolean", "nilai": "integer",
    "isi": "string",
}  # fmt: skip
"""Column -> type. What each means stands in the texts, under opendata.<column>."""

FEW = 5
"""A place with fewer reports in the month is not named: its neighbours would know whose they are."""


def records(rows: list[Row], zone: str, topics: dict[str, str], *, with_text: bool) -> list[dict[str, Any]]:
    """Public rows, by the day and the kelurahan. The caller passes rows seen as Sight.PUBLIC."""
    plain = [row for row in rows if row.topic not in DELICATE]
    kelurahan = Counter((row.kecamatan, row.kelurahan) for row in plain)
    kecamatan = Counter(row.kecamatan for row in plain)

    def day(at: datetime | None) -> str | None:
        return at.astimezone(ZoneInfo(zone)).date().isoformat() if at else None

    found = []
    for row in rows:
        hidden = row.topic in DELICATE
        known_well = not hidden and kecamatan[row.kecamatan] >= FEW
        in_time = None if row.answered_at is None or row.due_at is None else row.answered_at <= row.due_at
        record = {
            "tanggal": day(row.came_at),
            "jenis": row.kind.value,
            "topik_kode": row.topic or None,
            "topik": topics.get(row.topic) or None,
            "dinas": row.agency or None,
            "kecamatan": row.kecamatan or None if known_well else None,
            "kelurahan": (row.kelurahan or None)
            if known_well and kelurahan[row.kecamatan, row.kelurahan] >= FEW
            else None,
            "status": row.status.value,
            "tanggal_jawaban": day(row.answered_at),
            "tanggal_selesai": day(row.closed_at),
            "tepat_waktu": in_time,
            "dipastikan_warga": row.verified_at is not None,
            "nilai": row.rating,
        }
        if with_text:
            record["isi"] = None if hidden or row.anonymous else cleaned(row.text, row.author)
        found.append(record)
    order = ("tanggal", "topik_kode", "kelurahan")
    return sorted(found, key=lambda record: [str(record[name] or "") for name in order])


def dictionary(*, with_text: bool) -> list[dict[str, str]]:
    """The data dictionary, for machines; docs/open-data.md says the same to people."""
    return [
        {"kolom": name, "tipe": kind, "keterangan": label(f"opendata.{name}")}
        for name, kind in FIELDS.items()
        if with_text or name != "isi"
    ]


def metadata(first: date, government: str, count: int, today: date) -> dict[str, Any]:
    """What Satu Data Indonesia (Perpres 39/2019) asks to be known of a data set; standar and kode are the portal's."""
    month = f"{MONTHS[first.month - 1]} {first.year}"
    return {
        "judul": label("opendata.title", month=month, government=government),
        "deskripsi": label("opendata.description"),
        "produsen_data": label("opendata.producer", government=government),
        "walidata": label("opendata.steward", government=government),
        "frekuensi": label("opendata.monthly"),
        "satuan": label("opendata.unit"),
        "konsep": label("opendata.concept"),
        "cakupan_waktu": f"{first:%Y-%m}",
        "cakupan_wilayah": government,
        "jumlah_baris": count,
        "dibuat": today.isoformat(),
        "lisensi": label("opendata.licence"),
    }


def files(found: list[dict[str, Any]], meta: dict[str, Any], *, with_text: bool) -> dict[str, bytes]:
    """Name -> content: CSV, JSON, dictionary and metadata."""
    columns = [row["kolom"] for row in dictionary(with_text=with_text)]
    stem = f"laporan-{meta['cakupan_waktu']}"
    return {
        f"{stem}.csv": sheets.as_csv(columns, ([_cell(record[name]) for name in columns] for record in found), ","),
        f"{stem}.json": _json({"metadata": meta, "data": found}),
        "kamus-data.json": _json(dictionary(with_text=with_text)),
        f"metadata-{meta['cakupan_waktu']}.json": _json(meta),
    }


def _cell(value: Any) -> Any:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


def _json(value: Iterable[Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
