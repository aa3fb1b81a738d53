"""The ring in a file: changed whole, noticed by whoever runs, never lost on the way."""

import threading
from pathlib import Path

import pytest

from hotline.privacy import key_file, keys
from hotline.privacy.key_file import KeyFile
from hotline.privacy.keys import KeyRing, KeyRingError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keys.load_or_create(tmp_path / "keys")
    return tmp_path / "keys"


def test_a_new_version_is_the_newest_and_the_old_one_still_opens(path: Path) -> None:
    before = keys.parse(path.read_text())
    after = key_file.add_version(path)
    assert after.versions == ("2", "1")
    assert after.get("1") == before.get("1")
    assert keys.parse(path.read_text()) == after
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["keys"]


def test_who_holds_the_old_ring_picks_the_new_one_up(path: Path) -> None:
    running = KeyFile(path)
    assert running.current[0] == "1"
    ring = key_file.add_version(path)
    assert running.get("2") == ring.get("2")
    assert running.current == ring.current


def test_who_runs_goes_on_when_the_file_is_gone_or_broken(path: Path) -> None:
    running = KeyFile(path)
    before = running.current
    path.write_text("half a ri")
    assert running.current == before
    path.unlink()
    assert running.get("1") == before[1]


def test_a_dropped_key_is_gone_for_who_runs(path: Path) -> None:
    running = KeyFile(path)
    key_file.add_version(path)
    key_file.change(path, lambda ring: key_file.without(ring, "1"))
    with pytest.raises(KeyRingError, match="'1' is not in the key ring"):
        running.get("1")


def test_the_newest_key_is_not_dropped(path: Path) -> None:
    with pytest.raises(KeyRingError, match="rotate before"):
        key_file.change(path, lambda ring: key_file.without(ring, "1"))
    assert keys.parse(path.read_text()).versions == ("1",)


def test_what_goes_wrong_in_between_leaves_the_ring_as_it_was(path: Path) -> None:
    before = path.read_text()

    def fails(ring: KeyRing) -> KeyRing:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        key_file.change(path, fails)
    assert path.read_text() == before


def test_rotations_at_once_lose_no_key(path: Path) -> None:
    threads = [threading.Thread(target=key_file.add_version, args=(path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys.parse(path.read_text()).versions == ("5", "4", "3", "2", "1")


@pytest.mark.parametrize(
    ("taken", "expected"), [([], "1"), (["1"], "2"), (["9", "10"], "11"), (["winter"], "1")]
)
def test_next_version(taken: list[str], expected: str) -> None:
    assert keys.next_version(taken) == expected
