"""Signing in: the right password, the wrong one, and many wrong ones."""

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher

from hotline import audit
from hotline.database.engine import Database
from hotline.people import accounts, passwords, sessions
from hotline.people.model import Account, ConsoleSession, Role, SignInDelay
from hotline.people.sign_in import SignInDelayed, SignInRefused, sign_in

PASSWORD = "seven calm grey herons"
WRONG = "not the right one"


@pytest.fixture
def ana(database: Database, now: datetime) -> Account:
    with database.transaction() as session:
        return accounts.add_account(
            session, "ana", "Ana", Role.SUPERVISOR, passwords.hash_password(PASSWORD), now
        )


def fail(database: Database, now: datetime, name: str = "ana", old_token: str = "") -> None:
    with pytest.raises(SignInRefused):
        sign_in(database, name, WRONG, now, old_token=old_token)


def wait_until_delayed(database: Database, now: datetime) -> float:
    """Wrong passwords until a delay is asked for; gives it, in seconds."""
    for _ in range(10):
        try:
            fail(database, now)
        except SignInDelayed as delay:
            return delay.wait_s
    raise AssertionError("never delayed")


def test_the_right_password_starts_a_session(
    database: Database, now: datetime, ana: Account
) -> None:
    account, token = sign_in(database, " ANA ", PASSWORD, now)
    assert account.id == ana.id
    with database.transaction() as session:
        assert sessions.find(session, token, now) is None
        found = sessions.half(session, token, now)
        assert found is not None
        assert found.account.id == ana.id


@pytest.mark.parametrize(("name", "password"), [("ana", WRONG), ("nobody", PASSWORD), ("", "")])
def test_anything_else_is_refused_alike(
    database: Database, now: datetime, ana: Account, name: str, password: str
) -> None:
    with pytest.raises(SignInRefused):
        sign_in(database, name, password, now)
    with database.transaction() as session:
        assert session.query(ConsoleSession).count() == 0


def test_a_disabled_account_is_refused(database: Database, now: datetime, ana: Account) -> None:
    with database.transaction() as session:
        session.get_one(Account, ana.id).disabled_at = now
    with pytest.raises(SignInRefused):
        sign_in(database, "ana", PASSWORD, now)


def test_wrong_passwords_bring_a_delay_that_grows_and_ends(
    database: Database, now: datetime, ana: Account
) -> None:
    first = wait_until_delayed(database, now)
    with pytest.raises(SignInDelayed):  # even the right one has to wait
        sign_in(database, "ana", PASSWORD, now)
    later = now + timedelta(seconds=first)
    fail(database, later)
    with pytest.raises(SignInDelayed) as caught:
        sign_in(database, "ana", PASSWORD, later)
    assert caught.value.wait_s > first
    account, _ = sign_in(database, "ana", PASSWORD, later + timedelta(seconds=60))
    assert account.id == ana.id


def test_a_refused_try_does_not_lengthen_the_delay(
    database: Database, now: datetime, ana: Account
) -> None:
    wait_s = wait_until_delayed(database, now)
    for _ in range(5):
        with pytest.raises(SignInDelayed):
            sign_in(database, "ana", WRONG, now)
    account, _ = sign_in(database, "ana", PASSWORD, now + timedelta(seconds=wait_s))
    assert account.id == ana.id


def test_a_stranger_cannot_keep_a_colleague_out(
    database: Database, now: datetime, ana: Account
) -> None:
    """A browser that was signed in to the account before is counted apart."""
    _, token = sign_in(database, "ana", PASSWORD, now)
    wait_until_delayed(database, now)
    account, _ = sign_in(database, "ana", PASSWORD, now, old_token=token)
    assert account.id == ana.id


def hammered(database: Database, now: datetime) -> None:
    """A stranger tries Ana's name as often as they are let, and was let this very moment."""
    for second in range(120):
        try:
            sign_in(database, "ana", WRONG, now + timedelta(seconds=second), address="192.0.2.7")
        except (SignInRefused, SignInDelayed):
            continue


def test_a_stranger_cannot_keep_a_colleague_out_who_comes_from_elsewhere(
    database: Database, now: datetime, ana: Account
) -> None:
    hammered(database, now)
    late = now + timedelta(seconds=119)
    with pytest.raises(SignInDelayed):
        sign_in(database, "ana", PASSWORD, late, address="192.0.2.7")
    account, _ = sign_in(database, "ana", PASSWORD, late, address="198.51.100.9")
    assert account.id == ana.id


def test_where_it_cannot_be_told_from_where_the_wait_is_short(
    database: Database, now: datetime, ana: Account
) -> None:
    for second in range(120):
        try:
            fail(database, now + timedelta(seconds=second))
        except SignInDelayed:
            continue
    account, _ = sign_in(database, "ana", PASSWORD, now + timedelta(seconds=119 + 4))
    assert account.id == ana.id


def test_guesses_from_one_place_wait_a_minute(
    database: Database, now: datetime, ana: Account
) -> None:
    tried = 0
    for second in range(0, 900, 5):
        try:
            sign_in(database, "ana", WRONG, now + timedelta(seconds=second), address="192.0.2.7")
        except SignInRefused:
            tried += 1
        except SignInDelayed:
            continue
    assert tried < 30


def test_a_known_browser_may_not_guess_without_end(
    database: Database, now: datetime, ana: Account
) -> None:
    _, token = sign_in(database, "ana", PASSWORD, now)
    for _ in range(6):
        fail(database, now, old_token=token)
    with pytest.raises(SignInDelayed):
        sign_in(database, "ana", PASSWORD, now, old_token=token)


def test_an_unknown_name_is_delayed_like_a_known_one(
    database: Database, now: datetime, ana: Account
) -> None:
    for _ in range(4):
        fail(database, now, "bogdan")
    with pytest.raises(SignInDelayed):
        sign_in(database, "bogdan", WRONG, now)
    account, _ = sign_in(database, "ana", PASSWORD, now)  # and nobody else is
    assert account.id == ana.id


def test_what_was_typed_is_kept_nowhere(database: Database, now: datetime, ana: Account) -> None:
    fail(database, now, "my secret in the wrong field")
    with database.transaction() as session:
        keys = [row.key for row in session.query(SignInDelay)]
        actors = [(e.actor, e.subject) for e in session.query(audit.AuditEntry)]
    assert actors == [("nobody", "account:unknown")]
    assert "secret" not in "".join(keys)


def test_signing_in_again_ends_the_old_session(
    database: Database, now: datetime, ana: Account
) -> None:
    _, old = sign_in(database, "ana", PASSWORD, now)
    _, new = sign_in(database, "ana", PASSWORD, now, old_token=old)
    assert old != new
    with database.transaction() as session:
        assert sessions.half(session, old, now) is None
        assert sessions.half(session, new, now) is not None


def test_an_old_hash_is_made_anew(database: Database, now: datetime, ana: Account) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=512, parallelism=1).hash(PASSWORD)
    with database.transaction() as session:
        session.get_one(Account, ana.id).password_hash = weak
    sign_in(database, "ana", PASSWORD, now)
    with database.transaction() as session:
        strong = session.get_one(Account, ana.id).password_hash
    assert not passwords.is_outdated(strong)
    sign_in(database, "ana", PASSWORD, now)
