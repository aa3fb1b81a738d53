"""Attacks on the audit by somebody who has the database: each is refused, or shows.

On SQLite they are made with `sqlite3` on the file, on PostgreSQL with SQL of their own.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from hotline import audit, audit_anchors
from hotline.cli import main
from hotline.context import Runtime
from hotline.database.engine import Database
from hotline.dispatch.upkeep import Upkeep

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
Run = Callable[..., Result]
TRIGGERS = {
    "sqlite": ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
    "postgresql": ("DROP TRIGGER audit_no_change ON audit",),
}
ATTACKS = {
    "edited": ("UPDATE audit SET actor = 'account:somebody-else' WHERE seq = 3",),
    "deleted": ("DELETE FROM audit WHERE seq = 3",),
    "reordered": (
        "UPDATE audit SET seq = 99 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 99",
    ),
    "closed up": (
        "DELETE FROM audit WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 5",
    ),
}


@pytest.fixture
def url(database_url: str) -> str:
    """A database whose audit has five entries."""
    with closing(Database(database_url)) as database:
        for number in range(5):
            with database.transaction() as session:
                audit.record(session, NOW, "account:a", "report.opened", f"report:{number}")
    return database_url


@pytest.fixture
def run(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs `hotline audit …` on it."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", url)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOTLINE_TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef")
    return lambda *words: CliRunner().invoke(main, ["audit", *words])


def attack(url: str, *statements: str) -> None:
    """Carry out the statements with the tools of the database."""
    if make_url(url).get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(make_url(url).database))) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def unguard(url: str) -> None:
    """Take the triggers away, as only the owner of the tables can."""
    attack(url, *TRIGGERS[make_url(url).get_backend_name()])


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses(url: str, run: Run, name: str) -> None:
    with pytest.raises((sqlite3.IntegrityError, DBAPIError), match="only ever added to"):
        attack(url, *ATTACKS[name])
    assert run("verify").output == "The chain of 5 entries verifies.\n"


@pytest.mark.parametrize("name", ATTACKS)
def test_without_its_triggers_it_shows(url: str, run: Run, name: str) -> None:
    unguard(url)
    attack(url, *ATTACKS[name])
    result = run("verify")
    assert result.exit_code == 1
    assert "broken at entry 3" in result.output


@pytest.mark.parametrize("name", ATTACKS)
def test_without_its_triggers_it_is_altered(url: str, name: str) -> None:
    before = rows(url)
    unguard(url)
    attack(url, *ATTACKS[name])
    assert rows(url) != before


def test_without_digests_an_edit_does_not_show(
    url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguard(url)
    attack(url, *ATTACKS["edited"])
    assert run("verify").exit_code == 1
    monkeypatch.setattr(audit, "_digest", lambda entry: entry.digest)
    assert run("verify").exit_code == 0


def rows(url: str) -> list[tuple[object, ...]]:
    """What the audit holds."""
    with closing(Database(url)) as database, database.reading() as session:
        found = session.execute(text("SELECT seq, actor, subject FROM audit ORDER BY seq"))
        return [tuple(row) for row in found]


def kept(run: Run, path: Path) -> Path:
    """A file with the anchor of this moment."""
    path.write_text(run("anchor").output)
    return path


def test_a_cut_off_end_shows_against_the_anchor(url: str, run: Run, tmp_path: Path) -> None:
    file = kept(run, tmp_path / "anchors")
    unguard(url)
    attack(url, "DELETE FROM audit WHERE seq > 3")
    assert run("verify").exit_code == 0  # the chain alone cannot know
    result = run("verify", "--anchor", str(file))
    assert result.exit_code == 1
    assert "broken at entry 4" in result.output


def test_a_chain_written_anew_shows_against_the_anchor(url: str, run: Run, tmp_path: Path) -> None:
    """The attacker knows how digests are made and makes them all."""
    file = kept(run, tmp_path / "anchors")
    unguard(url)
    with closing(Database(url)) as database, database.transaction() as session:
        rows = [
            (row.seq, row.at, row.action, row.subject, row.detail)
            for row in session.query(audit.AuditEntry).order_by(audit.AuditEntry.seq)
        ]
        previous = audit.GENESIS
        for seq, at, action, subject, detail in rows:
            fields = [seq, at.isoformat(timespec="microseconds"), "account:b"]
            fields += [action, subject, detail, previous]
            canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
            digest = hashlib.sha256(canonical.encode()).hexdigest()
            session.execute(
                text("UPDATE audit SET actor='account:b', previous=:p, digest=:d WHERE seq=:s"),
                {"p": previous, "d": digest, "s": seq},
            )
            previous = digest
    assert run("verify").exit_code == 0
    assert run("verify", "--anchor", str(file)).exit_code == 1


def test_what_was_added_since_the_anchor_is_right(url: str, run: Run, tmp_path: Path) -> None:
    file = kept(run, tmp_path / "anchors")
    with closing(Database(url)) as database, database.transaction() as session:
        audit.record(session, NOW, "account:a", "report.closed", "report:1")
    with file.open("a") as more:
        more.write(run("anchor").output)
    result = run("verify", "--anchor", str(file))
    assert result.output == "The chain of 6 entries verifies and contains 2 anchors.\n"


BROKEN = ("", "{}\n", "no\n", '{"at": "", "seq": 1, "digest": "x"}')


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_without_anchors_is_refused(run: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "anchors"
    file.write_text(content)
    assert run("verify", "--anchor", str(file)).exit_code == 2


def test_the_auditor_keeps_an_anchor_each_day(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        audit.record(session, NOW, "account:a", "report.opened", "report:1")
        head = audit.head(session)
    passed = [0.0]
    upkeep = Upkeep(runtime, elapsed=lambda: passed[0])
    for seconds in (0.0, 3600.0, 90000.0):
        passed[0] = seconds
        upkeep.go_on()
    found = audit_anchors.parse(runtime.settings.anchors.read_text())
    assert [anchor.head for anchor in found] == [head, head]
