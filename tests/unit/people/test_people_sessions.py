"""Sessions end by idleness, age, sign-out and disabling."""

from datetime import datetime, timedelta

import pytest

from hotline.database.engine import Database
from hotline.people import accounts, sessions
from hotline.people.model import Account, ConsoleSession, Role


@pytest.fixture
def token(database: Database, now: datetime) -> str:
    with database.transaction() as session:
        account = accounts.add_account(session, "ana", "Ana", Role.AUDITOR, "hash", now)
        return sessions.start(session, account.id, now, verified=True)


def is_valid(database: Database, token: str, at: datetime) -> bool:
    """Whether it is, when somebody does something in it."""
    with database.transaction() as session:
        found = sessions.find(session, token, at)
        if found is not None and sessions.was_seen_long_ago(found.session, at):
            sessions.mark_seen(session, found.session.id, at)
        return found is not None


def test_only_a_hash_of_the_token_is_kept(database: Database, token: str) -> None:
    with database.transaction() as session:
        row = session.query(ConsoleSession).one()
        assert token not in row.token_hash
        assert len(token) * 6 >= 128  # bits


def test_an_idle_session_ends_after_fifteen_minutes(
    database: Database, now: datetime, token: str
) -> None:
    assert is_valid(database, token, now + timedelta(minutes=14, seconds=59))
    assert not is_valid(database, token, now + timedelta(minutes=30))


def test_use_keeps_it_alive_for_eight_hours_and_no_longer(
    database: Database, now: datetime, token: str
) -> None:
    at = now
    while at < now + timedelta(hours=8):
        assert is_valid(database, token, at)
        at += timedelta(minutes=10)
    assert not is_valid(database, token, at)


def test_sign_out_ends_it(database: Database, now: datetime, token: str) -> None:
    with database.transaction() as session:
        sessions.end(session, token, now)
    assert not is_valid(database, token, now)


def test_all_sessions_of_an_account_can_be_ended(
    database: Database, now: datetime, token: str
) -> None:
    with database.transaction() as session:
        sessions.end_all(session, session.query(Account).one().id, now)
    assert not is_valid(database, token, now)


def test_a_disabled_account_has_no_session(database: Database, now: datetime, token: str) -> None:
    with database.transaction() as session:
        session.query(Account).one().disabled_at = now
    assert not is_valid(database, token, now)


@pytest.mark.parametrize("token_of_a_stranger", ["", "x", "é" * 300])
def test_an_unknown_token_is_nobody(
    database: Database, now: datetime, token: str, token_of_a_stranger: str
) -> None:
    assert not is_valid(database, token_of_a_stranger, now)


def test_what_a_page_asks_by_itself_keeps_nothing_alive(
    database: Database, now: datetime, token: str
) -> None:
    for minutes in (5, 10, 14):
        with database.transaction() as session:
            found = sessions.look(session, token, now + timedelta(minutes=minutes))
            assert found is not None
            assert not found.idle
    assert not is_valid(database, token, now + timedelta(minutes=15))


def test_an_idle_session_may_be_looked_at_until_it_is_too_old(
    database: Database, now: datetime, token: str
) -> None:
    with database.transaction() as session:
        found = sessions.look(session, token, now + timedelta(hours=7))
        assert found is not None
        assert found.idle
        assert sessions.look(session, token, now + timedelta(hours=8)) is None
        sessions.end(session, token, now)
        assert sessions.look(session, token, now + timedelta(minutes=1)) is None
        assert sessions.look(session, "x", now) is None
