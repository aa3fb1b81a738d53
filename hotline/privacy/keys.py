"""The key ring: master keys that live outside the database and wrap each record's data key."""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from hotline.mistakes import Mistake

KEY_BYTES = 32  # AES-256


class KeyRingError(Mistake):
    """The key ring is missing or malformed; the message says what to do."""


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
        raise KeyRingError(f"Master key {version!r} is not in the key ring; put it back.")

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


def load_or_create(path: Path) -> KeyRing:
    """Read the ring from a file; make it (mode 0600, synced) when there is none yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(generate().dump() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # atomic: the first process wins, the others read its ring
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return parse(path.read_text())
