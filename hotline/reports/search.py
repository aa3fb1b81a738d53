"""Finding reports by what was said, without a word of it in the index.

The words of a report's sent messages are cut into pieces (`search_terms`), and each piece is named
by a keyed hash. SQLite keeps the names in an FTS5 table, PostgreSQL in a tsvector; triggers and
indices are made by the migration. The key of the hash is a secret of the index's own, sealed under
a data key: another master key leaves the index as it is.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import (
    ColumnElement,
    Select,
    cast,
    column,
    delete,
    false,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from hotline.database.base import add_once
from hotline.database.engine import Database
from hotline.languages import DIRECTORY, load_languages
from hotline.privacy.cipher import CannotOpen, KeyGone, Vault, place
from hotline.privacy.keys import KEY_BYTES
from hotline.reports import masks, search_terms
from hotline.reports.casework import heard
from hotline.reports.casework.heard import Heard
from hotline.reports.model import UNSENT, Report, SearchEntry, SearchSecret

SECRET_ID = 1
PURPOSE = b"hotline: names of pieces of words, 1"
MANY = 3000
"""From so many matches on, SQLite asks for each report whether it is one of them: a page is full
long before the last (tests/bench/bench_list.py)."""
BATCH = 50
"""Reports of one transaction of `rebuild`: other writers get their turn in between."""


def searchable_words(said: Iterable[Heard]) -> list[str]:
    """The words by which a report may be found: those that a reader sees without revealing.

    The one place where corrections take the place of what the machine wrote, and what is masked is
    left out.
    """
    return [word for one in said for word in _seen(one)]


def index(session: Session, vault: Vault, report_id: str, words: Sequence[str]) -> None:
    """Let a report be found by these words and no others. Lock the report before."""
    key = naming_key(session, vault)
    names = {search_terms.blind(key, piece) for piece in search_terms.pieces_of(words)}
    if not names:
        remove(session, report_id)
        return
    entry = session.scalar(select(SearchEntry).where(SearchEntry.report_id == report_id))
    if entry is None:
        entry = SearchEntry(report_id=report_id)
        session.add(entry)
    entry.tokens = " ".join(sorted(names))  # in this order they do not tell that of the words
    session.flush()


def remove(session: Session, report_id: str) -> None:
    """Let a report be found no more."""
    session.execute(delete(SearchEntry).where(SearchEntry.report_id == report_id))


def refresh(session: Session, vault: Vault, report: Report) -> None:
    """Index a report by what its words are now: after a transcript, a correction, a deletion."""
    session.flush()
    session.refresh(report, with_for_update={"key_share": True})
    try:
        said = heard.read(session, vault, report).values()
        if any(one.spoken is not None and one.spoken.locked for one in said):
            return  # sealed to people: what was indexed before stays as it is
        words = searchable_words(said)
    except KeyGone:
        words = []
    except CannotOpen:  # its key is lost or not at hand: what was indexed stays found
        return
    index(session, vault, report.id, words)


def match(session: Session, vault: Vault, question: str) -> ColumnElement[bool]:
    """The condition under which a report has all words of the question, by their beginnings.

    A question without a word is met by no report.
    """
    asked = search_terms.asked(question)
    if not asked or session.get(SearchSecret, SECRET_ID) is None:
        return false()
    key = naming_key(session, vault)
    names = [search_terms.blind(key, piece) for piece in asked]
    if session.get_bind().dialect.name == "postgresql":
        query = cast(literal(" & ".join(names)), TSQUERY)
        found = select(SearchEntry.report_id).where(SearchEntry.tokens.bool_op("@@")(query))
        return Report.id.in_(found)
    rows = _rows(" AND ".join(names))
    entry = SearchEntry.id.in_(rows)
    if session.execute(rows.offset(MANY).limit(1)).first() is None:
        return Report.id.in_(select(SearchEntry.report_id).where(entry))
    # SQLite would collect the ids of all of them before it looks at the first report.
    return select(SearchEntry.id).where(SearchEntry.report_id == Report.id, entry).exists()


def rebuild(database: Database, vault: Vault) -> int:
    """Index every report anew and give how many there are, in many short transactions."""
    count, last = 0, ""
    while True:
        with database.transaction() as session:
            reports = session.scalars(
                select(Report)
                .where(Report.id > last, Report.state.not_in(UNSENT))
                .where(Report.purged_at.is_(None))
                .order_by(Report.id)
                .limit(BATCH)
            ).all()
            for report in reports:
                refresh(session, vault, report)
        if not reports:
            return count
        count, last = count + len(reports), reports[-1].id


def _seen(one: Heard) -> Iterator[str]:
    words = [word.text for word in one.shown]
    confidences = [word.confidence for word in one.shown]
    masked = masker(one.language).find(words, confidences)
    hidden = {at for mask in masked for at in range(mask.first_word, mask.last_word + 1)}
    return (word for at, word in enumerate(words) if at not in hidden)


@cache
def masker(language: str) -> masks.Masker:
    """The masks of a language, English ones where it is no longer there: read once a process."""
    known = language if (DIRECTORY / f"{language}.toml").exists() else "en"
    return masks.parse(load_languages([known]))[known]


def _rows(query: str) -> Select[int]:
    """Which rows of SQLite's full-text table meet a query of FTS5."""
    full_text = table("search_index", column("rowid"))
    return select(full_text.c.rowid).where(literal_column("search_index").bool_op("MATCH")(query))


def naming_key(session: Session, vault: Vault) -> bytes:
    """The key of the names, derived from the index's secret, which is made at the first need."""
    row = session.get(SearchSecret, SECRET_ID) or _new_secret(session, vault)
    secret = vault.open_bytes(session, row.data_key_id, _secret_place(), row.secret)
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE).derive(secret)


def _new_secret(session: Session, vault: Vault) -> SearchSecret:
    row = SearchSecret(id=SECRET_ID, data_key_id=vault.new_key(session))
    secret = os.urandom(KEY_BYTES)
    row.secret = vault.seal_bytes(session, row.data_key_id, _secret_place(), secret)
    if add_once(session, row):
        return row
    return session.get_one(SearchSecret, SECRET_ID)  # another transaction was first


def _secret_place() -> str:
    return place("search_secret", str(SECRET_ID), "secret")
