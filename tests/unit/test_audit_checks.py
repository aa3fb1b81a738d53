"""Checks of the whole chain, and what is known between two of them; on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from hotline import audit, audit_checks
from hotline.audit import AuditEntry, Wanted
from hotline.database.engine import Database
from tests.support.unguarded import unguard_audit

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def write(database: Database, count: int, at: datetime = NOW) -> None:
    with database.transaction() as session:
        for index in range(count):
            actor = f"account:{'ana' if index % 2 else 'bo'}"
            audit.record(session, at, actor, "report.opened", f"report:{index}")


def known(database: Database) -> audit_checks.Known:
    with database.transaction() as session:
        return audit_checks.known(session)


def tamper(database: Database, seq: int) -> None:
    with database.transaction() as session:
        unguard_audit(session)
        session.execute(update(AuditEntry).where(AuditEntry.seq == seq).values(actor="nobody"))


def test_a_short_chain_is_read_through_at_once(database: Database) -> None:
    assert known(database).count == 0
    write(database, 3)
    found = known(database)
    assert (found.count, found.read_to, found.broken_at) == (3, 3, None)
    assert found.checked_at is None


def test_a_check_is_an_entry_and_the_start_of_the_next_look(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_checks, "STEP", 2)
    write(database, 5)
    assert audit_checks.check(database, "account:ana", NOW) is None
    write(database, 2)
    found = known(database)
    assert (found.count, found.read_to) == (8, 8)
    assert (found.checked_at, found.checked_by) == (NOW, "account:ana")
    with database.transaction() as session:
        assert audit.verify(session) == 8
        entry = audit.read(session, Wanted(action="audit.verified"), 1)[0]
        assert entry.detail["entries"] == 5


def test_what_a_page_cannot_read_at_once_is_said(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_checks, "AT_ONCE", 2)
    write(database, 5)
    assert known(database).read_to == 2


@pytest.mark.parametrize("checked_before", [False, True])
def test_a_changed_entry_is_found(database: Database, checked_before: bool) -> None:
    write(database, 4)
    if checked_before:
        audit_checks.check(database, "account:ana", NOW)
    tamper(database, 2)
    if checked_before:
        assert known(database).broken_at is None  # it lies before the last check …
    assert audit_checks.check(database, "account:ana", NOW) == 2  # … and the next one finds it
    assert known(database).broken_at == 2


def test_a_changed_entry_after_the_last_check_is_found_at_once(database: Database) -> None:
    write(database, 2)
    audit_checks.check(database, "account:ana", NOW)
    write(database, 3)
    tamper(database, 5)
    assert known(database).broken_at == 5


def test_a_removed_entry_is_found(database: Database) -> None:
    write(database, 4)
    with database.transaction() as session:
        unguard_audit(session)
        session.execute(delete(AuditEntry).where(AuditEntry.seq == 3))
    assert known(database).broken_at == 3


def test_a_chain_put_right_is_right_again(database: Database) -> None:
    write(database, 3)
    tamper(database, 1)
    audit_checks.check(database, "account:ana", NOW)
    with database.transaction() as session:
        unguard_audit(session)
        session.execute(update(AuditEntry).where(AuditEntry.seq == 1).values(actor="account:bo"))
    assert audit_checks.check(database, "account:ana", NOW) is None
    assert known(database).broken_at is None


def test_entries_are_read_newest_first_and_filtered(database: Database) -> None:
    write(database, 4)
    write(database, 2, NOW + timedelta(days=1))

    def read(wanted: Wanted, limit: int = 9) -> list[int]:
        with database.transaction() as session:
            return [entry.seq for entry in audit.read(session, wanted, limit)]

    assert read(Wanted(), 3) == [6, 5, 4]
    assert read(Wanted(before=4), 2) == [3, 2]
    assert read(Wanted(actor="account:bo")) == [5, 3, 1]
    assert read(Wanted(subject="report:1")) == [6, 2]
    assert read(Wanted(action="report.closed")) == []
    assert read(Wanted(day=date(2026, 11, 25))) == [6, 5]
    assert read(Wanted(day=date(2026, 11, 24), actor="account:ana")) == [4, 2]
    with database.transaction() as session:
        assert audit.actions(session) == ["report.opened"]
