"""Making a backup: a copy of one moment, a manifest, one encrypted archive under its final name.

The name appears only when the archive lies on the disk and was read again from there.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from hotline import __version__, audit, durable
from hotline.backup import age, archive, place, postgres, record, sqlite
from hotline.backup.age import Written
from hotline.backup.archive import Stored, TarStream
from hotline.backup.manifest import Manifest
from hotline.database.engine import Database
from hotline.mistakes import Mistake
from hotline.settings import Settings

MADE = "backup.made"
NO_RECIPIENT = (
    "HOTLINE_BACKUP_RECIPIENT is not set; make a pair with `hotline backup key`, set the public "
    "key, and keep the identity away from this machine."
)


@dataclass(frozen=True)
class Made:
    """A backup that lies on the disk."""

    path: Path
    written: Written
    manifest: Manifest


def make(settings: Settings, folder: Path, now: datetime) -> Made:
    """Make a backup in `folder`, and write into the database that it was made.

    Raises Mistake; OSError where a file cannot be written. Then nothing is under its final name.
    """
    to = age.recipients(settings.backup_recipient or "")
    if not to:
        raise Mistake(NO_RECIPIENT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / place.name_of(now)
    if target.exists():
        raise Mistake(f"There is a backup {target.name} already; it was left as it is.")
    with place.private_folder(settings.data_dir) as private:
        place.remove_unfinished(folder, now)
        manifest, files = _collect(settings, private, now)
        part = place.unfinished(target)
        try:
            written = _write(part, TarStream(manifest.dump(), files), to)
            os.rename(part, target)
            durable.sync_folder(folder)
        finally:
            part.unlink(missing_ok=True)
    _note(settings, now, written)
    return Made(target, written, manifest)


def _collect(settings: Settings, private: Path, now: datetime) -> tuple[Manifest, list[Stored]]:
    """Everything that goes into the archive; tombstones after the database, so that there is one
    for each deletion in it."""
    kind = make_url(settings.database).get_backend_name()
    tool = None
    copied = private / archive.DATABASE[kind]
    if kind == "sqlite":
        facts = sqlite.copy(settings.database, copied)
    else:
        facts, tool = postgres.copy(settings.database, copied)
    files = [archive.stored(copied.name, copied)]
    if settings.tombstones.is_file():
        copied = Path(shutil.copyfile(settings.tombstones, private / archive.TOMBSTONES))
        files.append(archive.stored(copied.name, copied))
    files += _recordings(settings.recordings_folder, private)
    parts = tuple(file.part for file in files)
    return Manifest(now, __version__, kind, tool, facts, parts), files


def _recordings(folder: Path, private: Path) -> list[Stored]:
    """Human recordings of prompts: copied first, for somebody may be recording one now."""
    found = []
    for number, path in enumerate(sorted(folder.glob("*/*.wav"))):
        name = f"recordings/{path.parent.name}/{path.name}"
        if archive.RECORDING.fullmatch(name):
            copied = shutil.copyfile(path, private / f"{number}.wav")
            found.append(archive.stored(name, copied))
    return found


def _write(part: Path, source: TarStream, to: list[object]) -> Written:
    """Write the archive out, and read it again from the disk. Raises OSError."""
    part.unlink(missing_ok=True)
    opened = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        written = age.encrypt(source, file, to)
        durable.sync(file)
    if archive.digest_of(part) != (written.size, written.sha256):
        raise OSError("what was written is not what can be read")
    return written


def _note(settings: Settings, now: datetime, written: Written) -> None:
    database = Database(settings.database)
    try:
        with database.transaction() as session:
            record.note(session, now)
            detail = {"bytes": written.size, "sha256": written.sha256}
            audit.record(session, now, "command-line", MADE, "backup", **detail)
    finally:
        database.close()
