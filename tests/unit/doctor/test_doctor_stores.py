"""Database, key ring, Redis and heartbeats, on both kinds of database where it matters."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotline.database.engine import Database
from hotline.doctor import processes, stores
from hotline.doctor.finding import Level
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from hotline.tasks import heartbeat
from tests.unit.doctor.conftest import MakeSettings
from tests.unit.doctor.test_doctor_machine import one

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_database_that_is_up_to_date(make_settings: MakeSettings, database_url: str) -> None:
    found = one(stores.database(make_settings(database_url=database_url)))
    assert found.level is Level.OK


def test_a_database_without_tables(make_settings: MakeSettings, empty_url: str) -> None:
    settings = make_settings(database_url=empty_url)
    if stores.is_not_made_yet(settings):
        Path(empty_url.removeprefix("sqlite:///")).touch()
    found = one(stores.database(settings))
    assert (found.level, found.mend) == (Level.BAD, stores.MIGRATE)
    assert list(processes.heartbeats(settings)) == []


def test_asking_does_not_make_a_database(make_settings: MakeSettings, tmp_path: Path) -> None:
    settings = make_settings(database_url=f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert one(stores.database(settings)).level is Level.WARN
    assert list(processes.heartbeats(settings)) == []
    assert not (tmp_path / "none.sqlite").exists()


def test_a_server_that_does_not_answer(make_settings: MakeSettings) -> None:
    settings = make_settings(database_url="postgresql+psycopg://nobody@127.0.0.1:9/none")
    found = one(stores.database(settings))
    assert found.level is Level.BAD
    assert "does not answer" in found.says


def test_the_key_ring(make_settings: MakeSettings, tmp_path: Path, sqlite_url: str) -> None:
    settings = make_settings()
    assert one(stores.key_ring(settings)).level is Level.WARN
    ring = keys.load_or_create(tmp_path / "keys")
    assert one(stores.key_ring(settings)).level is Level.OK

    opened = Database(sqlite_url)
    with opened.transaction() as session:
        Vault(ring).new_key(session)
    opened.close()
    assert one(stores.key_ring(settings)).level is Level.OK
    other = keys.generate("7").dump()
    gone = one(stores.key_ring(make_settings(keys=other)))
    assert gone.level is Level.BAD
    assert "gone: 1." in gone.says
    assert one(stores.key_ring(make_settings(keys=f"{other},{ring.dump()}"))).level is Level.OK

    (tmp_path / "keys").chmod(0o644)
    assert "chmod 0600" in next(iter(stores.key_ring(settings))).mend
    (tmp_path / "keys").write_text("nonsense")
    assert "cannot be read" in one(stores.key_ring(settings)).says


def test_redis(make_settings: MakeSettings) -> None:
    assert one(stores.redis(make_settings())).level is Level.OK
    silent = one(stores.redis(make_settings(redis_url="redis://127.0.0.1:9")))
    assert (silent.level, "does not answer" in silent.says) == (Level.WARN, True)
    assert one(stores.redis(make_settings(redis_url="nonsense"))).level is Level.WARN


def test_processes_that_never_ran(make_settings: MakeSettings) -> None:
    found = list(processes.heartbeats(make_settings(record="stream")))
    assert {finding.level for finding in found} == {Level.WARN}
    assert [finding.says.split()[1] for finding in found] == ["dispatcher", "auditor", "media"]
    assert len(list(processes.heartbeats(make_settings(record="verb")))) == 2


def test_a_process_that_beats(make_settings: MakeSettings, sqlite_url: str) -> None:
    opened = Database(sqlite_url)
    with opened.transaction() as session:
        heartbeat.beat(session, "dispatcher", datetime.now(UTC))
    opened.close()
    assert next(iter(processes.heartbeats(make_settings()))).level is Level.OK


@pytest.mark.parametrize(
    ("ago_s", "level", "says"),
    [
        (0.0, Level.OK, "alive 0 s ago"),
        (15.0, Level.OK, "alive 15 s ago"),
        (16.0, Level.BAD, "silent for 16 s"),
        (-59.0, Level.OK, "alive 0 s ago"),
        (-3600.0, Level.BAD, "60 min in the future"),
    ],
)
def test_when_a_process_counts_as_alive(ago_s: float, level: Level, says: str) -> None:
    found = processes.judged("dispatcher", NOW - timedelta(seconds=ago_s), 15.0, NOW)
    assert found.level is level
    assert says in found.says
