"""The first administrator: one code, one day, one account."""

from datetime import datetime, timedelta

import pytest

from hotline import audit
from hotline.database.engine import Database
from hotline.people import accounts, passwords
from hotline.people.accounts import WrongInput, issue_setup_code, redeem_setup_code
from hotline.people.model import Account, Role, SetupCode

PASSWORD = "seven calm grey herons"


def issue(database: Database, now: datetime) -> str:
    with database.transaction() as session:
        return issue_setup_code(session, now)


def redeem(database: Database, code: str, now: datetime, password: str = PASSWORD) -> Account:
    return redeem_setup_code(database, code, " Ana ", "Ana  B.", password, now)


def test_a_code_makes_the_first_administrator(database: Database, now: datetime) -> None:
    account = redeem(database, issue(database, now), now)
    assert (account.name, account.display_name, account.role) == ("ana", "Ana B.", "administrator")
    assert account.role is Role.ADMINISTRATOR
    assert account.password_hash.startswith("$argon2id$")
    with database.transaction() as session:
        assert accounts.any_account(session)
        assert audit.verify(session) == 1


def test_how_it_is_typed_does_not_matter(database: Database, now: datetime) -> None:
    code = issue(database, now).lower().replace("-", " ")
    assert redeem(database, code, now).name == "ana"


def test_the_code_itself_is_not_kept(database: Database, now: datetime) -> None:
    code = issue(database, now)
    with database.transaction() as session:
        row = session.query(SetupCode).one()
        assert code not in row.code_hash
        assert len(code.replace("-", "")) * 5 >= 112  # bits; ASVS 6.5.2


def test_a_code_works_once(database: Database, now: datetime) -> None:
    code = issue(database, now)
    redeem(database, code, now)
    with pytest.raises(WrongInput, match="newest one on the terminal") as caught:
        redeem(database, code, now)
    assert caught.value.field == "code"


def test_a_newer_code_replaces_the_older_one(database: Database, now: datetime) -> None:
    older, newer = issue(database, now), issue(database, now)
    with pytest.raises(WrongInput):
        redeem(database, older, now)
    assert redeem(database, newer, now)


@pytest.mark.parametrize(("hours", "works"), [(23.9, True), (24.0, False), (400.0, False)])
def test_a_code_is_valid_for_a_day(
    database: Database, now: datetime, hours: float, works: bool
) -> None:
    code, later = issue(database, now), now + timedelta(hours=hours)
    if works:
        assert redeem(database, code, later)
    else:
        with pytest.raises(WrongInput):
            redeem(database, code, later)


def test_no_code_opens_a_hotline_that_has_an_account(database: Database, now: datetime) -> None:
    redeem(database, issue(database, now), now)
    with pytest.raises(WrongInput):
        redeem(database, issue(database, now), now)
    with database.transaction() as session:
        assert session.query(Account).count() == 1


def test_a_short_password_does_not_use_up_the_code(database: Database, now: datetime) -> None:
    code = issue(database, now)
    with pytest.raises(WrongInput, match="at least 12") as caught:
        redeem(database, code, now, "eleven char")
    assert caught.value.field == "password"
    assert redeem(database, code, now, "q7#Lm2vX9p!a")


@pytest.mark.parametrize(
    ("name", "display", "field"),
    [
        ("", "Ana", "name"),
        ("a b", "Ana", "name"),
        ("x" * 65, "Ana", "name"),
        ("<b>", "Ana", "name"),
        ("ana", "   ", "display_name"),
        ("ana", "x" * 81, "display_name"),
    ],
)
def test_names_are_checked(name: str, display: str, field: str) -> None:
    with pytest.raises(WrongInput) as caught:
        accounts.check_new(name, display, PASSWORD)
    assert caught.value.field == field


def test_passwords_are_not_endless() -> None:
    with pytest.raises(WrongInput, match="at most"):
        accounts.check_password("x" * (passwords.MAX_LENGTH + 1))


def test_what_cannot_be_a_name_is_not_looked_up(database: Database) -> None:
    with database.transaction() as session:
        assert accounts.by_name(session, "a\x00b") is None


@pytest.mark.parametrize("action", accounts.MADE)
def test_an_account_is_settled_when_nobody_has_touched_it_for_long(
    database: Database, now: datetime, action: str
) -> None:
    day = timedelta(days=1)
    with database.transaction() as session:
        ana = accounts.add_account(session, "ana", "Ana", Role.SUPERVISOR, "-", now)
        session.flush()
        assert not accounts.is_settled(session, ana, now + day - timedelta(seconds=1), day)
        assert accounts.is_settled(session, ana, now + day, day)
        audit.record(session, now + 2 * day, "account:other", action, f"account:{ana.id}")
        assert not accounts.is_settled(session, ana, now + 2.5 * day, day)
        assert accounts.is_settled(session, ana, now + 3 * day, day)


def test_there_is_only_one_account_until_there_is_another(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        assert not accounts.is_only_one(session)
        ana = accounts.add_account(session, "ana", "Ana", Role.SUPERVISOR, "-", now)
        session.flush()
        assert accounts.is_only_one(session)
        accounts.add_account(session, "bo", "Bo", Role.COUNSELOR, "-", now).disabled_at = now
        session.flush()
        assert not accounts.is_only_one(session)
        assert ana.disabled_at is None
