"""The audit chain: appended in order by any number of writers, broken by any change."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from hotline import audit
from hotline.audit import GENESIS, AuditEntry, ChainBroken, head, record, verify
from hotline.database.engine import Database
from tests.support.unguarded import unguard_audit

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
WRITERS = 6
ROUNDS = 10


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    # A writer may wait for all the others: longer than the web's patience with SQLite.
    database = Database(database_url, busy_s=60.0)
    yield database
    database.close()


def append(database: Database, count: int = 1, **detail: Any) -> None:
    for _ in range(count):
        with database.transaction() as session:
            record(session, NOW, "account:a1", "report.opened", "report:r1", **detail)


def change(database: Database, statement: str, **values: int) -> None:
    """What somebody with the database's password does, behind our back."""
    with database.transaction() as session:
        unguard_audit(session)
        session.execute(text(statement), values)


def broken_at(database: Database, anchor: tuple[int, str] | None = None) -> int:
    with database.transaction() as session, pytest.raises(ChainBroken) as caught:
        verify(session, anchor)
    return caught.value.seq


def test_an_empty_chain_verifies(database: Database) -> None:
    with database.transaction() as session:
        assert verify(session) == 0
        assert head(session) == (0, GENESIS)


def test_entries_are_numbered_and_chained(database: Database) -> None:
    append(database, 3, why="handoff")
    with database.transaction() as session:
        assert verify(session) == 3
        rows = session.query(AuditEntry).order_by(AuditEntry.seq).all()
    assert [r.seq for r in rows] == [1, 2, 3]
    assert [r.previous for r in rows] == [GENESIS, rows[0].digest, rows[1].digest]
    assert (rows[0].at, rows[0].actor, rows[0].detail) == (NOW, "account:a1", {"why": "handoff"})


def test_several_entries_in_one_transaction(database: Database) -> None:
    with database.transaction() as session:
        numbers = [record(session, NOW, "system", f"act.{n}", "x") for n in range(3)]
        assert numbers == [1, 2, 3]
        assert verify(session) == 3


def test_what_is_rolled_back_leaves_no_gap(database: Database) -> None:
    def fail(session: Session) -> None:
        record(session, NOW, "system", "never", "x")
        raise RuntimeError

    append(database)
    with pytest.raises(RuntimeError), database.transaction() as session:
        fail(session)
    append(database)
    with database.transaction() as session:
        assert verify(session) == 2


def test_the_digest_is_what_the_documentation_says(database: Database) -> None:
    """A fixed vector: a change of the canonical form would break every chain in the field."""
    with database.transaction() as session:
        record(session, NOW, "system", "started", "web", n=1, a=["é"])
        digest = head(session)[1]
    canonical = (
        '[1,"2026-03-04T05:06:07.890123+00:00","system","started","web",'
        '{"a":["\\u00e9"],"n":1},"' + GENESIS + '"]'
    )
    assert digest == hashlib.sha256(canonical.encode()).hexdigest()


def test_a_moment_in_another_zone_is_the_same_moment(database: Database) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=-6)))
    with database.transaction() as session:
        record(session, local, "system", "x", "y")
    with database.transaction() as session:
        assert verify(session) == 1


def test_detail_that_json_changes_still_verifies(database: Database) -> None:
    append(database, odd={1: (1, 2), 2: None}, at_s=1.25, ok=True)
    with database.transaction() as session:
        assert verify(session) == 1
        assert session.get_one(AuditEntry, 1).detail["odd"] == {"1": [1, 2], "2": None}


@pytest.mark.parametrize("value", [NOW, b"bytes", float("nan"), float("inf")])
def test_detail_that_is_no_json_is_refused(database: Database, value: Any) -> None:
    with database.transaction() as session, pytest.raises((TypeError, ValueError)):
        record(session, NOW, "system", "x", "y", value=value)
    with database.transaction() as session:
        assert verify(session) == 0


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE audit SET actor = 'account:other' WHERE seq = 2", 2),
        ("UPDATE audit SET action = 'report.closed' WHERE seq = 3", 3),
        ("UPDATE audit SET subject = 'report:r2' WHERE seq = 1", 1),
        ('UPDATE audit SET detail = \'{"why": "other"}\' WHERE seq = 2', 2),
        ("UPDATE audit SET at = '2026-03-04 05:06:08' WHERE seq = 2", 2),
        ("UPDATE audit SET digest = previous WHERE seq = 2", 2),
        ("UPDATE audit SET previous = digest WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("UPDATE audit SET seq = 7 WHERE seq = 5", 5),
    ],
)
def test_every_change_breaks_the_chain(database: Database, statement: str, seq: int) -> None:
    append(database, 5, why="handoff")
    change(database, statement)
    assert broken_at(database) == seq


def test_two_rows_swapped_break_the_chain(database: Database) -> None:
    append(database, 4)
    for old, new in ((2, 99), (3, 2), (99, 3)):
        change(database, "UPDATE audit SET seq = :new WHERE seq = :old", new=new, old=old)
    assert broken_at(database) == 2


def test_a_row_recomputed_in_the_middle_breaks_the_next_one(database: Database) -> None:
    append(database, 3)
    with database.transaction() as session:
        unguard_audit(session)
        entry = session.get_one(AuditEntry, 2)
        entry.actor = "account:other"
        entry.digest = audit._digest(entry)
    assert broken_at(database) == 3


def test_a_cut_tail_shows_against_a_head_kept_elsewhere(database: Database) -> None:
    append(database, 3)
    with database.transaction() as session:
        anchor = head(session)
    append(database)
    with database.transaction() as session:
        assert verify(session, anchor) == 4
    change(database, "DELETE FROM audit WHERE seq > 2")
    with database.transaction() as session:
        assert verify(session) == 2
    assert broken_at(database, anchor) == 3


def test_a_chain_written_anew_shows_against_a_head_kept_elsewhere(database: Database) -> None:
    append(database, 2)
    with database.transaction() as session:
        anchor = head(session)
    change(database, "DELETE FROM audit")
    append(database, 3, forged=True)
    assert broken_at(database, anchor) == 2


def test_writers_at_once_make_one_chain(database: Database) -> None:
    """Each also writes from a session that has read before: no stale head may be used."""
    start, failures = threading.Barrier(WRITERS), []

    def write(name: int) -> None:
        try:
            start.wait()
            for n in range(ROUNDS):
                with database.transaction() as session:
                    record(session, NOW, f"writer:{name}", "act", f"subject:{n}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.transaction() as session:
        assert verify(session) == WRITERS * ROUNDS


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcü"), inner, max_size=3),
    max_leaves=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=json_values, actor=st.text("abc:é🔒", max_size=9))
def test_whatever_is_recorded_verifies(database: Database, value: Any, actor: str) -> None:
    with database.transaction() as session:
        count = record(session, NOW, actor, "act", "subject", value=value)
    with database.transaction() as session:
        assert verify(session) == count
