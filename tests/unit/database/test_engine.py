"""The unit of work: it commits or rolls back whole, loses no update, and syncs."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from hotline.database.engine import Database
from hotline.tasks.model import Heartbeat, Task
from tests.fakes.clock import START
from tests.support.threads import together

THREADS = 8
ROUNDS = 10


class Mistake(Exception):
    """Raised by a test in the middle of a transaction."""


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    def work() -> None:
        with database.transaction() as session:
            session.add(Heartbeat(process="p", beat_at=START))
            session.flush()
            raise Mistake

    with pytest.raises(Mistake):
        work()
    with database.transaction() as session:
        assert session.scalar(select(Heartbeat)) is None


def test_rows_can_be_read_after_the_commit(database: Database) -> None:
    with database.transaction() as session:
        row = Heartbeat(process="p", beat_at=START)
        session.add(row)
    assert row.beat_at == START


def test_no_update_is_lost(database: Database) -> None:
    """Read, then write, in many threads at once: every increment must count."""
    with database.transaction() as session:
        session.add(Heartbeat(process="count", beat_at=START))

    def increment(_: int) -> None:
        for _round in range(ROUNDS):
            with database.transaction() as session:
                query = select(Heartbeat).with_for_update()
                row = session.scalars(query).one()
                row.beat_at += timedelta(seconds=1)

    together(THREADS, increment)
    with database.transaction() as session:
        counted = session.scalars(select(Heartbeat.beat_at)).one() - START
    assert counted == timedelta(seconds=THREADS * ROUNDS)


def test_sqlite_writes_ahead_and_syncs(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    database.close()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_a_transaction_takes_sqlites_write_lock_at_once(sqlite_url: str) -> None:
    """It waits `busy_s` for another writer before its first statement, and not for ever."""
    first, second = Database(sqlite_url), Database(sqlite_url, busy_s=0.05)
    with first.transaction() as session:
        session.execute(select(Task.id))
        with pytest.raises(OperationalError, match="locked"), second.transaction() as other:
            other.execute(select(Task.id))
    with second.transaction() as other:
        other.execute(select(Task.id))
    first.close()
    second.close()


def test_foreign_keys_are_kept(database: Database) -> None:
    statement = text(
        "INSERT INTO timeline_event (report_id, at, kind, detail)"
        " VALUES ('nobody', '2026-09-16 14:00:00', 'call_began', '{}')"
    )
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(statement)


def test_error_texts_hold_no_parameters(database: Database) -> None:
    def twice() -> None:
        with database.transaction() as session:
            for _ in range(2):
                session.execute(insert(Heartbeat), {"process": "p", "beat_at": START})

    with pytest.raises(IntegrityError) as raised:
        twice()
    assert "parameters hidden" in str(raised.value)


def test_reading_goes_on_while_another_writes(database: Database) -> None:
    with database.transaction() as writer:
        writer.add(Heartbeat(process="p", beat_at=START))
        writer.flush()
        with database.reading() as reader:  # SQLite: a second writer would wait in vain here
            assert reader.scalar(select(Heartbeat)) is None
    with database.reading() as reader:
        assert reader.scalar(select(Heartbeat)) is not None


def test_a_connection_that_read_may_write_again(database: Database) -> None:
    with database.reading() as reader:
        reader.scalar(select(Heartbeat))
    with database.transaction() as writer:
        writer.add(Heartbeat(process="p", beat_at=START))
    with database.reading() as reader:
        assert reader.scalar(select(Heartbeat)) is not None


def test_connections_are_dropped_once_in_each_process(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = database.engine.pool
    database.after_fork()
    assert database.engine.pool is before
    monkeypatch.setattr(os, "getpid", lambda: -1)
    database.after_fork()
    dropped = database.engine.pool
    assert dropped is not before
    database.after_fork()
    assert database.engine.pool is dropped


def test_tending_renews_what_sqlite_knows_of_its_tables(database: Database) -> None:
    if database.engine.dialect.name != "sqlite":
        database.tend()  # PostgreSQL does this by itself
        return
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE many (id INTEGER PRIMARY KEY, kind TEXT)")
        connection.exec_driver_sql("CREATE INDEX ix_many_kind ON many (kind)")
        rows = [(number, str(number % 7)) for number in range(5000)]
        connection.exec_driver_sql("INSERT INTO many VALUES (?, ?)", rows)
        connection.exec_driver_sql("ANALYZE many")
        connection.exec_driver_sql("DELETE FROM many WHERE id >= 100")
    database.tend()
    with database.engine.connect() as connection:
        known = connection.exec_driver_sql("SELECT stat FROM sqlite_stat1 WHERE tbl = 'many'")
        assert known.scalar_one().startswith("100 ")
