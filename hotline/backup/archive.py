"""The archive inside of the encryption: a tar file with the manifest first.

What is read from one is believed only after every file has the size and the SHA-256 that the
manifest gives it; names are compared, and never become paths by themselves.
"""

import hashlib
import io
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hotline.backup.age import DAMAGED
from hotline.backup.manifest import Manifest, Part, parse
from hotline.mistakes import Mistake

MANIFEST, TOMBSTONES = "manifest.json", "tombstones.jsonl"
DATABASE = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}
"""Name of the database's part, by the kind of the database."""
RECORDING = re.compile(r"recordings/([\w-]{1,32}/[\w-]{1,64}\.wav)", re.ASCII)
"""Name of a human recording of a prompt; the group is its path in the folder of recordings."""
MAX_MANIFEST_BYTES = 1 << 20
CHUNK = 1 << 16


@dataclass(frozen=True)
class Stored:
    """A file on the disk that goes into the archive, or came out of it."""

    part: Part
    path: Path


def stored(name: str, path: Path) -> Stored:
    """A file with its size and digest. Raises OSError."""
    with path.open("rb") as file:
        size, digest = _measured(file)
    return Stored(Part(name, size, digest), path)


class TarStream:
    """The archive as bytes to read, made while they are read; nothing of it lies on the disk."""

    def __init__(self, manifest: bytes, files: Sequence[Stored]) -> None:
        self._pieces = _pieces(manifest, files)
        self._now: BinaryIO = io.BytesIO()

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end. Raises OSError."""
        while not (data := self._now.read(size)):
            self._now.close()
            following = next(self._pieces, None)
            if following is None:
                return b""
            self._now = following
        return data


def _pieces(manifest: bytes, files: Sequence[Stored]) -> Iterator[BinaryIO]:
    yield io.BytesIO(_head(MANIFEST, len(manifest)) + manifest + _fill(len(manifest)))
    for file in files:
        yield io.BytesIO(_head(file.part.name, file.part.size))
        yield file.path.open("rb")
        yield io.BytesIO(_fill(file.part.size))
    yield io.BytesIO(bytes(2 * tarfile.BLOCKSIZE))


def _head(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.PAX_FORMAT)


def _fill(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


class Archive:
    """An archive on the disk that was read through once and holds what its manifest says."""

    def __init__(self, path: Path) -> None:
        """Read all of it. Raises Mistake when anything differs from the manifest."""
        try:
            self._tar = tarfile.open(path, "r:")  # noqa: SIM115 (closed by `close`)
        except tarfile.TarError:
            raise Mistake(DAMAGED) from None
        try:
            self._members = self._tar.getmembers()
            self.manifest: Manifest = self._first()
            self._compare()
        except tarfile.TarError:
            self.close()
            raise Mistake(DAMAGED) from None
        except BaseException:
            self.close()
            raise

    def read(self, name: str) -> BinaryIO:
        """One of its files. Raises KeyError where there is none of the name."""
        file = self._tar.extractfile(name)
        if file is None:
            raise KeyError(name)
        return file  # type: ignore[return-value]

    def names(self) -> list[str]:
        """Of all files but the manifest."""
        return [part.name for part in self.manifest.parts]

    def close(self) -> None:
        """Let go of the file."""
        self._tar.close()

    def _first(self) -> Manifest:
        first = self._members[0] if self._members else None
        if first is None or first.name != MANIFEST or first.size > MAX_MANIFEST_BYTES:
            raise Mistake(DAMAGED)
        return parse(self.read(MANIFEST).read())

    def _compare(self) -> None:
        parts, rest = self.manifest.parts, self._members[1:]
        if [part.name for part in parts] != [member.name for member in rest]:
            raise Mistake(DAMAGED)
        if len(set(self.names())) != len(parts) or not all(m.isreg() for m in self._members):
            raise Mistake(DAMAGED)
        for part in parts:
            if _measured(self.read(part.name)) != (part.size, part.sha256):
                raise Mistake(DAMAGED)


def _measured(file: BinaryIO) -> tuple[int, str]:
    """Size and SHA-256 of what is left to read."""
    size, digest = 0, hashlib.sha256()
    while data := file.read(CHUNK):
        size += len(data)
        digest.update(data)
    return size, digest.hexdigest()


def digest_of(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file, read from the disk. Raises OSError."""
    with path.open("rb") as file:
        return _measured(file)
