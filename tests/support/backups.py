"""What a thief of a disk or of a backup has: a database's files, and a copy of it.

`of_database` reads all of it. On PostgreSQL this must be the machine of the server, as in tests.
"""

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text

from tests.support.postgres import find_programs

BACKUP = "backup"


def of_database(url: str) -> dict[str, bytes]:
    """The files of the database and a backup made now, by name."""
    if make_url(url).get_backend_name() == "sqlite":
        return _of_sqlite(Path(make_url(url).database or ""))
    return _of_postgres(url)


def names_of(files: Iterable[str]) -> list[str]:
    """Which of the files are a database, its log or a backup."""
    ends = (".sqlite", ".sqlite-wal", BACKUP)
    return [n for n in files if n.endswith(ends) or n.startswith(("base/", "pg_wal/"))]


def forget_old_rows(url: str) -> None:
    """What SQLite does with every deletion: rows that are gone leave the files (docs/retention.md).

    Afterwards PostgreSQL has begun a new log, and keeps none of the old one.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return
    with _connected(url) as connection:
        connection.execute(text("VACUUM FULL"))
        connection.execute(text("SELECT pg_switch_wal()"))
        connection.execute(text("CHECKPOINT"))


def _of_sqlite(path: Path) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / BACKUP
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as made:
            source.backup(made)
        files = (path, path.with_name(path.name + "-wal"), copy)
        return {f"database {file.name}": file.read_bytes() for file in files}


def _of_postgres(url: str) -> dict[str, bytes]:
    with _connected(url) as connection:
        connection.execute(text("CHECKPOINT"))
        data = Path(_one(connection, "SHOW data_directory"))
        oid = _one(connection, "SELECT oid FROM pg_database WHERE datname = current_database()")
        current = _one(connection, "SELECT pg_walfile_name(pg_current_wal_lsn())")
    files = [*(data / "base" / oid).iterdir(), data / "pg_wal" / current]
    found = {str(file.relative_to(data)): file.read_bytes() for file in files}
    return found | {BACKUP: _dumped(url)}


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """Outside of any transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _one(connection: Connection, query: str) -> str:
    return str(connection.execute(text(query)).scalar_one())


def _dumped(url: str) -> bytes:
    """As `pg_dump` writes it out; text, in which bytes stand as hexadecimal digits."""
    program = shutil.which("pg_dump") or find_programs() / "pg_dump"
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run([program, plain], check=True, capture_output=True).stdout
