"""Administrators and accounts: what they do, what is refused, and two of them at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from hotline import audit
from hotline.audit import AuditEntry
from hotline.database.engine import Database
from hotline.people import accounts, codes, management, own_password, passwords, sessions
from hotline.people.accounts import WrongInput
from hotline.people.management import ChangedMeanwhile, Terms
from hotline.people.model import Account, ConsoleSession, Role
from hotline.people.sign_in import SignInRefused, sign_in
from tests.support.console import come_in

PASSWORD = "seven calm grey herons"
OTHER = "nine quiet brown otters"
SUPERVISOR = Terms(Role.SUPERVISOR)


def person(database: Database, now: datetime, name: str, role: Role) -> Account:
    with database.transaction() as session:
        return accounts.add_account(
            session, name, name.title(), role, passwords.hash_password(PASSWORD), now
        )


@pytest.fixture
def ada(database: Database, now: datetime) -> Account:
    return person(database, now, "ada", Role.ADMINISTRATOR)


@pytest.fixture
def ana(database: Database, now: datetime) -> Account:
    return person(database, now, "ana", Role.SUPERVISOR)


def held(session: Session, account: Account) -> Account:
    found = management.locked(session, account.id)
    assert found is not None
    return found


def reset(database: Database, by: Account, account: Account, now: datetime) -> str:
    with database.transaction() as session:
        return management.new_code(session, by, held(session, account), now)


def last_entry(database: Database) -> AuditEntry:
    with database.transaction() as session:
        audit.verify(session)
        return session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first()  # type: ignore[return-value]


def test_a_new_person_chooses_a_password_with_their_code(
    database: Database, now: datetime, ada: Account
) -> None:
    with database.transaction() as session:
        terms = Terms(Role.COUNSELOR, "north", "a-responder")
        made, code = management.create(session, ada, " Bo ", "Bo  B.", terms, now)
    entry = last_entry(database)
    assert (entry.actor, entry.action) == (f"account:{ada.id}", "account.created")
    assert entry.detail == {"role": "counselor", "district": "north", "responder": "a-responder"}
    with pytest.raises(SignInRefused):
        sign_in(database, "bo", passwords.NONE, now)
    token = own_password.choose_with_code(database, "BO", code, PASSWORD, now)
    with database.transaction() as session:
        found = sessions.half(session, token, now)
        assert found is not None
        assert found.account.id == made.id
    assert sign_in(database, "bo", PASSWORD, now)[0].id == made.id


@pytest.mark.parametrize(
    ("name", "display_name", "field"),
    [("a b", "Bo", "name"), ("bo", "  ", "display_name"), ("ADA", "Bo", "name")],
)
def test_who_cannot_be_added(
    database: Database, now: datetime, ada: Account, name: str, display_name: str, field: str
) -> None:
    with database.transaction() as session, pytest.raises(WrongInput) as caught:
        management.create(session, ada, name, display_name, SUPERVISOR, now)
    assert caught.value.field == field


def test_a_code_is_for_one_account_once_and_for_a_day(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    bo = person(database, now, "bo", Role.AUDITOR)
    code = reset(database, ada, ana, now)
    reset(database, ada, bo, now)
    for name, tried, later_h in (("bo", code, 0), ("nobody", code, 0), ("ana", code, 24)):
        later = now + timedelta(hours=later_h)
        with pytest.raises(WrongInput, match="do not fit together") as caught:
            own_password.choose_with_code(database, name, tried, OTHER, later)
        assert caught.value.field == "code"
    own_password.choose_with_code(database, "ana", code, OTHER, now)
    with pytest.raises(WrongInput):
        own_password.choose_with_code(database, "ana", code, PASSWORD, now)
    assert sign_in(database, "ana", OTHER, now)


def test_a_persons_code_makes_no_administrator_and_the_first_code_no_person(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        setup_code = codes.issue(session, None, now)
    ana = person(database, now, "ana", Role.SUPERVISOR)
    with database.transaction() as session:
        code = codes.issue(session, ana.id, now)
        assert codes.is_open(session, setup_code, None, now)  # each has its own
        assert not codes.is_open(session, code, None, now)
    with pytest.raises(WrongInput):
        own_password.choose_with_code(database, "ana", setup_code, OTHER, now)


def test_a_short_password_does_not_use_the_code_up(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    code = reset(database, ada, ana, now)
    with pytest.raises(WrongInput, match="at least 12") as caught:
        own_password.choose_with_code(database, "ana", code, "short", now)
    assert caught.value.field == "password"
    assert own_password.choose_with_code(database, "ana", code, OTHER, now)


def test_two_use_a_code_at_once_and_one_wins(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    code = reset(database, ada, ana, now)
    gate = threading.Barrier(2, timeout=30)

    def use(password: str) -> bool:
        gate.wait()
        try:
            own_password.choose_with_code(database, "ana", code, password, now)
        except WrongInput:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(use, (PASSWORD, OTHER))) == [False, True]


def test_a_new_code_takes_password_sessions_and_older_codes_away(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    _, token = sign_in(database, "ana", PASSWORD, now)
    older = reset(database, ada, ana, now)
    newer = reset(database, ada, ana, now)
    with database.transaction() as session:
        assert sessions.find(session, token, now) is None
        assert codes.waiting(session, now) == {ana.id: now + codes.VALID_FOR}
    with pytest.raises(SignInRefused):
        sign_in(database, "ana", PASSWORD, now)
    with pytest.raises(WrongInput):
        own_password.choose_with_code(database, "ana", older, OTHER, now)
    assert own_password.choose_with_code(database, "ana", newer, OTHER, now)


def test_a_password_taken_away_while_it_is_checked_signs_nobody_in(
    database: Database,
    now: datetime,
    ada: Account,
    ana: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verify = passwords.verify

    def slow(password_hash: str | None, password: str) -> bool:
        reset(database, ada, ana, now)
        return verify(password_hash, password)

    monkeypatch.setattr(passwords, "verify", slow)
    with pytest.raises(SignInRefused):
        sign_in(database, "ana", PASSWORD, now)
    with database.transaction() as session:
        assert session.query(ConsoleSession).count() == 0


def test_terms_change_and_the_chain_says_from_what_to_what(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    with database.transaction() as session:
        row = held(session, ana)
        terms = Terms(Role.AUDITOR, "north")
        management.change(session, ada, row, management.version(row), terms, now)
        assert management.terms_of(row) == terms
    assert last_entry(database).detail == {
        "role_from": "supervisor",
        "role_to": "auditor",
        "district_from": "",
        "district_to": "north",
    }


def test_the_same_terms_are_no_change(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    with database.transaction() as session:
        row = held(session, ana)
        management.change(session, ada, row, management.version(row), SUPERVISOR, now)
        assert session.query(AuditEntry).count() == 0


def test_nothing_is_overwritten(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    with database.transaction() as session:
        row = held(session, ana)
        seen = management.version(row)
        management.change(session, ada, row, seen, Terms(Role.AUDITOR), now)
    with database.transaction() as session, pytest.raises(ChangedMeanwhile):
        management.change(session, ada, held(session, ana), seen, Terms(Role.COUNSELOR), now)
    with database.transaction() as session:
        assert session.get_one(Account, ana.id).role is Role.AUDITOR


def test_a_responder_is_one_person(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    terms = Terms(Role.COUNSELOR, None, "the-responder")
    with database.transaction() as session:
        management.create(session, ada, "bo", "Bo", terms, now)
    with database.transaction() as session, pytest.raises(WrongInput) as caught:
        management.create(session, ada, "cy", "Cy", terms, now)
    assert caught.value.field == "responder"
    with database.transaction() as session:
        row = held(session, ana)
        seen = management.version(row)
        with pytest.raises(WrongInput) as caught:
            management.change(session, ada, row, seen, terms, now)
    assert caught.value.field == "responder"


def test_nobody_does_it_to_themselves(database: Database, now: datetime, ada: Account) -> None:
    person(database, now, "bo", Role.ADMINISTRATOR)
    with database.transaction() as session:
        row = held(session, ada)
        seen = management.version(row)
        with pytest.raises(WrongInput, match="own role"):
            management.change(session, ada, row, seen, Terms(Role.AUDITOR), now)
        with pytest.raises(WrongInput, match="own account"):
            management.disable(session, ada, row, now)
        with pytest.raises(WrongInput, match="own account"):
            management.new_code(session, ada, row, now)
        management.change(session, ada, row, seen, Terms(Role.ADMINISTRATOR, "north"), now)


def test_a_disabled_person_is_out_and_can_come_back(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    code = reset(database, ada, ana, now)
    own_password.choose_with_code(database, "ana", code, PASSWORD, now)
    with database.transaction() as session:
        management.disable(session, ada, held(session, ana), now)
        management.disable(session, ada, held(session, ana), now)
        assert sessions.valid_of(session, ana.id, now) == []
        assert session.query(AuditEntry).filter_by(action="account.disabled").count() == 1
        with pytest.raises(WrongInput, match="Enable it first"):
            management.new_code(session, ada, held(session, ana), now)
    with pytest.raises(SignInRefused):
        sign_in(database, "ana", PASSWORD, now)
    with database.transaction() as session:
        management.enable(session, ada, held(session, ana), now)
        management.enable(session, ada, held(session, ana), now)
        assert session.query(AuditEntry).filter_by(action="account.enabled").count() == 1
    assert sign_in(database, "ana", PASSWORD, now)


def test_a_code_given_before_an_account_was_disabled_is_worthless(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    code = reset(database, ada, ana, now)
    with database.transaction() as session:
        management.disable(session, ada, held(session, ana), now)
        management.enable(session, ada, held(session, ana), now)
    with pytest.raises(WrongInput):
        own_password.choose_with_code(database, "ana", code, OTHER, now)


def test_there_is_always_an_administrator_who_can_sign_in(
    database: Database, now: datetime, ada: Account
) -> None:
    bo = person(database, now, "bo", Role.ADMINISTRATOR)
    reset(database, ada, bo, now)  # bo has no password now
    with database.transaction() as session:
        row = held(session, ada)
        for refused in (
            lambda: management.disable(session, bo, row, now),
            lambda: management.new_code(session, bo, row, now),
            lambda: management.change(
                session, bo, row, management.version(row), Terms(Role.AUDITOR), now
            ),
        ):
            with pytest.raises(WrongInput, match="last administrator"):
                refused()
        management.disable(session, ada, held(session, bo), now)  # who cannot sign in anyway


def test_whoever_has_the_terminal_can_always_give_a_code(
    database: Database, now: datetime, ada: Account
) -> None:
    with database.transaction() as session:
        code = management.new_code(session, None, held(session, ada), now)
    assert last_entry(database).actor == "command-line"
    assert own_password.choose_with_code(database, "ada", code, OTHER, now)


@pytest.mark.parametrize("how", ["disable", "change", "new_code"])
def test_two_administrators_turn_on_each_other_and_one_stays(
    database: Database, now: datetime, ada: Account, how: str
) -> None:
    bo = person(database, now, "bo", Role.ADMINISTRATOR)
    gate = threading.Barrier(2, timeout=30)

    def turn(pair: tuple[Account, Account]) -> bool:
        by, account = pair
        gate.wait()
        try:
            with database.transaction() as session:
                row = held(session, account)
                if how == "change":
                    seen = management.version(row)
                    management.change(session, by, row, seen, Terms(Role.AUDITOR), now)
                else:
                    getattr(management, how)(session, by, row, now)
        except WrongInput:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(turn, ((ada, bo), (bo, ada)))) == [False, True]


def test_a_session_is_ended_alone(
    database: Database, now: datetime, ada: Account, ana: Account
) -> None:
    come_in(database, "ana", now)
    come_in(database, "ana", now + timedelta(seconds=5))
    with database.transaction() as session:
        newest, oldest = sessions.valid_of(session, ana.id, now)
        assert newest.seen_at > oldest.seen_at
        management.end_session(session, ada, held(session, ada), newest.id, now)  # not ada's
        assert len(sessions.valid_of(session, ana.id, now)) == 2
        management.end_session(session, ada, held(session, ana), newest.id, now)
        assert [row.id for row in sessions.valid_of(session, ana.id, now)] == [oldest.id]
        assert sessions.last_seen(session)[ana.id] == now + timedelta(seconds=5)
