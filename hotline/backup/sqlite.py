"""SQLite: a copy of the live database made by its own online backup, and a copy put in place."""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import create_engine, make_url

from hotline import durable
from hotline.backup import facts
from hotline.backup.manifest import Facts
from hotline.database.engine import open_engine
from hotline.mistakes import Mistake

LEFT_OUT = {"unlocked": "DELETE FROM unlocked", "presence": "DELETE FROM presence"}
"""Tables whose rows only live with a browser, and how they are emptied: none is in a backup."""
BUSY_S = 30.0
TAKEN = (
    "The database already holds tables; restore into a new one: another HOTLINE_DATA_DIR, or "
    "another HOTLINE_DATABASE_URL."
)


def copy(url: str, path: Path) -> Facts:
    """Copy the database of `url` to a new file, as it is at one moment; nobody waits for it.

    Raises Mistake when it is not there or damaged, OSError when the copy cannot be written.
    """
    source = Path(make_url(url).database or "")
    if not source.is_file():
        raise Mistake("There is no database yet, so there is nothing to back up.")
    path.touch(0o600)
    try:
        with (
            closing(sqlite3.connect(source, timeout=BUSY_S)) as live,
            closing(sqlite3.connect(path)) as made,
        ):
            live.backup(made)  # in one step: one read transaction, which hinders no writer
            _leave_out(made)
            if made.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("quick_check")
    except sqlite3.OperationalError as error:
        raise _not_written(error) from None
    except sqlite3.DatabaseError:
        raise Mistake(
            "The database is damaged, so no backup was made of it; keep the older ones, and see "
            "what `PRAGMA integrity_check` says."
        ) from None
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            return facts.of(connection)
    finally:
        engine.dispose()


def _leave_out(made: sqlite3.Connection) -> None:
    """One file that needs no log beside it, without the rows that are to stay behind."""
    made.execute("PRAGMA journal_mode=DELETE")
    made.execute("PRAGMA secure_delete=ON")
    there = {name for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    for table in there.intersection(LEFT_OUT):
        made.execute(LEFT_OUT[table])
    made.commit()


def _not_written(error: sqlite3.OperationalError) -> OSError:
    """Where the disk or a limit ends, SQLite says that it is full, or that it could not write."""
    full = error.sqlite_errorcode in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)
    return OSError(errno.ENOSPC if full else errno.EIO, f"SQLite: {error}")


def is_empty(url: str) -> bool:
    """Whether there is no database, or one without a table. Makes no file. Raises Mistake."""
    path = Path(make_url(url).database or "")
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path, timeout=1)) as there:
            count = there.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        return False
    return count == (0,) and not _log_of(path).exists()


class Place:
    """A file beside the place of the database, which becomes the database at the very end."""

    def __init__(self, url: str) -> None:
        """`url`: of the database that is to be. Raises OSError."""
        self._path = Path(make_url(url).database or "")
        self._beside = self._path.with_name(self._path.name + ".restoring")
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.give_up()
        self.url = f"sqlite:///{self._beside}"

    def put(self, data: BinaryIO) -> None:
        """Write the copy there. Raises OSError."""
        opened = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            while chunk := data.read(1 << 20):
                file.write(chunk)

    def take(self) -> None:
        """Make it the database. Raises Mistake when there is one by now."""
        engine = open_engine(self.url)
        try:
            with closing(engine.raw_connection()) as raw:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            engine.dispose()
        with closing(sqlite3.connect(self._beside)) as alone:
            alone.execute("PRAGMA journal_mode=DELETE")
        if not is_empty(f"sqlite:///{self._path}"):
            raise Mistake(TAKEN)
        with self._beside.open("rb") as file:
            durable.sync(file)
        os.replace(self._beside, self._path)
        durable.sync_folder(self._path.parent)

    def give_up(self) -> None:
        """Remove what was written."""
        for path in (self._beside, _log_of(self._beside), _shared(self._beside)):
            path.unlink(missing_ok=True)


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _shared(path: Path) -> Path:
    return path.with_name(path.name + "-shm")
