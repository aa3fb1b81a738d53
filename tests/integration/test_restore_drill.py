"""The restore drill: a hotline is backed up while it works, lost, and there again in a new place.

On both databases, with the commands as people run them. What came after the backup is missing, and
what was deleted after it stays deleted.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from hotline import audit
from hotline.backup import age, record, sqlite
from hotline.database import migrations
from hotline.database.engine import Database
from hotline.people.model import ConsoleSession, Role
from hotline.privacy.retention import Clocks
from hotline.reports import audio, purging, transcripts
from hotline.reports.casework import closing
from hotline.reports.model import Message, Report
from hotline.reports.outcomes import Disposition
from hotline.tasks import heartbeat
from tests.support import postgres
from tests.support.archives import Safe, make_safe, programs_on_path, url_of
from tests.support.console import World, browser_of, leave_message, make_world, tone

CLOCKS = Clocks(routine_days=90, grave_days=365, draft_days=7)
WORDS = "somebody put a note into my locker"
DELETED = "my cousin keeps a knife under his bed"

NewUrl = Callable[[], str]


@pytest.fixture
def safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Safe:
    return make_safe(tmp_path / "safe", monkeypatch)


@pytest.fixture
def world(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A small hotline, once on each database."""
    if not database_url.startswith("sqlite"):
        programs_on_path(monkeypatch)
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()


@pytest.fixture
def new_url(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> NewUrl:
    """Gives the URL of an empty database of the same kind, each time of another one."""

    def make() -> str:
        if world.database.engine.dialect.name == "sqlite":
            return f"sqlite:///{tmp_path / 'new' / 'hotline.sqlite'}"
        cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.new_database()
        request.addfinalizer(lambda: cluster.drop(url))
        return url

    return make


@pytest.fixture
def new_dir(world: World, tmp_path: Path) -> Path:
    """A data directory with nothing but the copy of the key ring."""
    folder = tmp_path / "new"
    folder.mkdir(mode=0o700)
    shutil.copy(world.runtime.settings.key_file, folder / "keys")
    return folder


def reopened(world: World, url: str, data_dir: Path) -> World:
    """The hotline on the restored database."""
    settings = world.runtime.settings.model_copy(
        update={"data_dir": data_dir, "database_url": url, "tombstone_file": None}
    )
    return World(replace(world.runtime, settings=settings, database=Database(url)), world.clock)


def close_and_purge(world: World, report_id: str) -> None:
    """Close a report as routine, and let its time pass."""
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        report.urgency = "routine"
        closing.close(
            session, report, Disposition.HELP_GIVEN, sought=False, by="ana", now=world.now
        )
    world.pass_s(91 * 86400.0)
    path = world.runtime.settings.tombstones
    assert len(purging.purge(world.database, CLOCKS, world.now, path, "auditor")) == 1


def words_and_sound(world: World, report_id: str) -> tuple[str, bytes]:
    with world.database.reading() as session:
        report = session.get_one(Report, report_id)
        message = session.scalars(select(Message).where(Message.report_id == report_id)).one()
        text = transcripts.read(session, world.vault, report)[0].text
        return text, b"".join(d for _, d in audio.load_parts(session, world.vault, message))


def test_the_drill(world: World, safe: Safe, new_url: NewUrl, new_dir: Path) -> None:
    kept, gone = leave_message(world, text=WORDS), leave_message(world, text=DELETED)
    browser = browser_of(world, Role.SUPERVISOR)
    with world.database.transaction() as session:
        heartbeat.beat(session, heartbeat.DISPATCHER, world.now)
        before = audit.head(session)
    recordings = world.runtime.settings.recordings_folder
    (recordings / "en").mkdir(parents=True)
    (recordings / "en" / "welcome.wav").write_bytes(b"RIFF of a person")

    archive = safe.backup(world)
    close_and_purge(world, gone)
    leave_message(world, text="this came after the backup")

    url = new_url()
    stones = str(world.runtime.settings.tombstones)
    result = safe.restore(archive, new_dir, url, "--tombstones", stones)
    assert result.exit_code == 0, result.output
    assert "2 reports." in result.stdout
    assert "Deleted again by tombstones: 1." in result.stdout
    assert "Sessions ended: 1. Recordings of prompts: 1." in result.stdout

    there = reopened(world, url, new_dir)
    try:
        assert words_and_sound(there, kept) == (WORDS, tone())
        with there.database.reading() as session:
            assert audit.verify(session, before) > before[0]
            assert set(session.scalars(select(Report.id))) == {kept, gone}
            assert (
                session.scalars(
                    select(ConsoleSession.id).where(ConsoleSession.ended_at.is_(None))
                ).all()
                == []
            )
            assert not heartbeat.alive(session, heartbeat.DISPATCHER, world.now, 1e9)
            assert record.newest(session) is not None
        old = there.app().test_client()
        cookie = browser.get_cookie("hotline")
        assert cookie is not None
        old.set_cookie("hotline", cookie.value)
        assert old.get("/reports").status_code == 303  # to the door
        assert_gone(there, gone)
        assert (new_dir / "recordings/en/welcome.wav").read_bytes() == b"RIFF of a person"
        assert gone in (new_dir / "tombstones.jsonl").read_text()  # for the next restore
    finally:
        there.database.close()


def assert_gone(world: World, report_id: str) -> None:
    """No key opens it, and no page shows it."""
    with world.database.reading() as session:
        assert session.get_one(Report, report_id).purged_at is not None
    client = browser_of(world, Role.COUNSELOR)
    assert client.get(f"/reports/{report_id}").status_code == 404


def test_the_tombstones_of_the_data_directory_are_read_anyway(
    world: World, safe: Safe, new_url: NewUrl
) -> None:
    """The database was lost, its data directory was not."""
    gone = leave_message(world, text=DELETED)
    archive = safe.backup(world)
    close_and_purge(world, gone)
    data_dir, url = world.runtime.settings.data_dir, new_url()
    result = safe.restore(archive, data_dir, url)
    assert (result.exit_code, "Deleted again by tombstones: 1." in result.stdout) == (0, True)
    there = reopened(world, url, data_dir)
    assert_gone(there, gone)
    there.database.close()


def test_without_tombstones_it_would_be_there_again(
    world: World, safe: Safe, new_url: NewUrl, new_dir: Path
) -> None:
    """Without this, the drill would show nothing."""
    gone = leave_message(world, text=DELETED)
    archive = safe.backup(world)
    close_and_purge(world, gone)
    url = new_url()
    assert safe.restore(archive, new_dir, url).exit_code == 0
    there = reopened(world, url, new_dir)
    assert words_and_sound(there, gone)[0] == DELETED
    there.database.close()


def test_neither_words_nor_keys_are_in_the_archive(
    world: World, safe: Safe, tmp_path: Path
) -> None:
    leave_message(world, text=WORDS)
    archive = safe.backup(world)
    plain = tmp_path / "plain.tar"
    with archive.open("rb") as source, plain.open("wb") as target:
        age.decrypt(source, target, age.identities(safe.identity))
    for data in (archive.read_bytes(), plain.read_bytes()):
        assert b"locker" not in data
        assert world.runtime.settings.key_file.read_bytes().strip() not in data
    assert archive.stat().st_mode & 0o777 == 0o600


def test_a_database_with_tables_is_left_alone(
    world: World, safe: Safe, new_url: NewUrl, new_dir: Path
) -> None:
    archive = safe.backup(world)
    url = new_url()
    new_dir.mkdir(exist_ok=True)
    migrations.upgrade(url)
    result = safe.restore(archive, new_dir, url)
    assert result.exit_code == 2
    assert result.stderr.startswith("The database already holds tables;")
    same = safe.restore(archive, world.runtime.settings.data_dir, url_of(world))
    assert same.exit_code == 2


def test_an_older_backup_is_migrated_forward(
    safe: Safe,
    empty_url: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data_dir = tmp_path / "old"
    migrations.upgrade(empty_url, "0012")
    if empty_url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'newer.sqlite'}"
    else:
        programs_on_path(monkeypatch)
        cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.new_database()
        request.addfinalizer(lambda: cluster.drop(url))
    assert safe.run(data_dir, empty_url, "keys", "init").exit_code == 0
    made = safe.run(data_dir, empty_url, "backup")
    assert made.exit_code == 0, made.output
    result = safe.restore(next(safe.folder.glob("*.age")), data_dir, url)
    assert result.exit_code == 0, result.output
    assert migrations.is_current(url)


def test_keys_that_are_missing_are_named(
    world: World, safe: Safe, new_url: NewUrl, tmp_path: Path
) -> None:
    leave_message(world)
    archive = safe.backup(world)
    bare = tmp_path / "bare"
    refused = safe.restore(archive, bare, new_url())
    assert refused.exit_code == 2
    assert refused.stderr.startswith("There is no key ring at ")
    (bare / "keys").write_text("7:" + "A" * 43 + "=")
    result = safe.restore(archive, bare, new_url())
    assert result.exit_code == 1
    assert "Records need master keys that are not here: 1." in result.stderr


def test_a_backup_does_not_wait_for_a_writer_and_holds_nothing_of_it(
    sqlite_url: str, safe: Safe, tmp_path: Path
) -> None:
    """A transaction is open all the while."""
    world = make_world(tmp_path, sqlite_url)
    kept = leave_message(world, text=WORDS)
    path = world.database.engine.url.database or ""
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE report SET urgency = 'half written'")
    safe.patch.setenv("HOTLINE_DATABASE_URL", sqlite_url)
    facts = sqlite.copy(sqlite_url, tmp_path / "copy.sqlite")
    writer.execute("ROLLBACK")
    writer.close()
    assert facts.reports == 1
    copied = sqlite3.connect(tmp_path / "copy.sqlite")
    (urgency,) = copied.execute("SELECT urgency FROM report WHERE id = ?", (kept,)).fetchone()
    copied.close()
    assert urgency != "half written"
    world.database.close()
