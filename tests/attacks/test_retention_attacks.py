"""Attacks on deletion: a backup of before is restored, by accident or by somebody who wants to read
what was deleted. The restored rows open (the key ring is the same), until the tombstones are read.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hotline import audit
from hotline import runtime as wiring
from hotline.cli import main
from hotline.database.engine import Database
from hotline.dispatch.upkeep import Upkeep
from hotline.people.model import Role
from hotline.privacy.retention import Clocks
from hotline.reports import purging, transcripts
from hotline.reports.casework import closing
from hotline.reports.model import Report
from hotline.reports.outcomes import Disposition
from tests.support import postgres
from tests.support.console import World, browser_of, leave_message, make_world

CLOCKS = Clocks(routine_days=90, grave_days=365, draft_days=7)
WORDS = "my cousin keeps a knife under his bed"


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """A small hotline, once on each database."""
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()


@pytest.fixture
def restored(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """The hotline on a backup made before its report was purged."""
    report_id = leave_message(world, text=WORDS)
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        report.urgency = "routine"
        how = Disposition.HELP_GIVEN
        closing.close(session, report, how, sought=False, by="ana", now=world.now)
    url = backup(world, tmp_path, request)
    world.pass_s(91 * 86400.0)
    settings = world.runtime.settings
    assert purging.purge(world.database, CLOCKS, world.now, settings.tombstones, "auditor")
    database = Database(url)
    yield World(replace(world.runtime, database=database), world.clock)
    database.close()


def backup(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a copy of the database as it is now."""
    url = world.database.engine.url
    world.database.close()
    if url.get_backend_name() == "sqlite":
        shutil.copyfile(str(url.database), tmp_path / "backup.sqlite")
        return f"sqlite:///{tmp_path / 'backup.sqlite'}"
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    copy = cluster.new_database(str(url.database))
    request.addfinalizer(lambda: cluster.drop(copy))
    return copy


def the_report(world: World) -> Report:
    """The one report there is."""
    with world.database.reading() as session:
        return session.scalars(select(Report)).one()


def test_a_restored_backup_does_hold_the_words(restored: World) -> None:
    """Without this the next tests would show nothing."""
    report = the_report(restored)
    with restored.database.reading() as session:
        assert transcripts.read(session, restored.vault, report)[0].text == WORDS
    page = browser_of(restored, Role.SUPERVISOR).get(f"/reports/{report.id}")
    assert page.status_code == 200


def test_the_auditor_deletes_again_what_a_backup_revives(restored: World) -> None:
    Upkeep(restored.runtime).go_on()
    assert_gone(restored)


def test_the_command_deletes_it_again_before_anything_is_started(
    restored: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "open_runtime", lambda _: restored.runtime)
    path = str(restored.runtime.settings.tombstones)
    assert CliRunner().invoke(main, ["purge", "--replay-tombstones", path]).output == (
        "Deleted again: 1.\n"
    )
    assert_gone(restored)
    again = CliRunner().invoke(main, ["purge", "--replay-tombstones", path])
    assert again.output == "Deleted again: 0.\n"


def test_a_hold_or_a_reopening_in_the_backup_revives_nothing(restored: World) -> None:
    report_id = the_report(restored).id
    with restored.database.transaction() as session:
        report = session.get_one(Report, report_id)
        closing.reopen(session, report, by="ana", now=restored.now)
        purging.hold(session, report, True, restored.now)
    Upkeep(restored.runtime).go_on()
    assert_gone(restored)


def assert_gone(world: World) -> None:
    """No page shows it, no key opens it, and the audit says why."""
    report = the_report(world)
    assert report.purged_at == world.now
    client = browser_of(world, Role.SUPERVISOR)
    assert client.get(f"/reports/{report.id}").status_code == 404
    assert report.id not in client.get("/reports?show=all").text
    with world.database.reading() as session:
        query = select(audit.AuditEntry).where(audit.AuditEntry.action == "report.purged")
        assert session.scalars(query).one().detail["why"] == "restored"
