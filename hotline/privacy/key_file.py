"""The key ring as a file that another process may change while we run.

Every process holds the ring in memory and reads the file again when it was replaced: a key that was
added seals from the next record on, in every process of this machine.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hotline import durable
from hotline.privacy import keys
from hotline.privacy.keys import KeyRing, KeyRingError

_Stamp = tuple[int, int, int]


class KeyFile:
    """The ring in a file. A file that vanishes leaves a running process with what it has read."""

    def __init__(self, path: Path) -> None:
        """Raises KeyRingError when the file is not a ring, FileNotFoundError when there is none."""
        self._path = path
        self._stamp = _stamp(path)
        self._ring = keys.parse(path.read_text())

    @property
    def current(self) -> tuple[str, bytes]:
        """Version and key that seal new records, as the file says now."""
        self._read_again()
        return self._ring.current

    def get(self, version: str) -> bytes:
        """The key of a version. Raises KeyRingError when the file has it no more."""
        self._read_again()
        return self._ring.get(version)

    def _read_again(self) -> None:
        try:
            stamp = _stamp(self._path)
            if stamp == self._stamp:
                return
            ring = keys.parse(self._path.read_text())
        except (OSError, KeyRingError):
            return  # gone or half copied by hand: go on with the ring that opened everything
        self._stamp, self._ring = stamp, ring


def add_version(path: Path) -> KeyRing:
    """Put a new key before the others; it seals from now on. Gives the ring as it is then."""

    def added(ring: KeyRing) -> KeyRing:
        new = keys.generate(keys.next_version(ring.versions))
        return KeyRing((*new.keys, *ring.keys))

    return change(path, added)


def without(ring: KeyRing, version: str) -> KeyRing:
    """The ring without a key. Raises KeyRingError for the newest one and for an unknown one."""
    ring.get(version)
    if version == ring.current[0]:
        raise KeyRingError(f"Master key {version!r} seals new records; rotate before you drop it.")
    return KeyRing(tuple(key for key in ring.keys if key[0] != version))


def change(path: Path, made: Callable[[KeyRing], KeyRing]) -> KeyRing:
    """Replace the ring by what `made` makes of it: whole or not at all, one process at a time."""
    with _alone(path.parent):
        ring = made(keys.parse(path.read_text()))
        temporary = keys.write_beside(path, ring)
        _give_to_owner_of(path, temporary)
        temporary.replace(path)
        durable.sync_folder(path.parent)
    return ring


def _stamp(path: Path) -> _Stamp:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _give_to_owner_of(path: Path, temporary: Path) -> None:
    """Root may rotate the ring of a service that runs as somebody else, and must not take it."""
    owner = path.stat()
    if (owner.st_uid, owner.st_gid) != (os.getuid(), os.getgid()):
        os.chown(temporary, owner.st_uid, owner.st_gid)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
