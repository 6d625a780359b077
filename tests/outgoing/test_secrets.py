"""Whatever people write, no byte of a digest, a reminder, its picture's caption, a brief, an export or open data tells
an anonymous name, a confidential or sealed report, a telephone number, a NIK, a plate or an e-mail address."""

import asyncio
import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import Phase, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from sqlmodel import col, select
from telegram import InputFile

from bot.archive import month_of
from bot.intake import Intake
from bot.outgoing.documents import Documents
from bot.outgoing.render import PICTURES, Renderer
from bot.schedule.jobs import EDITIONS
from storage.claims import Owed
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.tables import Citizen, Outbox, Report, Role, Subscription
from tests.conftest import settings_for
from tests.schedule.city import CALENDAR, RINA, SITI, TONO, WALI, City, at

NOW = at("2026-11-23", "07:30")
GOVERNMENT = "Pemerintah Kota Depok"
DETAILED = {"export": ("xlsx", "csv"), "forum_brief": ("pdf", "xlsx")}

letters = st.text("bcdfghjklmnprstvwz", min_size=5, max_size=8)
names = st.builds(lambda one, two: f"Qu{one} Xa{two}", letters, letters)  # as in no word of Indonesian
digits = st.text("123456789", min_size=8, max_size=8)


@dataclass(frozen=True)
class Secret:
    """What was written, and how it is looked for: in lower case, without what stands between figures."""

    written: str
    looked_for: str


def phone(found: str, form: str) -> Secret:
    one, two = found[:4], found[4:]
    written = {
        "plain": f"081{found}", "dashes": f"0812-{one}-{two}", "spaces": f"0812 {one} {two}",
        "abroad": f"+62 812 {one} {two}", "bare": f"62812{found}", "dots": f"0812.{one}.{two}",
        "brackets": f"(0812) {one}-{two}",
    }[form]  # fmt: skip
    return Secret(written, found)


def nik(found: str, form: str) -> Secret:
    whole = f"3276{found[:4]}{found}"
    parts = [whole[at : at + 4] for at in range(0, 16, 4)]
    return Secret({"plain": whole, "spaces": " ".join(parts), "dashes": "-".join(parts), "dots": ".".join(parts)}[form],
                  whole)  # fmt: skip


phones = st.builds(phone, digits, st.sampled_from(["plain", "dashes", "spaces", "abroad", "bare", "dots", "brackets"]))
niks = st.builds(nik, digits, st.sampled_from(["plain", "spaces", "dashes", "dots"]))
plates = st.builds(
    lambda number, end, gap: Secret(f"B{gap}{number}{gap}{end}", f"b{number}{end.lower()}"),
    st.text("123456789", min_size=4, max_size=4),
    st.text("QWXZ", min_size=3, max_size=3),
    st.sampled_from([" ", ""]),
)
mails = st.builds(lambda name: Secret(f"qz{name}@contoh.co.id", f"qz{name}"), letters)
said = st.sampled_from(
    ["Lampu jalan mati, hubungi {0} atau {1}", "Parkir liar oleh {1} di trotoar. NIK saya {0}", "{0} {1} lampu padam",
     "PJU mati gelap sekali ({0}); {1}", "lampu jalan padam\n{0}\n{1}", "Ada {1}: jalan gelap, kabari {0}."]
)  # fmt: skip


@dataclass
class Told:
    """A report, who wrote it, and what must not be read anywhere."""

    name: str
    text: str
    secrets: list[Secret]
    flags: dict[str, bool] = field(default_factory=dict)
    status: Status = Status.ASSIGNED
    kelurahan: str = "Kukusan"


@st.composite
def reports(draw: st.DrawFn) -> Told:
    name, one, two = draw(names), draw(phones | niks), draw(phones | niks | plates | mails)
    secrets = [one, two, *(Secret(part, part.lower()) for part in name.split())]
    text = draw(said).format(one.written, two.written)
    if draw(st.booleans()):
        text = f"Saya {name}. {text}"
    flag = draw(st.sampled_from(["", "", "anonymous", "confidential", "misconduct"]))
    if flag in {"confidential", "misconduct"}:
        hidden = "zq" + draw(letters)
        text, secrets = f"{text} {hidden}", [*secrets, Secret(hidden, hidden)]
    return Told(name, text, secrets, {flag: True} if flag else {},
                draw(st.sampled_from([Status.ASSIGNED, Status.IN_PROGRESS, Status.RESOLVED])),
                draw(st.sampled_from(["Kukusan", "Beji", "Tanah Baru"])))  # fmt: skip


def flat(text: str) -> str:
    """Lower case, and what stands between figures taken out, so that no way of writing a number hides it."""
    return re.sub(r"(?<=\d)[ .()\n-]+(?=\d)", "", re.sub(r"(?<=\bb) (?=\d)|(?<=\d) (?=[a-z]{3}\b)", "", text.lower()))


def leaks(told: list[Told], text: str, kind: str = "") -> list[str]:
    """What of it stands in a text. A reminder shows an office its own citizen's name where they gave it."""
    seen = flat(text)
    return [
        secret.looked_for
        for report in told
        for secret in report.secrets
        if secret.looked_for in seen and (kind != "reminders" or report.flags or secret.written not in report.name)
    ]


def read(value: Any) -> Iterator[str]:
    """Everything that can be read in what is sent: words, captions, buttons, names of files and what is inside."""
    match value:
        case dict():
            for key, one in value.items():
                yield str(key)
                yield from read(one)
        case list() | tuple():
            for one in value:
                yield from read(one)
        case InputFile():
            yield value.filename
            yield from inside(value.filename, value.input_file_content)
        case _:
            yield str(value)


def inside(name: str, content: bytes) -> Iterator[str]:
    yield content.decode("utf-8", "ignore")
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            yield from (book.read(part).decode("utf-8", "ignore") for part in book.namelist())
    if name.endswith(".pdf"):
        paper = pypdfium2.PdfDocument(content)
        yield from (paper[at].get_textpage().get_text_range() for at in range(len(paper)))
        yield from (str(value) for value in paper.get_metadata_dict().values())
        paper.close()


async def everything(url: str, told: list[Told], intake: Intake) -> list[tuple[str, str]]:
    """(kind, text) of all that goes out on a Monday morning, and by hand."""
    settings = settings_for(url, city={"channel": "@depokmendengar"})
    city = City(Database(url), settings)
    await city.begins()
    await city.officer(TONO, "dishub", Role.HEAD)
    await city.officer(RINA, None, Role.TRIAGE)
    await city.officer(WALI, None, Role.LEADER)
    city.watch.turn_to(at("2026-11-17"))
    async with city.database.transaction() as session:
        reader = Citizen(chat_id=SITI, name="Siti", created_at=city.watch())
        session.add(reader)
        await session.flush()
        for scope, value in (("city", ""), ("kecamatan", "Beji"), ("kelurahan", "Kukusan, Beji"), ("topic", "lampu")):
            session.add(
                Subscription(citizen_id=reader.id or 0, scope=scope, value=value, created_at=at("2026-11-16", "08:30"))
            )
        for number, one in enumerate(told):
            author = Citizen(chat_id=SITI + 1 + number, name=one.name, created_at=city.watch())
            session.add(author)
            await session.flush()
            came = city.watch() - timedelta(days=number % 20)
            session.add(
                Report(
                    number=f"DPK-26-{number:06d}", draft_id=f"d{number}", citizen_id=author.id or 0, text=one.text,
                    kind=Kind.COMPLAINT, status=one.status, agency_id="dishub", topic="pju-mati", place=one.text,
                    kecamatan="Beji", kelurahan=one.kelurahan, created_at=came, status_at=came,
                    due_at=NOW + timedelta(days=number % 9 - 4), reasons=[one.secrets[0].written, one.name],
                    closed_at=city.watch() if one.status is Status.RESOLVED else None, **one.flags,
                )
            )  # fmt: skip
    city.watch.turn_to(NOW)
    for edition in EDITIONS:
        await city.publishes(edition.name)
    renderer = Renderer("Asia/Jakarta", GOVERNMENT)
    out: list[tuple[str, str]] = []
    async with city.database.reading() as session:
        rows = (await session.exec(select(Outbox).where(col(Outbox.notice).is_not(None)))).all()
    for row in rows:
        kind = row.notice or ""
        out.append((kind, json.dumps(row.payload, ensure_ascii=False)))  # what pictures are drawn from
        owed = Owed(row.id or 0, row.lane, row.chat_id, None, row.notice, row.payload, 1)
        method, parameters = renderer.request(owed)
        assert (method == "sendPhoto") <= ("caption" in parameters)
        out += [(kind, text) for text in read(parameters)]
    documents = Documents(city.database, "Asia/Jakarta", city.watch, intake=intake, government=GOVERNMENT)
    facts = {"agency_id": "dishub", "agency": "Dinas Perhubungan", "first": "2026-10-01", "last": "2026-11-30",
             "sight": "STAFF", "year": 2026}  # fmt: skip
    for notice, formats in DETAILED.items():
        for form in formats:
            owed = Owed(1, rows[0].lane, TONO, None, notice, facts | {"format": form}, 1)
            _, parameters = await documents.request(owed, nobody)
            out += [(f"{notice}.{form}", text) for text in read(parameters)]
    for with_text in (False, True):
        made, _ = await month_of(settings, 2026, 11, with_text=with_text, today=NOW.date())
        for name, content in made.items():
            out += [(f"opendata.{with_text}", text) for text in inside(name, content)]
    await city.database.close()
    return out


async def nobody(_method: str, _parameters: dict[str, Any]) -> Any:
    return {"message_id": 1}


ALL = {"reminders", *PICTURES.keys() & {"digest", "leader_digest", "city_digest", "channel_digest"}, "export.xlsx",
       "export.csv", "forum_brief.pdf", "forum_brief.xlsx", "opendata.False", "opendata.True"}  # fmt: skip


NAMESAKES = (lambda told: told.name.split()[0], lambda told: told.name.split()[1])
"""Nobody shares a name with anybody: what is open about one must not be taken for the other's secret."""


def search(told: list[Told], sqlite_file: Path, intake: Intake) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(sqlite_file, f"{folder}/secrets.db")
        out = asyncio.run(everything(f"sqlite:///{folder}/secrets.db", told, intake))
    assert {kind for kind, _ in out} == ALL
    assert [(kind, found) for kind, text in out for found in leaks(told, text, kind)] == []


@given_settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(told=st.lists(reports(), min_size=12, max_size=30, unique_by=NAMESAKES))
def test_no_byte_that_goes_out_tells_a_secret(told: list[Told], sqlite_file: Path, classifier: Any) -> None:
    search(told, sqlite_file, Intake(classifier, CALENDAR, "DPK"))


@pytest.mark.soak
@pytest.mark.timeout(1800)
@given_settings(max_examples=100, deadline=None, phases=[Phase.generate])
@given(told=st.lists(reports(), min_size=20, max_size=60, unique_by=NAMESAKES))
def test_no_byte_of_thousands_of_reports_tells_a_secret(told: list[Told], sqlite_file: Path, classifier: Any) -> None:
    search(told, sqlite_file, Intake(classifier, CALENDAR, "DPK"))


@given(told=reports())
def test_the_search_finds_what_is_not_masked(told: Told) -> None:
    text = f"{told.name}: {told.text}"
    assert set(leaks([told], text)) == {secret.looked_for for secret in told.secrets}
