"""The brief: the same groups on every run, names that stay, and nobody's name in any of its bytes."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest

from bot.intake import Intake
from bot.outgoing import brief_pdf
from bot.outgoing.brief import UnknownOffice, gather, quiet
from classifier.clusters import by_topic, clusters
from storage import wishes
from storage.calendar import Calendar
from storage.counting import Sight
from storage.engine import Database
from storage.tables import Report
from tests.outgoing.test_documents import NAME, NASTY, NOW, fill, report

LAMP = ["Lampu jalan mati gelap sekali", "lampu jalan padam sudah seminggu", "PJU mati, jalan gelap"] * 4
PARKING = ["Parkir liar di trotoar", "motor parkir sembarangan di trotoar", "juru parkir liar minta uang"] * 3


def test_later_reports_move_no_earlier_one_and_names_stay(classifier) -> None:  # type: ignore[no-untyped-def]
    early = [("pju-mati", text) for text in LAMP] + [("parkir-liar", text) for text in PARKING]
    first = clusters(classifier, early)
    assert first == clusters(classifier, early)
    later = clusters(classifier, [*early, *[("pju-mati", "Lampu jalan mati total di gang")] * 3])
    for group in first:
        if group.terms:
            assert any(set(group.members) <= set(other.members) for other in later)
    assert [group.topic for group in by_topic(early)] == ["pju-mati", "parkir-liar"]
    assert clusters(classifier, []) == []


async def test_a_cluster_keeps_its_key_and_its_name(database: Database) -> None:
    await fill(database)
    async with database.transaction() as session:
        (row,) = await wishes.recognise(session, "dishub", [("pju-mati", ["lampu", "mati", "gelap"])], NOW)
        await wishes.rename(session, row.key, "  Lampu  mati ", None, NOW)
        found = [("pju-mati", ["bayar", "pasang"]), ("pju-mati", ["lampu", "gelap", "tiang"])]
        other, same = await wishes.recognise(session, "dishub", found, NOW + timedelta(days=1))
        assert (same.key, same.name) == (row.key, "Lampu mati")
        assert (other.key != row.key, other.name) == (True, "")
        with pytest.raises(wishes.BadName):
            await wishes.rename(session, row.key, "x" * 81, None, NOW)


async def test_no_byte_of_the_brief_names_anybody(database: Database, classifier) -> None:  # type: ignore[no-untyped-def]
    many = [report(100 + at, f"{text}, saya {NAME} 0812-3456-7890") for at, text in enumerate(LAMP)]
    secret = [report(200 + at, f"{text} anonimku", anonymous=True) for at, text in enumerate(LAMP)]
    await fill(database, *(Report(**row.model_dump()) for row in NASTY), *many, *secret)
    intake = Intake(classifier, Calendar.of("Asia/Jakarta"), "DPK")
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    whole = await gather(database, intake, "Pemerintah Kota", "dishub", 2026, Sight.STAFF, now, quiet)
    assert whole.matters[0].quotes
    paper = pypdfium2.PdfDocument(brief_pdf.pdf(whole, intake.tiles, None))
    said = "\n".join(paper[at].get_textpage().get_text_range() for at in range(len(paper)))
    paper.close()
    with zipfile.ZipFile(io.BytesIO(brief_pdf.workbook(whole))) as book:
        inside = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "Apa yang diminta warga" in said
    for words in (said, inside):
        for hidden in ("Sumarni", "SUMARNI", "Hastungkara", "7890", "rahasiadapur", "anonimku", "pungli"):
            assert hidden not in words
    with pytest.raises(UnknownOffice):
        await gather(database, intake, "x", "entah", 2026, Sight.STAFF, now, quiet)
