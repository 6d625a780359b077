"""Finding reports by their words, places and days, newest first, in milliseconds among a million.

The words of a report (its text, its place, its kelurahan and kecamatan) are indexed by the database itself, so that
nobody can forget to: a generated column with a GIN index in PostgreSQL, an FTS5 table kept by triggers in SQLite.
Neither stands among the models, since each exists on one engine only; `BESIDE_THE_MODELS` names them.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, inspect, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.engine import connection_of
from storage.tables import Report
from storage.types import Moment

BESIDE_THE_MODELS = frozenset(
    {
        "words",
        "ix_report_words",
        *(f"report_words{part}" for part in ("", "_data", "_idx", "_docsize", "_config")),
    }
)
"""The column and the index of PostgreSQL, and the tables of SQLite, that no model declares."""

WORDS = 8
"""Words of a question that count."""

ENDED = 4
"""A word of so many letters is also found with an ending; the last one, which people often break off, with any."""

ENDINGS = ("nya", "an", "kan", "i", "lah", "kah", "ku", "mu")
"""Indonesian endings: `jalan` finds `jalannya`. Nine exact words are looked up ten times as fast as one beginning."""

WINDOW = 2000
"""PostgreSQL looks through so many of the newest reports first: what is common is found there, what is not is rare
enough for the index."""

POSTGRESQL = (
    """ALTER TABLE report ADD COLUMN words tsvector GENERATED ALWAYS AS (
        to_tsvector('simple', regexp_replace(
            "text" || ' ' || place || ' ' || coalesce(kelurahan, '') || ' ' || coalesce(kecamatan, ''),
            '[^[:alnum:]]+', ' ', 'g'))
        || array_to_tsvector(ARRAY['@' || coalesce(agency_id, '')])) STORED""",
    "CREATE INDEX ix_report_words ON report USING gin (words)",
)
"""The office is one of the words, so that a common word in a small office is found as fast as a rare one."""

COLUMNS = '"text", place, kelurahan, kecamatan'
NEW = "new.id, new.text, new.place, new.kelurahan, new.kecamatan"
OLD = "'delete', old.id, old.text, old.place, old.kelurahan, old.kecamatan"
ADD = f"INSERT INTO report_words (rowid, {COLUMNS}) VALUES ({NEW});"
DROP = f"INSERT INTO report_words (report_words, rowid, {COLUMNS}) VALUES ({OLD});"
SQLITE = (
    f"CREATE VIRTUAL TABLE report_words USING fts5({COLUMNS}, content='report', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 2')",
)
TRIGGERS = {
    "report_words_added": f"AFTER INSERT ON report BEGIN {ADD} END",
    "report_words_changed": f"AFTER UPDATE OF {COLUMNS} ON report BEGIN {DROP} {ADD} END",
    "report_words_gone": f"AFTER DELETE ON report BEGIN {DROP} END",
}


def keep_in_step(connection: Connection) -> None:
    """SQLite forgets a table's triggers when a migration rebuilds it: put them back, and read everything anew."""
    if "report_words" not in inspect(connection).get_table_names():
        return
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    missing = [name for name in TRIGGERS if name not in found]
    for name in missing:
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {TRIGGERS[name]}")
    if missing:
        connection.exec_driver_sql("INSERT INTO report_words (report_words) VALUES ('rebuild')")


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. `agency_id`: in this office only; None: in the whole city, without misconduct."""

    words: str = ""
    agency_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def words_of(said: str) -> list[str]:
    """The words of a question, as both engines cut them."""
    return [word for word in re.findall(r"[^\W_]+", said.lower()) if len(word) > 1 or word.isdigit()][:WORDS]


def statements(wanted: Wanted, sqlite: bool) -> list[str]:
    """The queries to try one after the other, until one fills the page. Parameters: words, agency, since, until,
    limit, offset."""
    where = ["r.agency_id = :agency" if wanted.agency_id else ("r.misconduct = 0" if sqlite else "NOT r.misconduct")]
    where += ["r.created_at >= :since"] if wanted.since else []
    where += ["r.created_at < :until"] if wanted.until else []
    there = " AND ".join(where)
    page = "ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset"
    if not words_of(wanted.words):
        return [f"SELECT r.id FROM report r WHERE {there} {page}"]
    if sqlite:  # the index gives the newest first by itself, and stops when the page is full
        return [
            f"SELECT r.id FROM report_words w CROSS JOIN report r ON r.id = w.rowid"
            f" WHERE w.report_words MATCH :words AND {there} ORDER BY w.rowid DESC LIMIT :limit OFFSET :offset"
        ]
    match = "words @@ CAST(CAST(:words AS text) AS tsquery)"
    newest = (
        f"SELECT id, created_at, words FROM report r WHERE {there} ORDER BY created_at DESC, id DESC LIMIT {WINDOW}"
    )
    every = f"SELECT id, created_at FROM report r WHERE {match} AND {there}"
    return [
        f"WITH newest AS MATERIALIZED ({newest}) SELECT id FROM newest WHERE {match} {page}",
        f"WITH every AS MATERIALIZED ({every}) SELECT id FROM every {page}",
    ]


def parameters(wanted: Wanted, sqlite: bool, limit: int, offset: int) -> dict[str, Any]:
    """The values of a query's parameters, as far as it has them."""
    said = words_of(wanted.words)
    asked = [_forms(word, sqlite) for word in said[:-1]] + [_begun(word, sqlite) for word in said[-1:]]
    if wanted.agency_id and not sqlite:
        asked.append(f"'@{wanted.agency_id}'")
    values = {
        "words": (" AND " if sqlite else " & ").join(asked) if said else None,
        "agency": wanted.agency_id,
        "since": wanted.since,
        "until": wanted.until,
    }
    return {name: value for name, value in values.items() if value is not None} | {"limit": limit, "offset": offset}


def _forms(word: str, sqlite: bool) -> str:
    """The word, by itself and with each ending."""
    endings = ENDINGS if len(word) >= ENDED and word.isalpha() else ()
    quote, either = ('"', " OR ") if sqlite else ("'", " | ")
    return "(" + either.join(f"{quote}{word}{ending}{quote}" for ending in ("", *endings)) + ")"


def _begun(word: str, sqlite: bool) -> str:
    """The word, and whatever begins with it."""
    if len(word) < ENDED:
        return f'"{word}"' if sqlite else f"'{word}'"
    return f'"{word}"*' if sqlite else f"'{word}':*"


async def find(session: AsyncSession, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Report]:
    """Reports that hold all the words, newest first."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    values, ids = parameters(wanted, sqlite, limit, offset), list[int]()
    connection = await connection_of(session)
    for statement in statements(wanted, sqlite):
        moments = [bindparam(name, type_=Moment()) for name in ("since", "until") if name in values]
        ids = list((await connection.execute(text(statement).bindparams(*moments), values)).scalars().all())
        if len(ids) == limit:
            break
    found = (await session.exec(select(Report).where(col(Report.id).in_(ids)))).all()
    return sorted(found, key=lambda report: ids.index(report.id or 0))
