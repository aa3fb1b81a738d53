"""`hotline account`: the only administrator who forgot, or lost a device, gets back in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.audit import AuditEntry
from hotline.cli import main
from hotline.database.engine import Database
from hotline.people import accounts, codes, factors, passwords, sessions
from hotline.people.model import Account, ConsoleSession, Passkey, Role

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", sqlite_url)
    return Database(sqlite_url)


def hotline(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_the_last_administrator_gets_a_code(database: Database) -> None:
    with database.transaction() as session:
        ada = accounts.add_account(session, "ada", "Ada", Role.ADMINISTRATOR, "a-hash", NOW)
    result = hotline("account", "code", "Ada")
    assert result.exit_code == 0
    where, code, _ = result.output.splitlines()
    assert where.endswith("/welcome and enter")
    with database.transaction() as session:
        assert codes.is_open(session, code.strip(), ada.id, datetime.now(UTC))
        assert session.get_one(Account, ada.id).password_hash == passwords.NONE
    database.close()


def test_who_gets_none(database: Database) -> None:
    with database.transaction() as session:
        bo = accounts.add_account(session, "bo", "Bo", Role.AUDITOR, "a-hash", NOW)
        bo.disabled_at = NOW
    for name, sentence in (("nobody", "There is no account"), ("bo", "Enable it first")):
        result = hotline("account", "code", name)
        assert result.exit_code == 2
        assert sentence in result.output
    database.close()


def test_the_last_administrator_who_lost_their_device_sets_up_another(database: Database) -> None:
    with database.transaction() as session:
        ada = accounts.add_account(session, "ada", "Ada", Role.ADMINISTRATOR, "a-hash", NOW)
        row = Passkey(account_id=ada.id, name="Laptop", credential_id="x", public_key=b"x")
        row.sign_count, row.created_at = 0, NOW
        session.add(row)
        sessions.start(session, ada.id, NOW)
    result = hotline("account", "reset-factors", "ada")
    assert result.exit_code == 0
    with database.transaction() as session:
        assert not factors.has(session, ada.id)
        assert session.query(ConsoleSession).one().ended_at is not None
        assert session.get_one(Account, ada.id).factors_reset_at is not None
        entry = session.query(AuditEntry).one()
    assert (entry.actor, entry.action) == ("command-line", "account.factors_reset")
    assert hotline("account", "reset-factors", "nobody").exit_code == 2
    database.close()
