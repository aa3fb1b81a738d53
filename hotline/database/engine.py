"""Engines for SQLite and PostgreSQL, and the one way to open a transaction."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

from hotline import crash
from hotline.database.turns import READS, Turns

# SQLite waits this long for another writer before it gives up. A caller hears nothing meanwhile and
# must not be left in silence for more than 4 s (docs/design.md, I5).
SQLITE_BUSY_S = 3.0
ANALYZED_ROWS = 1000
"""Rows of each index that SQLite looks at (sqlite.org/lang_analyze.html: 100 to 1000)."""
_SHREDDED = (
    *("data_key", "report", "message", "transcript", "audio_chunk", "search_entry", "note"),
    *("callback", "callback_ring", "callback_secret"),
    *("text_conversation", "text_out", "text_secret"),
)


def open_engine(url: str, *, busy_s: float = SQLITE_BUSY_S) -> Engine:
    """An engine for the URL; SQLite gets WAL, full sync and immediate transactions.

    Busy timeout does not apply when a read lock is upgraded (docs/facts.md D1), hence
    BEGIN IMMEDIATE: a transaction that will write says so at once. Values never stand in errors.
    """
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(
            url, pool_pre_ping=True, isolation_level="READ COMMITTED", hide_parameters=True
        )
        event.listen(engine, "connect", _set_options)
        return engine
    engine = create_engine(url, connect_args={"timeout": busy_s}, hide_parameters=True)
    event.listen(engine, "connect", _set_pragmas)
    turns = Turns(busy_s)
    event.listen(engine, "begin", turns.begin)
    event.listen(engine, "checkin", turns.end)
    return engine


def _set_options(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("SET jit = off")  # to compile a question of ours takes longer than to answer it
    # A plan for whatever word or district would fit none: rare and usual ones need different plans.
    cursor.execute("SET plan_cache_mode = force_custom_plan")
    cursor.close()
    connection.commit()


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is switched off
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class Database:
    """An engine and its sessions. `transaction()` is the unit of work of every use case."""

    def __init__(self, url: str, *, busy_s: float = SQLITE_BUSY_S) -> None:
        self.engine = open_engine(url, busy_s=busy_s)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._process = os.getpid()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end of the block, or rolls back when it raises."""
        with self._sessions.begin() as session:
            yield session
            crash.point("transaction.done")
        crash.point("transaction.committed")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, at one moment: on SQLite it neither waits for a writer nor
        makes one wait."""
        with self._sessions.begin() as session:
            session.connection(execution_options={READS: True})
            yield session

    def tend(self) -> None:
        """Let SQLite renew what it knows of its tables' contents, from a sample, on which
        its plans depend. PostgreSQL does this by itself. Short enough for a live service."""
        if self.engine.dialect.name != "sqlite":
            return
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit={ANALYZED_ROWS}")
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    def forget_deleted(self) -> None:
        """After a purge: overwrite what deleted rows leave behind in the database's own files.

        SQLite: the full-text index is merged and the write-ahead log emptied (unless a reader is in
        it; the next time then). PostgreSQL: dead rows are freed; its log and backups have clocks of
        their own (docs/retention.md).
        """
        if self.engine.dialect.name != "sqlite":
            freed = self.engine.execution_options(isolation_level="AUTOCOMMIT")
            with freed.connect() as connection:
                connection.exec_driver_sql(f"VACUUM {', '.join(_SHREDDED)}")
            return
        with self.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO search_index(search_index) VALUES ('optimize')")
        with closing(self.engine.raw_connection()) as raw:  # a transaction would be in its way
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def after_fork(self) -> None:
        """Drop connections of the parent, which must not cross a fork; once in each process."""
        if self._process != os.getpid():
            self.engine.dispose(close=False)
            self._process = os.getpid()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
