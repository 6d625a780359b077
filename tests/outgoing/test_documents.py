"""Files without identity: whatever people write, no name, number or secret gets into a file, and no cell is run."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from bot.archive import month_of
from bot.outgoing import sheets
from bot.outgoing.documents import Documents
from bot.texts.clean import cleaned, without_name
from storage import claims, outbox
from storage.claims import Owed
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.tables import Agency, Citizen, Lane, Outbox, Report
from tests.conftest import settings_for

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
SECRET = "rahasiadapur"
NAME = "Sumarni Hastungkara"


def report(at: int, text: str, **changes: Any) -> Report:
    changes = {"topic": "pju-mati", "place": "", "kecamatan": "Beji", "kelurahan": "Kukusan"} | changes
    came = NOW - timedelta(days=at % 20, minutes=at)
    return Report(
        number=f"DPK-26-{at:06d}", draft_id=f"d{at}", citizen_id=1, kind=Kind.COMPLAINT, status=Status.ASSIGNED,
        agency_id="dishub", text=text, created_at=came, status_at=came, due_at=came + timedelta(days=14), **changes,
    )  # fmt: skip


NASTY = [
    report(1, f"Saya {NAME}, NIK 3276 0112 3456 7890, telepon 0812-3456-7890, lampu mati", anonymous=True),
    report(2, f"{SECRET} tidak boleh dibaca", confidential=True, place=SECRET),
    report(3, f"{SECRET} pungli", misconduct=True),
    report(4, "=HYPERLINK(\"http://x\";\"klik\")"),
    report(5, "+62 812 3456 7890 itu nomor SUMARNI", place="@rumah sumarni no. 12"),
    report(6, "-1+1\tdua\rtiga empat"),
]  # fmt: skip


async def made(database: Database, **facts: Any) -> tuple[bytes, str]:
    asked: list[str] = []

    async def ask(method: str, _parameters: dict[str, Any]) -> Any:
        asked.append(method)
        return {"message_id": 7}

    payload = {"agency_id": "dishub", "agency": "Dinas Perhubungan", "first": "2026-11-01", "last": "2026-11-30",
               "sight": "STAFF", "format": "csv"} | facts  # fmt: skip
    documents = Documents(database, "Asia/Jakarta", lambda: NOW)
    method, parameters = await documents.request(Owed(1, Lane.NOTICE, 5, None, "export", payload, 1), ask)
    assert method == "sendDocument"
    return parameters["document"].input_file_content, parameters["caption"] + " ".join(asked)


async def fill(database: Database, *reports: Report) -> None:
    async with database.transaction() as session:
        session.add(Citizen(id=1, name=NAME, created_at=NOW))
        session.add(Agency(id="dishub", name="Dinas Perhubungan", short="Dishub", scope="city", starts_on=NOW.date()))
        await session.flush()
        session.add_all(reports)


async def test_a_csv_and_a_workbook_of_a_month_tell_everything_but_who(database: Database) -> None:
    await fill(database, *(Report(**row.model_dump()) for row in NASTY))
    content, caption = await made(database)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + 5, "misconduct is not even a row"
    assert [row for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell] == []
    by_number = {row[0]: row for row in rows}
    assert by_number["DPK-26-000002"][8:10] == ["(rahasia)", "(rahasia)"]
    assert "5 laporan" in caption
    book, _ = await made(database, format="xlsx")
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        inside = "".join(opened.read(name).decode() for name in opened.namelist() if name.endswith(".xml"))
    assert "<f>" not in inside, "no formula"
    for found in (content.decode(), inside):
        for secret in (SECRET, "Sumarni", "SUMARNI", "sumarni", "Hastungkara", "7890", "0812"):
            assert secret not in found


async def test_open_data_point_at_nobody(database: Database) -> None:
    few = [report(at, f"Lampu mati, {NAME} 0812-3456-7890", kecamatan="Tapos", kelurahan="Tapos") for at in (30, 31)]
    many = [report(at, f"Lampu mati, kata {NAME} 0812-3456-7890") for at in range(40, 46)]
    delicate = report(50, "dipukul suami", topic="kdrt")
    await fill(database, *(Report(**row.model_dump()) for row in NASTY), *few, *many, delicate)
    settings = settings_for(database.url.replace("+aiosqlite", "").replace("+asyncpg", ""))
    for with_text in (False, True):
        made, _ = await month_of(settings, 2026, 11, with_text=with_text, today=NOW.date())
        whole = b"".join(made.values()).decode()
        for secret in (SECRET, "Sumarni", "sumarni", "SUMARNI", "7890", "DPK-", "dipukul", "pungli", "NIK 3276"):
            assert secret not in whole
        data = json.loads(made["laporan-2026-11.json"])["data"]
        assert len(data) == 4 + len(few) + len(many) + 1
        assert {row["kelurahan"] for row in data} == {None, "Kukusan"}, "two reports of a kelurahan would be known"
        assert [row["kecamatan"] for row in data if row["topik_kode"] == "kdrt"] == [None]
        columns = [row["kolom"] for row in json.loads(made["kamus-data.json"])]
        assert list(data[0]) == columns
        assert made["laporan-2026-11.csv"].decode("utf-8-sig").splitlines()[0] == ",".join(columns)
        assert ("isi" in columns) == with_text


async def test_a_long_file_tells_how_far_it_is(database: Database) -> None:
    await fill(
        database,
        *(
            report(
                at,
                "Lampu mati",
            )
            for at in range(2100)
        ),
    )
    content, said = await made(database)
    assert content.count(b"\n") == 2101
    assert "SendMessage" in said
    assert said.endswith("DeleteMessage")


async def test_a_claim_is_held_while_a_file_is_made(database: Database) -> None:
    async with database.transaction() as session:
        await outbox.put(session, now=NOW, lane=Lane.NOTICE, chat_id=5, notice="export", payload={})
        (row,) = await claims.claim(session, NOW, 5)
        later = NOW + claims.LEASE * 2
        await outbox.renew(session, row.id, later)
        assert await claims.claim(session, later, 5) == []
        assert (await session.get_one(Outbox, row.id)).claimed_at == later


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Nama saya Budi Santoso, jalan rusak", "Nama saya [nama], jalan rusak"),
        ("budi, BUDI dan Budiman", "[nama] dan Budiman"),
        ("Pak Ali di RT 03", "Pak Ali di RT 03"),
    ],
)
def test_the_author_is_struck_from_the_words(text: str, clean: str) -> None:
    assert without_name(text, "Budi Santoso X") in {clean, clean.replace("[nama] dan", "[nama], [nama] dan")}


@given_settings(max_examples=150, deadline=None)
@given(before=st.text(max_size=40), after=st.text(max_size=40), nik=st.from_regex(r"3276\d{12}", fullmatch=True),
       phone=st.from_regex(r"08[1-9]\d{8}", fullmatch=True))  # fmt: skip
def test_whatever_stands_around_them_names_and_numbers_go(before: str, after: str, nik: str, phone: str) -> None:
    said = cleaned(f"{before} {NAME} {nik} {after} {phone}", NAME)
    assert "Sumarni" not in said
    assert nik not in said
    assert phone not in said


@given(st.text(max_size=60))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = sheets.safe(text)
    assert not cell.startswith(sheets.DANGEROUS)
    assert sheets.safe(5) == 5


def test_files_are_made_in_one_place() -> None:
    root = Path(__file__).parents[2] / "bot"
    using = {path.name for path in root.rglob("*.py") if "openpyxl" in path.read_text(encoding="utf-8")}
    assert using <= {"sheets.py"}
