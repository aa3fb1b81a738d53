"""PostgreSQL: its own `pg_dump` and `pg_restore`, found on the PATH.

The password goes to them in their environment, so that it stands in no list of processes.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO

from sqlalchemy import Connection, make_url, text

from hotline.backup import facts
from hotline.backup.manifest import Facts
from hotline.backup.sqlite import LEFT_OUT, TAKEN
from hotline.database.engine import open_engine
from hotline.mistakes import Mistake

DUMP, RESTORE = "pg_dump", "pg_restore"
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_TABLES = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname NOT LIKE 'pg\\_%'
    AND nspname <> 'information_schema'
"""


def copy(url: str, path: Path) -> tuple[Facts, int]:
    """Dump the database of `url` into a new file, as it is at one moment; nobody waits for it.

    Gives its facts, read in the same snapshot, and the version of `pg_dump`. Raises Mistake.
    """
    version = version_of(DUMP)
    with _connected(url) as connection:
        server = _server(connection)
        if version < server:
            raise Mistake(
                f"The database is PostgreSQL {server}, and {DUMP} is of {version}; install the "
                f"client programs of {server}. No backup was made."
            )
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        found = facts.of(connection)
        path.touch(0o600)
        left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
        options = ("--format=custom", f"--snapshot={snapshot}", f"--file={path}", *left_out)
        _run(DUMP, url, options)
    return found, version


def put(url: str, data: BinaryIO) -> None:
    """Read a dump into the database of `url`, all of it or nothing. Raises Mistake."""
    _run(RESTORE, url, ("--single-transaction", "--exit-on-error"), data)


def check(url: str, tool: int | None) -> None:
    """Whether what `pg_dump` of version `tool` has written can be read into an empty database here.

    Raises Mistake when it cannot.
    """
    version, wanted = version_of(RESTORE), tool or 0
    with _connected(url) as connection:
        server = _server(connection)
        if connection.execute(text(_TABLES)).scalar_one():
            raise Mistake(TAKEN)
    if min(version, server) < wanted:
        raise Mistake(
            f"The backup was written by {DUMP} of PostgreSQL {wanted}, and here {RESTORE} is of "
            f"{version} and the server of {server}; both must be of {wanted} or newer. Nothing "
            "was changed."
        )


def version_of(program: str) -> int:
    """The major version of `pg_dump` or `pg_restore`. Raises Mistake where there is none."""
    done = subprocess.run([_found(program), "--version"], capture_output=True, text=True)
    found = _VERSION.search(done.stdout)
    if found is None:
        raise Mistake(f"{program} does not run; install the client programs of PostgreSQL anew.")
    return int(found.group(1))


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise Mistake(
            f"{program} is not on the PATH; install the client programs of PostgreSQL "
            "(postgresql-client) in the version of the server."
        )
    return path


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _server(connection: Connection) -> int:
    shown = connection.execute(text("SHOW server_version_num")).scalar_one()
    connection.rollback()
    return int(shown) // 10_000


def _run(program: str, url: str, options: Sequence[str], data: BinaryIO | None = None) -> None:
    """Run the program on a database; `data` is what it reads. Raises Mistake."""
    address = make_url(url)
    plain = address.set(drivername="postgresql", password=None).render_as_string()
    secret = {} if address.password is None else {"PGPASSWORD": address.password}
    fixed = ("--no-owner", "--no-privileges", "--no-password", f"--dbname={plain}")
    with subprocess.Popen(
        [_found(program), *options, *fixed],
        env=os.environ | secret | {"LC_ALL": "C"},
        stdin=subprocess.DEVNULL if data is None else subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        if data is not None and process.stdin is not None:
            _feed(process.stdin, data)
        said = process.stderr.read() if process.stderr is not None else b""
    if process.returncode:
        raise Mistake(_failed(program, process.returncode, said))


def _feed(pipe: IO[bytes], data: BinaryIO) -> None:
    """Write everything; a program that has ended says by itself why."""
    with suppress(BrokenPipeError):
        shutil.copyfileobj(data, pipe)
    with suppress(BrokenPipeError):  # what is left in its buffer
        pipe.close()


def _failed(program: str, code: int, said: bytes) -> str:
    """Its first line alone: further ones may show rows."""
    first = (said.decode(errors="replace").splitlines() or [f"exit code {code}"])[0][:300]
    return f"{program} has failed, and nothing was kept of what it did: {first}"
