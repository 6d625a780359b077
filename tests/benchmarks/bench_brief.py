"""How long the brief of one office takes out of many made reports, from the database to PDF and workbook.

    python -m tests.benchmarks.bench_brief [--reports 20000] [--office dishub] [--pages folder]

The words are those of the classifier's corpus, each with a place and two other words, so that no two are the same. It
is measured twice: the reports spread over all offices, and all of them at the one. `--pages` keeps pictures of pages.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
from sqlalchemy import insert

import classifier
from bot import app
from bot.intake import Intake
from bot.outgoing import brief_pdf
from bot.outgoing.brief import Brief, gather, quiet
from classifier import corpus, tables
from storage.counting import Sight
from storage.engine import Database
from storage.lifecycle import Kind, Status
from storage.tables import Citizen, Report
from tests.benchmarks.bench_desk import WORDS
from tests.conftest import settings_for

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
BATCH = 2_000
TARGET = 30.0
"""Seconds."""

STATUSES = (Status.ASSIGNED, Status.IN_PROGRESS, *[Status.CLOSED] * 5, Status.REJECTED)


async def fill(database: Database, count: int, office: str, intake: Intake, *, everywhere: bool) -> None:
    """So many reports of this year: of every office, or of one."""
    draw = random.Random(20_261_124)
    messages = [(one.topics[0], one.text) for one in corpus.read() if len(one.topics) == 1]
    topics = tables.topics()
    told = [
        (topic, text, topics[topic].agency)
        for topic, text in messages
        if topics[topic].agency and (everywhere or topics[topic].agency == office)
    ]
    rows = []
    for number in range(count):
        topic, text, agency = draw.choice(told)
        place = draw.choice(list(intake.kelurahan.values()))
        came = NOW - timedelta(days=327 * number / count)
        status = draw.choice(STATUSES)
        rows.append(
            {"number": f"DPK-26-{number:06d}", "draft_id": f"d{number}", "citizen_id": 1, "kind": draw.choice(
                [Kind.COMPLAINT, Kind.COMPLAINT, Kind.ASPIRATION]), "status": status, "agency_id": agency,
             "topic": topic, "text": f"{text} di {place.name}, {' '.join(draw.sample(WORDS, 2))}", "place": "",
             "kecamatan": place.kecamatan, "kelurahan": place.name, "created_at": came, "status_at": came,
             "due_at": came + timedelta(days=20), "anonymous": draw.random() < 0.2, "closed_at":
             came + timedelta(days=draw.randint(1, 25)) if status in {Status.CLOSED, Status.REJECTED} else None}
        )  # fmt: skip
    async with database.transaction() as session:
        session.add(Citizen(id=1, name="Warga Contoh", created_at=NOW))
        await session.flush()
        for at in range(0, count, BATCH):
            await session.exec(insert(Report), params=rows[at : at + BATCH])


async def measured(count: int, office: str, intake: Intake, *, everywhere: bool) -> tuple[float, Brief, bytes]:
    """(seconds, brief, PDF)."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(f"sqlite:///{folder}/brief.db")
        database = Database(settings.database.url)
        await app.prepare(database, settings, NOW)
        await fill(database, count, office, intake, everywhere=everywhere)
        began = time.monotonic()
        whole = await gather(database, intake, "Pemerintah Kota Depok", office, 2026, Sight.STAFF, NOW, quiet)
        read = time.monotonic()
        pdf = brief_pdf.pdf(whole, intake.tiles, None)
        drawn = time.monotonic()
        brief_pdf.workbook(whole)
        took = time.monotonic() - began
        await database.close()
    own = sum(matter.count for matter in whole.matters)
    print(
        f"{count} reports {'of all offices' if everywhere else 'of ' + office}: {own} in the brief, "
        f"{len(whole.matters)} matters; read and grouped {read - began:.1f} s, PDF {drawn - read:.1f} s, "
        f"workbook {began + took - drawn:.1f} s: {took:.1f} s (target {TARGET:.0f})"
    )
    return took, whole, pdf


def keep_pages(pdf: bytes, folder: Path) -> None:
    """The pages as pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    paper = pypdfium2.PdfDocument(pdf)
    for at in range(len(paper)):
        paper[at].render(scale=1.2).to_pil().save(folder / f"page-{at + 1}.png")
    paper.close()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", type=int, default=20_000)
    options.add_argument("--office", default="dishub")
    options.add_argument("--pages", type=Path)
    given = options.parse_args()
    settings = settings_for("sqlite:///:memory:")
    from tests.models import model_folder

    model = classifier.load(model_folder(Path(".cache")))
    intake = Intake(model, settings.calendar, "DPK")
    seconds = [
        asyncio.run(measured(given.reports, given.office, intake, everywhere=everywhere))
        for everywhere in (True, False)
    ]
    if given.pages:
        keep_pages(seconds[0][2], given.pages)
    return 0 if max(took for took, *_ in seconds) <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
