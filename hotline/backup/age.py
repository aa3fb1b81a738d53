"""Encryption of backups to an offline public key, in the format of age (age-encryption.org/v1).

Both directions are streams: memory stays the same whatever the size (some 12 MB for 500 MB), and
every 64 KiB are authenticated on their own, the last of them as the last.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyrage
from pyrage import x25519

from hotline.mistakes import Mistake

DAMAGED = "The backup is damaged or cut off; take another one. Nothing was changed."
_NOT_FOR_US = "No matching keys"  # so pyrage says it


class Source(Protocol):
    """What is read from."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""


@dataclass(frozen=True)
class Pair:
    """A new pair: the recipient is public, the identity opens what was encrypted to it."""

    recipient: str
    identity: str


@dataclass(frozen=True)
class Written:
    """How many bytes were written, and their SHA-256 as hexadecimal digits."""

    size: int
    sha256: str


def new_pair() -> Pair:
    """A fresh pair; nothing is kept of it."""
    identity = x25519.Identity.generate()
    return Pair(str(identity.to_public()), str(identity))


def recipients(text: str) -> list[Any]:
    """The public keys in a setting, separated by commas. Raises Mistake."""
    found = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(x25519.Recipient.from_str(word))
        except pyrage.RecipientError:
            raise Mistake(
                "HOTLINE_BACKUP_RECIPIENT is no public key of age (age1…); take the one that "
                "`hotline backup key` printed."
            ) from None
    return found


def identities(path: Path) -> list[Any]:
    """The private keys of a file as `hotline backup key` prints it. Raises Mistake."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        found = [x25519.Identity.from_str(x) for x in lines if x and not x.startswith("#")]
    except (OSError, UnicodeDecodeError):
        raise Mistake("The identity cannot be read; check its name and who may read it.") from None
    except pyrage.IdentityError:
        found = []
    if not found:
        raise Mistake(
            "The file holds no identity of age (AGE-SECRET-KEY-1…); give the one that was kept "
            "offline when `hotline backup key` printed it."
        )
    return found


def encrypt(source: Source, target: BinaryIO, to: list[Any]) -> Written:
    """Read all of `source` and write it encrypted. Raises OSError."""
    reader, writer = _Reader(source), _Writer(target)
    try:
        pyrage.encrypt_io(reader, writer, to)
    except Exception:
        # The library makes texts of errors of ours: ours is the true one.
        if reader.error is None and writer.error is None:
            raise
    _raise_first(reader.error, writer.error)  # its last write is one whose error it passes over
    return Written(writer.size, writer.digest.hexdigest())


def decrypt(source: Source, target: BinaryIO, by: list[Any]) -> None:
    """Read all of `source` and write it opened. Raises Mistake, and OSError.

    What was written is to be thrown away unless this returns: only then the end was there too.
    """
    reader, writer = _Reader(source), _Writer(target)
    try:
        pyrage.decrypt_io(reader, writer, by)
    except Exception as error:
        _raise_first(reader.error, writer.error)
        if _NOT_FOR_US in str(error):
            raise Mistake(
                "This identity does not open the backup; give the one that belongs to the "
                "HOTLINE_BACKUP_RECIPIENT of its time. Nothing was changed."
            ) from None
        raise Mistake(DAMAGED) from None
    _raise_first(reader.error, writer.error)


class _Reader:
    """Reads on, and remembers the first error."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.error: OSError | None = None

    def read(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except OSError as error:
            self.error = self.error or error
            raise


class _Writer:
    """Writes on, counts, and remembers the first error."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self.size, self.digest = 0, hashlib.sha256()
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            self._target.write(data)
        except OSError as error:
            self.error = self.error or error
            raise
        self.size += len(data)
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        try:
            self._target.flush()
        except OSError as error:
            self.error = self.error or error
            raise


def _raise_first(*errors: OSError | None) -> None:
    for error in errors:
        if error is not None:
            raise error
