"""The folder of backups and the private place where they are put together."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hotline.mistakes import Mistake

NAME = re.compile(r"hotline-\d{8}T\d{6}Z\.tar\.age")
YOUNG = timedelta(days=1)
"""No backup takes longer."""
_TEMPORARY = "backup-"


def name_of(made_at: datetime) -> str:
    """The name of the archive of a moment; in the order of their names they are in that of time."""
    return f"hotline-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.age"


@contextmanager
def private_folder(data_dir: Path) -> Iterator[Path]:
    """A folder in the data directory that only we can read, removed at the end.

    One at a time (Mistake otherwise); what a run that was killed has left is removed first.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(data_dir / "backups.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Mistake(
                "A backup is being made or restored already; wait until that has ended."
            ) from None
        for left in data_dir.glob(f"{_TEMPORARY}*/"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_TEMPORARY, dir=data_dir) as folder:
            yield Path(folder)
    finally:
        os.close(lock)


def archives(folder: Path) -> list[Path]:
    """The backups in a folder, the oldest first."""
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))


def unfinished(target: Path) -> Path:
    """Where an archive is written until it is whole."""
    return target.with_name(f".{target.name}.part")


def remove_unfinished(folder: Path, now: datetime) -> None:
    """Remove what runs that were killed have left; another machine may be writing a young one."""
    for path in folder.glob(".hotline-*.tar.age.part"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < (now - YOUNG).timestamp():
                path.unlink()


def remove_old(folder: Path, keep: int) -> int:
    """Remove all but the newest `keep` backups; gives how many. Raises OSError."""
    old = archives(folder)[:-keep]
    for path in old:
        path.unlink()
    return len(old)
