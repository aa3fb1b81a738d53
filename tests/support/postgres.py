"""A throw-away PostgreSQL cluster on a private Unix socket, and databases copied from a template.

PostgreSQL refuses to run as root, so a root test run starts it as `postgres` or `nobody`.
"""

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

USERS = ("postgres", "nobody")
# Nothing of it outlives the tests, so nothing needs to reach the disk.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "64",
    "shared_buffers": "32MB",
    "wal_recycle": "off",  # as docs/retention.md asks of every server
}
INITDB = ("-U", "hotline", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
START_LIMIT_S = 60.0
PR_SET_PDEATHSIG = 1
StartServer = Callable[[], "subprocess.Popen[bytes]"]


class NoPostgres(Exception):
    """A cluster cannot be made here; the message says why."""


class Cluster:
    """A running cluster. `new_database()` gives the URL of a fresh copy of the template."""

    def __init__(self, folder: Path, start_server: StartServer) -> None:
        self._folder = folder
        # The kernel ends the server with the thread that has started it: one that stays.
        self._starter = ThreadPoolExecutor(1)
        self._start_server = lambda: self._starter.submit(start_server).result()
        self._server = self._start_server()
        self._numbers = itertools.count(1)

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database of this cluster."""
        return f"postgresql+psycopg://hotline@/{name}?host={self._folder}"

    def new_database(self, template: str = "template1") -> str:
        """Make a database (a copy of `template`, which nobody may be using) and give its URL."""
        name = f"test_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database together with the connections that are left to it."""
        self._execute(f'DROP DATABASE "{name_of(url)}" WITH (FORCE)')

    def restart(self, after_s: float) -> None:
        """Kill the server as a power failure does, and start it again so many seconds later."""
        self._server.send_signal(signal.SIGQUIT)  # its children end with it; nothing is tidied up
        self._server.wait()
        time.sleep(after_s)
        self._server = self._start_server()
        self.wait()

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._starter.shutdown()
        shutil.rmtree(self._folder, ignore_errors=True)

    def wait(self) -> None:
        """Return once it answers. Raises NoPostgres when it does not."""
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline and self._server.poll() is None:
            try:
                self._execute("SELECT 1")
            except Exception:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise NoPostgres("the PostgreSQL server did not start")

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()


def name_of(url: str) -> str:
    """The name of the database in a URL."""
    return make_url(url).database or ""


def start(**options: str) -> Cluster:
    """Make a cluster and start it, with options of its own instead of OPTIONS. Raises
    NoPostgres."""
    programs = find_programs()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="hlpg"))  # short: a socket's path has 107 bytes at most
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, *INITDB],
            user=user,
            cwd=folder,
            check=True,
            capture_output=True,
        )
    except subprocess.CalledProcessError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NoPostgres(f"initdb failed: {error.stderr.decode()[-300:]}") from None
    chosen = [f"--{name}={value}" for name, value in (OPTIONS | options).items()]

    def start_server() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *chosen],
            user=user,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the tests, which then stop it themselves
            preexec_fn=_end_with_parent,
        )

    cluster = Cluster(folder, start_server)
    cluster.wait()
    return cluster


def _end_with_parent() -> None:
    """Have the kernel stop the server when the tests are killed (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def find_programs() -> Path:
    """The folder of `initdb` and `postgres`, newest version first. Raises NoPostgres."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(installed, key=lambda p: p.parent.name.zfill(4), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("there is no initdb on the PATH or in /usr/lib/postgresql")


def _user() -> str | None:
    """Whom to run as; None for the present user. Raises NoPostgres."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in USERS:
        if name in known:
            return name
    raise NoPostgres("PostgreSQL refuses root and there is no user postgres or nobody")
