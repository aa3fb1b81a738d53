"""Second factors in the database: what is accepted once, also by two at once, and what is kept."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from hotline.database.engine import Database
from hotline.people import accounts, authenticator, factors, passwords, recovery, sessions, totp
from hotline.people.accounts import WrongInput
from hotline.people.model import Account, Authenticator, RecoveryCode, Role
from hotline.privacy.cipher import CannotOpen, Vault
from tests.support.console import PASSWORD


@pytest.fixture
def ana(database: Database, now: datetime) -> Account:
    with database.transaction() as session:
        made = passwords.hash_password(PASSWORD)
        return accounts.add_account(session, "ana", "Ana", Role.SUPERVISOR, made, now)


def session_of(database: Database, ana: Account, now: datetime) -> str:
    with database.transaction() as session:
        token = sessions.start(session, ana.id, now)
        row = sessions.by_token(session, token)
        assert row is not None
        return row.id


@pytest.fixture
def secret(database: Database, vault: Vault, ana: Account, now: datetime) -> str:
    """Of Ana's app, confirmed with the code of two minutes ago."""
    here, then = session_of(database, ana, now), now - timedelta(minutes=2)
    with database.transaction() as session:
        made = authenticator.begin(session, vault, ana.id, here, then)
        code = totp.code_of(made, totp.step_at(then))
        assert authenticator.confirm(session, vault, ana.id, here, code, then)
    return made


def of_two_at_once(turn: Callable[[], bool]) -> list[bool]:
    """What two threads get that begin together."""
    both = threading.Barrier(2)

    def one(_: int) -> bool:
        both.wait()
        return turn()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, range(2)))


def test_one_of_two_requests_with_one_code_is_let_in(
    database: Database, vault: Vault, ana: Account, secret: str, now: datetime
) -> None:
    code = totp.code_of(secret, totp.step_at(now))

    def turn() -> bool:
        with database.transaction() as session:
            return authenticator.accept(session, vault, ana.id, code, now)

    assert of_two_at_once(turn) == [False, True]


def test_one_of_two_requests_with_one_recovery_code_is_let_in(
    database: Database, ana: Account, now: datetime
) -> None:
    with database.transaction() as session:
        made = recovery.issue(session, ana.id, now)

    def turn() -> bool:
        with database.transaction() as session:
            return recovery.accept(session, ana.id, made[0], now)

    assert of_two_at_once(turn) == [False, True]
    with database.transaction() as session:
        assert recovery.left(session, ana.id) == recovery.HOW_MANY - 1


def test_a_step_before_an_accepted_one_is_refused(
    database: Database, vault: Vault, ana: Account, secret: str, now: datetime
) -> None:
    step = totp.step_at(now)
    with database.transaction() as session:
        assert authenticator.accept(session, vault, ana.id, totp.code_of(secret, step + 1), now)
        assert not authenticator.accept(session, vault, ana.id, totp.code_of(secret, step), now)


def test_an_app_that_was_not_confirmed_lets_nobody_in(
    database: Database, vault: Vault, ana: Account, now: datetime
) -> None:
    here = session_of(database, ana, now)
    with database.transaction() as session:
        made = authenticator.begin(session, vault, ana.id, here, now)
        code = totp.code_of(made, totp.step_at(now))
        assert not authenticator.accept(session, vault, ana.id, code, now)
        assert not factors.has(session, ana.id)
        late = now + timedelta(minutes=11)
        code = totp.code_of(made, totp.step_at(late))
        assert not authenticator.confirm(session, vault, ana.id, here, code, late)
        assert authenticator.begin(session, vault, ana.id, here, late) != made
        assert session.query(Authenticator).count() == 1  # what was shown long ago is gone


def test_a_secret_that_was_moved_to_another_account_does_not_open(
    database: Database, vault: Vault, ana: Account, secret: str, now: datetime
) -> None:
    with database.transaction() as session:
        row = session.query(Authenticator).one()
        other = Authenticator(
            account_id=ana.id,
            session_id=row.session_id,
            data_key_id=row.data_key_id,
            secret=row.secret,
            created_at=now,
            confirmed_at=now,
        )
        session.delete(row)
        session.flush()
        session.add(other)
        session.flush()
        with pytest.raises(CannotOpen):
            authenticator.accept(session, vault, ana.id, "123456", now)


def test_codes_come_with_the_first_factor_and_are_kept_as_hashes(
    database: Database, ana: Account, secret: str, now: datetime
) -> None:
    with database.transaction() as session:
        made = factors.added(session, ana.id, "app", now)
        assert len(set(made)) == recovery.HOW_MANY
        assert factors.added(session, ana.id, "passkey", now) == []
        kept = [row.code_hash for row in session.query(RecoveryCode)]
        assert not set(made) & set(kept)
        assert all(len(code.replace("-", "")) * 5 >= 112 for code in made)
        assert len(factors.new_codes(session, ana.id, now)) == recovery.HOW_MANY
        assert not recovery.accept(session, ana.id, made[0], now)


def test_the_last_factor_stays_where_one_is_required(
    database: Database, ana: Account, secret: str, now: datetime
) -> None:
    with database.transaction() as session:
        factors.added(session, ana.id, "app", now)
        with pytest.raises(WrongInput, match="last one"):
            factors.remove_app(session, ana.id, now, required=True)
        assert factors.has(session, ana.id)
        factors.remove_app(session, ana.id, now, required=False)
        assert not factors.has(session, ana.id)
        assert recovery.left(session, ana.id) == 0


def test_what_an_administrator_resets_is_gone(
    database: Database, ana: Account, secret: str, now: datetime
) -> None:
    session_of(database, ana, now)
    with database.transaction() as session:
        factors.added(session, ana.id, "app", now)
        row = session.get_one(Account, ana.id)
        with pytest.raises(WrongInput):
            factors.reset(session, row, row, now)
        factors.reset(session, None, row, now)
        assert not factors.has(session, ana.id)
        assert recovery.left(session, ana.id) == 0
        assert row.factors_reset_at == now
        factors.added(session, ana.id, "app", now)
        assert row.factors_reset_at is None
