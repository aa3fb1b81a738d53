"""Break-glass that nobody could do is told."""

from datetime import UTC, datetime, timedelta

from hotline import audit
from hotline.database.engine import Database
from hotline.dispatch.break_glass import SETTLED
from hotline.doctor.finding import Level
from hotline.doctor.glass import break_glass
from hotline.people import passwords
from hotline.people.accounts import add_account
from hotline.people.model import Role
from tests.unit.doctor.conftest import MakeSettings
from tests.unit.doctor.test_doctor_machine import one


def test_it_takes_two_whose_accounts_count(make_settings: MakeSettings, sqlite_url: str) -> None:
    assert list(break_glass(make_settings(database_url=sqlite_url))) == []
    on = {"break_glass": True, "promise": "confidential"}
    settings = make_settings(database_url=sqlite_url, **on)
    database, now = Database(sqlite_url), datetime.now(UTC)
    long_ago = now - SETTLED - timedelta(hours=1)
    with database.transaction() as session:
        for name, role, made in (
            ("ada", Role.ADMINISTRATOR, long_ago),
            ("bo", Role.ADMINISTRATOR, long_ago),
            ("eve", Role.ADMINISTRATOR, now),
            ("sam", Role.SUPERVISOR, long_ago),
        ):
            account = add_account(session, name, name, role, passwords.NONE, made)
            if name == "bo":
                bo = account.id
    found = one(break_glass(settings))
    assert (found.level, found.values) == (Level.OK, {"count": 2})
    with database.transaction() as session:
        audit.record(session, now, "account:x", "account.code_issued", f"account:{bo}")
    database.close()
    found = one(break_glass(settings))
    assert (found.level, found.values) == (Level.WARN, {"count": 1})
    assert "It takes two" in found.mend
