"""What cannot be backed up or restored ends in one sentence, and leaves everything as it was."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotline.backup import age, archive, place
from hotline.backup.archive import TarStream
from tests.support.archives import Safe, make_safe, programs_on_path, url_of
from tests.support.console import World, make_world

# Runs `hotline backup` with no file allowed to grow beyond so many bytes, as on a full disk.
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.argv = ["hotline", "backup"]
from hotline.cli import main
main()
"""

# Runs it and is killed once a part of the archive lies on the disk.
KILLED = """
import os, signal, sys
from hotline.backup import age
def encrypt(source, file, to):
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
age.encrypt = encrypt
sys.argv = ["hotline", "backup"]
from hotline.cli import main
main()
"""


@pytest.fixture
def safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Safe:
    return make_safe(tmp_path / "safe", monkeypatch)


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    made = make_world(tmp_path, sqlite_url)
    yield made
    made.database.close()


@pytest.fixture
def new_dir(world: World, tmp_path: Path) -> Path:
    """A data directory with nothing but the copy of the key ring."""
    folder = tmp_path / "new"
    folder.mkdir(mode=0o700)
    shutil.copy(world.runtime.settings.key_file, folder / "keys")
    return folder


def refused(safe: Safe, file: Path, new_dir: Path, *arguments: str) -> str:
    """Try to restore it; gives the sentence, after a look at what is there now."""
    url = f"sqlite:///{new_dir / 'hotline.sqlite'}"
    result = safe.restore(file, new_dir, url, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert {path.name for path in new_dir.iterdir()} <= {"keys", "backups.lock"}
    assert result.stderr.count("\n") == 1
    return result.stderr


def cut(data: bytes) -> bytes:
    return data[:-7]


def cut_after_a_piece(data: bytes) -> bytes:
    """Where 64 KiB end: what is left is good, and not all of it."""
    return data[: data.index(b"\n---") + 1 + 53 + 16 + 3 * (65536 + 16)]


def flipped(data: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def no_archive(_data: bytes) -> bytes:
    return b"PK\x03\x04 something else"


def empty(_data: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("spoil", [cut, cut_after_a_piece, flipped, no_archive, empty])
def test_a_damaged_file(
    world: World, safe: Safe, new_dir: Path, spoil: Callable[[bytes], bytes]
) -> None:
    file = safe.backup(world)
    data = file.read_bytes()
    file.write_bytes(spoil(data))
    assert spoil(data) != data
    assert refused(safe, file, new_dir) == age.DAMAGED + "\n"


def test_another_identity(world: World, safe: Safe, new_dir: Path) -> None:
    file = safe.backup(world)
    safe.identity.write_text(age.new_pair().identity)
    assert "This identity does not open the backup" in refused(safe, file, new_dir)
    safe.identity.write_text("nothing\n")
    assert "The file holds no identity of age" in refused(safe, file, new_dir)


def encrypted(safe: Safe, manifest: bytes, files: list[archive.Stored]) -> Path:
    """An archive as we make them, with a manifest of the test's own."""
    file = safe.folder / "hotline-20260101T000000Z.tar.age"
    by = age.recipients(safe.identity.read_text().split()[3])
    with file.open("wb") as target:
        age.encrypt(TarStream(manifest, files), target, by)
    return file


def taken_apart(safe: Safe, file: Path, folder: Path) -> tuple[bytes, list[archive.Stored]]:
    """The manifest of a backup and its files."""
    plain = folder / "plain.tar"
    with file.open("rb") as source, plain.open("wb") as target:
        age.decrypt(source, target, age.identities(safe.identity))
    opened = archive.Archive(plain)
    files = []
    for name in opened.names():
        path = folder / "part"
        path.write_bytes(opened.read(name).read())
        files.append(archive.stored(name, path))
    manifest = opened.manifest.dump()
    opened.close()
    return manifest, files


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b'"format": 1', b'"format": 2', "The backup is of a newer version of Hotline"),
        (b'"revision": "00', b'"revision": "99', "The backup is of a newer version of Hotline"),
        (b'"kind": "sqlite"', b'"kind": "postgresql"', "The backup is of postgresql"),
        (b'"sha256": "', b'"sha256": "0', "The backup is damaged"),
        (b'"name": "database.sqlite"', b'"name": "../../x"', "The backup is damaged"),
        (b'"facts"', b'"other"', "The backup does not say what is in it"),
    ],
)
def test_a_manifest_that_does_not_fit(
    world: World, safe: Safe, new_dir: Path, tmp_path: Path, old: bytes, new: bytes, sentence: str
) -> None:
    manifest, files = taken_apart(safe, safe.backup(world), tmp_path)
    assert old in manifest
    file = encrypted(safe, manifest.replace(old, new), files)
    assert refused(safe, file, new_dir).startswith(sentence)


def test_check_restores_nothing(world: World, safe: Safe, new_dir: Path) -> None:
    file = safe.backup(world)
    url = f"sqlite:///{new_dir / 'hotline.sqlite'}"
    result = safe.restore(file, new_dir, url, "--check")
    assert (result.exit_code, result.stdout.startswith("The backup is whole: 0 reports")) == (
        0,
        True,
    )
    assert not (new_dir / "hotline.sqlite").exists()


def test_no_recipient_and_no_folder(
    world: World, safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir, url = world.runtime.settings.data_dir, url_of(world)
    monkeypatch.setenv("HOTLINE_BACKUP_RECIPIENT", "ssh-ed25519 AAAA")
    assert "is no public key of age" in safe.run(data_dir, url, "backup").stderr
    monkeypatch.delenv("HOTLINE_BACKUP_RECIPIENT")
    assert "make a pair with `hotline backup key`" in safe.run(data_dir, url, "backup").stderr
    monkeypatch.delenv("HOTLINE_BACKUP_FOLDER")
    assert "Say where to put the backup" in safe.run(data_dir, url, "backup").stderr
    assert list(safe.folder.glob("hotline-*")) == []


def test_a_new_pair_is_stored_nowhere(safe: Safe, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    result = safe.run(tmp_path / "unused", "sqlite://", "backup", "key")
    public, identity = result.stdout.splitlines()
    assert age.recipients(public.removeprefix("# public key: "))
    assert identity.startswith("AGE-SECRET-KEY-1")
    assert identity not in result.stderr
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("limit", [100_000, 700_000])
def test_a_full_disk_leaves_no_half_archive(world: World, safe: Safe, limit: int) -> None:
    """Once the copy of the database does not fit, once the archive."""
    data_dir = world.runtime.settings.data_dir
    size = (data_dir / "hotline.sqlite").stat().st_size
    limit = limit if limit < size else size + 1024
    safe.patch.setenv("HOTLINE_DATA_DIR", str(data_dir))
    safe.patch.setenv("HOTLINE_DATABASE_URL", url_of(world))
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit)], capture_output=True, text=True
    )
    assert done.returncode == 2, done.stderr
    assert "there is no room" in done.stderr
    assert {path.name for path in safe.folder.iterdir()} == {"identity"}
    assert list(data_dir.glob("backup-*")) == []
    assert safe.backup(world).exists()  # and the next one is whole


def test_what_a_killed_run_left_is_removed(world: World, safe: Safe) -> None:
    """The archive of a run that was killed is never taken for one, and does not stay for ever."""
    data_dir = world.runtime.settings.data_dir
    safe.patch.setenv("HOTLINE_DATA_DIR", str(data_dir))
    safe.patch.setenv("HOTLINE_DATABASE_URL", url_of(world))
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    [part] = safe.folder.glob(".*")
    part = part.rename(
        part.with_name(".hotline-20260102T000000Z.tar.age.part")
    )  # not this second's
    assert list(data_dir.glob("backup-*/"))
    assert place.archives(safe.folder) == []
    first = safe.backup(world)
    assert part.exists()  # young: it might be another machine's
    assert list(data_dir.glob("backup-*/")) == []
    old = part.stat().st_mtime - place.YOUNG.total_seconds() - 60
    os.utime(part, (old, old))
    first.rename(first.with_name("hotline-20260101T000000Z.tar.age"))
    safe.backup(world)
    assert not part.exists()


@pytest.mark.postgres
def test_programs_of_postgresql(
    postgres_url: str, safe: Safe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing, of an older version, failing: a sentence each, and no archive."""
    programs_on_path(monkeypatch)
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))
    assert "pg_dump is not on the PATH" in safe.run(tmp_path, postgres_url, "backup").stderr
    program = tools / "pg_dump"
    program.write_text('#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6"\n')
    program.chmod(0o700)
    assert "and pg_dump is of 9" in safe.run(tmp_path, postgres_url, "backup").stderr
    program.write_text(
        '#!/bin/sh\ntest "$1" = --version && echo "pg_dump (PostgreSQL) 99" && exit\n'
        'echo "pg_dump: error: it broke" >&2\necho "a row" >&2\nexit 1\n'
    )
    said = safe.run(tmp_path, postgres_url, "backup").stderr
    assert said.endswith("pg_dump: error: it broke\n")
    assert list(safe.folder.glob("hotline-*")) == []


def test_older_ones_are_removed_once_the_new_one_is_there(world: World, safe: Safe) -> None:
    names = [f"hotline-2026010{day}T000000Z.tar.age" for day in range(1, 5)]
    for name in [*names, "notes.txt"]:
        (safe.folder / name).write_text("old")
    newest = safe.backup(world, "--keep", "2")
    left = {path.name for path in safe.folder.iterdir()}
    assert left == {newest.name, names[-1], "notes.txt", "identity"}
