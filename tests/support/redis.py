"""A real Redis on a Unix socket, started for a test and stopped after it."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

START_LIMIT_S = 20.0


class NoRedis(Exception):
    """There is no redis-server here."""


class Server:
    """A running redis-server with a socket in `folder` (keep its path short)."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "redis.sock"
        self.url = f"unix://{self._socket}"
        self._command = [find(), "--port", "0", "--unixsocket", str(self._socket)]
        self._command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_LIMIT_S
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise NoRedis("the redis-server did not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it, as a crash would; what it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as connection:
                return bool(connection.ping())
        except RedisError:
            return False


def find() -> str:
    """The redis-server of this environment, else of the PATH. Raises NoRedis."""
    beside = Path(sys.executable).with_name("redis-server")
    found = str(beside) if beside.exists() else shutil.which("redis-server")
    if found is None:
        raise NoRedis("there is no redis-server")
    return found
