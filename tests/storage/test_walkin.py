"""Reports on their way into SP4N-LAPOR!: masked, without names, and nothing a spreadsheet would run."""

import csv
import io
from datetime import UTC, datetime

import pytest

from storage import walkin
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.tables import Report

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


async def report(database: Database, number: str, text: str, **changes: object) -> None:
    async with database.transaction() as session:
        citizen = await walkin.person(session, "Siti Aminah", NOW)
        values = {"citizen_id": citizen.id, "kind": Kind.COMPLAINT, "status": Status.TRIAGE, "text": text}
        session.add(Report(number=number, draft_id=number, created_at=NOW, status_at=NOW, **(values | changes)))


async def test_what_is_not_there_yet_is_exported(database: Database) -> None:
    await report(database, "DPK-26-000001", "=HYPERLINK(1)", place="@pasar")
    await report(database, "DPK-26-000002", "Sudah di sana", sp4n_number="12345678")
    await report(database, "DPK-26-000003", "Pungli oleh pejabat", misconduct=True)
    await report(database, "DPK-26-000004", "Hubungi 0812", anonymous=True)
    async with database.reading() as session:
        content, many = await walkin.export(session, "Asia/Jakarta", lambda words: words.replace("0812", "***"))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["nomor"] for row in rows] == ["DPK-26-000001", "DPK-26-000004"]
    assert many == 2
    assert (rows[0]["isi"], rows[0]["lokasi"]) == ("'=HYPERLINK(1)", "'@pasar")
    assert (rows[1]["isi"], rows[1]["anonim"]) == ("Hubungi ***", "ya")
    assert b"Siti" not in content


@pytest.mark.parametrize("tracking", ["1", "x" * 41, "12 34", "<b>1</b>"])
async def test_a_strange_tracking_number_is_refused(database: Database, tracking: str) -> None:
    await report(database, "DPK-26-000001", "Lampu mati")
    async with database.transaction() as session:
        with pytest.raises(walkin.Sp4nError):
            await walkin.track(session, 1, tracking)
        assert (await walkin.track(session, 1, "LPR-12345")).sp4n_number == "LPR-12345"
        assert (await walkin.track(session, 1, "-")).sp4n_number is None
