"""`hotline account code`: the only administrator who forgot gets back in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main
from hotline.database.engine import Database
from hotline.people import accounts, codes, passwords
from hotline.people.model import Account, Role

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
