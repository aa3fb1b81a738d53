"""Threads of one process that write to SQLite stand in line."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from hotline.database.engine import Database
from hotline.database.turns import HAND_OVER_S, Line

BUSY_S = 0.3


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """One with an empty table."""
    made = Database(f"sqlite:///{tmp_path / 'turns.sqlite'}", busy_s=BUSY_S)
    with made.transaction() as session:
        session.execute(text("CREATE TABLE said (word TEXT)"))
    yield made
    made.close()


def write(database: Database, word: str = "x") -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO said VALUES (:word)"), {"word": word})


def holding(database: Database) -> tuple[threading.Thread, Callable[[], None]]:
    """A thread in the middle of a transaction, and what lets it go on."""
    inside, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with database.transaction() as session:
            session.execute(text("INSERT INTO said VALUES ('held')"))
            inside.set()
            go_on.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(10)
    return thread, go_on.set


def test_many_threads_write_one_after_the_other(database: Database, tmp_path: Path) -> None:
    patient = Database(f"sqlite:///{tmp_path / 'turns.sqlite'}", busy_s=60)  # whatever else runs
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: write(patient, str(n)), range(200)))
    patient.close()
    with database.reading() as session:
        assert session.scalar(text("SELECT count(DISTINCT word) FROM said")) == 200


def test_whoever_waits_too_long_is_told_as_by_sqlite(database: Database) -> None:
    thread, go_on = holding(database)
    with pytest.raises(OperationalError, match="database is locked"):
        write(database)
    go_on()
    thread.join()
    write(database)  # the turn was given back


def test_the_wait_at_the_lock_and_at_the_file_is_one(database: Database) -> None:
    """What was waited at the lock is not waited again at the file; the next one has it all."""
    thread, go_on = holding(database)
    threading.Timer(BUSY_S / 2, go_on).start()
    assert file_wait_ms(database) < BUSY_S * 1000
    thread.join()
    assert file_wait_ms(database) == BUSY_S * 1000


def file_wait_ms(database: Database) -> float:
    """How long a transaction that begins now would wait for another process at the file."""
    with database.transaction() as session:
        return float(session.scalar(text("PRAGMA busy_timeout")) or 0)


def test_a_reader_waits_for_nobody(database: Database) -> None:
    thread, go_on = holding(database)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM said")) == 0
    go_on()
    thread.join()


def test_an_error_gives_the_turn_back(database: Database) -> None:
    for _ in range(3):
        with pytest.raises(OperationalError), database.transaction() as session:
            session.execute(text("INSERT INTO nowhere VALUES (1)"))
    write(database)


def test_whoever_asks_again_at_once_does_not_keep_others_waiting() -> None:
    """As an engine does; with a plain lock it would nearly always get it itself."""
    line, stop = Line(), threading.Event()

    def hold_on() -> None:
        while not stop.is_set():
            assert line.acquire(10)
            line.release()

    greedy = threading.Thread(target=hold_on)
    greedy.start()
    for _ in range(20):
        assert line.acquire(10)
        line.release()
    stop.set()
    greedy.join()


def test_whoever_has_waited_too_long_is_the_next() -> None:
    line, got = Line(), threading.Event()
    assert line.acquire(1)

    def wait() -> None:
        assert line.acquire(10)
        got.set()

    thread = threading.Thread(target=wait)
    thread.start()
    while not line._waiting:
        thread.join(0.001)
    line._waiting[0].since -= 2 * HAND_OVER_S
    line.release()
    assert not line.acquire(0)  # it is the other one's already, awake or not
    assert got.wait(10)
    line.release()
    thread.join()
    assert line.acquire(0)


def test_whoever_gives_up_is_passed_over() -> None:
    line = Line()
    assert line.acquire(1)
    assert not line.acquire(0.01)
    line.release()
    assert line.acquire(0)
    line.release()


def test_who_is_called_away_while_waiting_is_handed_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A signal's handler raises in whoever waits; the others go on."""
    line = Line()
    assert line.acquire(1)

    def called_away(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(line, "_wait", called_away)
        with pytest.raises(KeyboardInterrupt):
            line.acquire(1)
    line.release()
    assert line.acquire(0)
    line.release()
