"""One's own password: changed with the old one, and never over somebody else's act."""

from datetime import datetime, timedelta

import pytest

from hotline.audit import AuditEntry
from hotline.database.engine import Database
from hotline.people import accounts, management, own_password, passwords, sessions
from hotline.people.accounts import WrongInput
from hotline.people.model import Account, Role
from hotline.people.sign_in import SignInDelayed, SignInRefused, sign_in
from tests.support.console import come_in

PASSWORD = "seven calm grey herons"
OTHER = "nine quiet brown otters"


def person(database: Database, now: datetime, name: str, role: Role) -> Account:
    with database.transaction() as session:
        hashed = passwords.hash_password(PASSWORD)
        return accounts.add_account(session, name, name.title(), role, hashed, now)


@pytest.fixture
def ada(database: Database, now: datetime) -> Account:
    return person(database, now, "ada", Role.ADMINISTRATOR)


@pytest.fixture
def ana(database: Database, now: datetime) -> Account:
    return person(database, now, "ana", Role.SUPERVISOR)


def own(database: Database, now: datetime) -> sessions.SignedIn:
    token = come_in(database, "ana", now)
    with database.transaction() as session:
        found = sessions.find(session, token, now)
        assert found is not None
        return found


def test_ones_own_password_changes_and_other_browsers_are_out(
    database: Database, now: datetime, ana: Account
) -> None:
    come_in(database, "ana", now)
    here = own(database, now)
    own_password.change(database, here, PASSWORD, OTHER, now)
    with database.transaction() as session:
        assert [row.id for row in sessions.valid_of(session, ana.id, now)] == [here.session.id]
    with pytest.raises(SignInRefused):
        sign_in(database, "ana", PASSWORD, now)
    with database.transaction() as session:
        last = session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first()
        assert last is not None
        assert last.action == "account.refused"
    assert sign_in(database, "ana", OTHER, now)


def test_a_wrong_old_password_is_refused_then_delayed(
    database: Database, now: datetime, ana: Account
) -> None:
    here = own(database, now)
    for _ in range(6):
        with pytest.raises(WrongInput) as caught:
            own_password.change(database, here, "not the right one", OTHER, now)
        assert caught.value.field == "old"
    with pytest.raises(SignInDelayed):
        own_password.change(database, here, PASSWORD, OTHER, now)
    own_password.change(database, here, PASSWORD, OTHER, now + timedelta(seconds=2))
    assert sign_in(database, "ana", OTHER, now)


def test_a_new_password_must_be_long_enough(
    database: Database, now: datetime, ana: Account
) -> None:
    with pytest.raises(WrongInput) as caught:
        own_password.change(database, own(database, now), PASSWORD, "short", now)
    assert caught.value.field == "password"


def test_a_password_taken_away_is_not_put_back(
    database: Database, now: datetime, ada: Account, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, hashed = own(database, now), passwords.hash_password

    def slow(password: str) -> str:
        with database.transaction() as session:
            found = management.locked(session, ana.id)
            assert found is not None
            management.new_code(session, ada, found, now)
        return hashed(password)

    monkeypatch.setattr(passwords, "hash_password", slow)
    with pytest.raises(WrongInput):
        own_password.change(database, here, PASSWORD, OTHER, now)
    with database.transaction() as session:
        assert session.get_one(Account, ana.id).password_hash == passwords.NONE
