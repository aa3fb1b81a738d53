"""Data keys wrapped anew: in batches, beside who writes, and nothing that was sealed is lost."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import select, update

from hotline.database.engine import Database
from hotline.database.types import Sealed
from hotline.privacy import key_file, keys, rewrap
from hotline.privacy.cipher import DataKey, KeyLost, Vault
from hotline.privacy.key_file import KeyFile

WHERE = "message/m1/audio"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keys.load_or_create(tmp_path / "keys")
    return tmp_path / "keys"


def sealed_records(database: Database, vault: Vault, count: int) -> dict[str, Sealed]:
    found = {}
    with database.transaction() as session:
        for number in range(count):
            key_id = vault.new_key(session)
            found[key_id] = vault.seal_json(session, key_id, WHERE, number)
    return found


def test_after_rotation_everything_opens_without_the_old_key(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrap, "BATCH", 3)
    records = sealed_records(database, Vault(KeyFile(path)), 10)
    ring = key_file.add_version(path)
    assert rewrap.rewrap(database, ring) == rewrap.Rewrapped(10, 0)
    assert rewrap.rewrap(database, ring) == rewrap.Rewrapped(0, 0)
    only_new = Vault(key_file.without(ring, "1"))
    with database.transaction() as session:
        assert rewrap.in_use(session) == {"2": 10}
        opened = [only_new.open_json(session, k, WHERE, v) for k, v in records.items()]
    assert opened == list(range(10))


def test_who_writes_meanwhile_is_neither_kept_waiting_nor_lost(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process with its own ring in memory seals and opens while the keys are wrapped anew."""
    monkeypatch.setattr(rewrap, "BATCH", 5)
    running = Vault(KeyFile(path))
    records = sealed_records(database, running, 40)
    wrong: list[int] = []

    def works() -> None:
        for number, (key_id, sealed) in enumerate(records.items()):
            with database.transaction() as session:
                mine = running.new_key(session)
                note = running.seal_json(session, mine, WHERE, number)
                if running.open_json(session, mine, WHERE, note) != number:
                    wrong.append(number)
                if running.open_json(session, key_id, WHERE, sealed) != number:
                    wrong.append(number)

    worker = threading.Thread(target=works)
    worker.start()
    ring = key_file.add_version(path)
    rewrap.rewrap(database, ring)
    worker.join()
    rewrap.rewrap(database, ring)
    assert wrong == []
    with database.transaction() as session:
        assert rewrap.in_use(session) == {"2": 80}


def test_one_that_does_not_open_is_counted_and_left(database: Database, path: Path) -> None:
    records = sealed_records(database, Vault(KeyFile(path)), 3)
    with database.transaction() as session:
        altered = update(DataKey).where(DataKey.id == min(records))
        session.execute(altered.values(wrapped=Sealed(b"x" * 60)))
    assert rewrap.rewrap(database, key_file.add_version(path)) == rewrap.Rewrapped(2, 1)
    with database.transaction() as session:
        assert session.get_one(DataKey, min(records)).wrapped == b"x" * 60


def test_a_key_that_wraps_something_is_not_dropped(database: Database, path: Path) -> None:
    sealed_records(database, Vault(KeyFile(path)), 2)
    ring = key_file.add_version(path)
    dropped: list[str] = []
    assert rewrap.drop(database, "1", lambda: dropped.append("1")) == 2
    assert dropped == []
    rewrap.rewrap(database, ring)
    assert rewrap.drop(database, "1", lambda: dropped.append("1")) == 0
    assert dropped == ["1"]


def test_another_key_of_the_same_name_is_told(database: Database, path: Path) -> None:
    sealed_records(database, Vault(KeyFile(path)), 2)
    with database.transaction() as session:
        assert rewrap.strangers(session, keys.parse(path.read_text())) == set()
        assert rewrap.strangers(session, keys.generate("1")) == {"1"}
        assert rewrap.strangers(session, keys.generate("2")) == set()  # lost, which is told apart


def test_a_lost_key_says_which_and_what_to_do(database: Database, path: Path) -> None:
    sealed_records(database, Vault(KeyFile(path)), 1)
    with database.transaction() as session:
        key_id = session.scalars(select(DataKey.id)).one()
        with pytest.raises(KeyLost, match="'1' is not in the key ring; put it back"):
            Vault(keys.generate("2")).seal_json(session, key_id, WHERE, 1)
