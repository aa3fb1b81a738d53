"""The key ring: master keys that live outside the database and wrap each record's data key."""

import base64
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hotline import durable
from hotline.mistakes import Mistake

KEY_BYTES = 32  # AES-256


class KeyRingError(Mistake):
    """The key ring is missing or malformed; the message says what to do."""


class Ring(Protocol):
    """What the vault needs of a ring: one in memory, or the file that may change under us."""

    @property
    def current(self) -> tuple[str, bytes]:
        """Version and key that seal new records."""
        ...

    def get(self, version: str) -> bytes:
        """The key of a version. Raises KeyRingError when it is lost."""
        ...


@dataclass(frozen=True)
class KeyRing:
    """Master keys by version, newest first. The first one seals; all of them open."""

    keys: tuple[tuple[str, bytes], ...]

    @property
    def current(self) -> tuple[str, bytes]:
        """Version and key that seal new records."""
        return self.keys[0]

    def get(self, version: str) -> bytes:
        """The key of a version. Raises KeyRingError when the ring has lost it."""
        for name, key in self.keys:
            if name == version:
                return key
        raise KeyRingError(
            f"Master key {version!r} is not in the key ring; put it back behind the newest key."
        )

    @property
    def versions(self) -> tuple[str, ...]:
        """The names of the keys, newest first."""
        return tuple(version for version, _ in self.keys)

    def dump(self) -> str:
        """The ring in the form `parse` reads."""
        return ",".join(f"{v}:{base64.b64encode(k).decode()}" for v, k in self.keys)


def parse(text: str) -> KeyRing:
    """Read `version:base64` keys separated by commas or lines. Raises KeyRingError."""
    keys: list[tuple[str, bytes]] = []
    for part in text.replace("\n", ",").split(","):
        if not part.strip():
            continue
        version, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not version or len(key) != KEY_BYTES:
            raise KeyRingError("HOTLINE_KEYS wants `version:base64` with keys of 32 bytes each.")
        keys.append((version, key))
    if not keys:
        raise KeyRingError("The key ring is empty; restore the keys file or set HOTLINE_KEYS.")
    return KeyRing(tuple(keys))


def generate(version: str = "1") -> KeyRing:
    """A ring with one new random key."""
    return KeyRing(((version, secrets.token_bytes(KEY_BYTES)),))


def next_version(taken: Iterable[str]) -> str:
    """The smallest whole number above all versions that were ever named so; "1" for none."""
    return str(max((int(v) for v in taken if v.isascii() and v.isdecimal()), default=0) + 1)


def load_or_create(path: Path, version: str = "1") -> KeyRing:
    """Read the ring from a file; make it (mode 0600, synced) when there is none yet."""
    if not path.exists():
        create(path, generate(version))
    return parse(path.read_text())


def create(path: Path, ring: KeyRing) -> bool:
    """Write a ring where there is none yet. False: another process was first; its ring stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = write_beside(path, ring)
    try:
        os.link(temporary, path)  # atomic: the first process wins, the others read its ring
        durable.sync_folder(path.parent)  # before anything is sealed with it
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    return True


def write_beside(path: Path, ring: KeyRing) -> Path:
    """A synced file (mode 0600) next to `path` with the ring in it, to be put in its place."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(ring.dump() + "\n")
        durable.sync(file)
    return temporary
