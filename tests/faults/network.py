"""A bad line to Redis: everybody who connects while it lasts is served late, or never.

Redis listens on a Unix socket. For so long it is moved aside and something else listens in its
place; connections that are open already are closed by Redis itself, so that they come here too.
"""

import socket
import threading
import time
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

CHUNK = 64 * 1024
LATE_S = 0.5
"""How late a slow line carries what it is given, in each direction."""


class Line(StrEnum):
    """What a bad line does."""

    SLOW = "slow"
    BLACK_HOLE = "black hole"
    """Takes every connection and every byte and answers nothing."""
    REFUSES = "refuses"
    """Hangs up at once."""


class BadLine:
    """The line to the Redis behind a Unix socket, from `begin` to `end`."""

    def __init__(self, path: Path, line: Line) -> None:
        self._path, self._line = path, line
        self._aside = path.with_name(path.name + ".aside")
        self._listener: socket.socket | None = None
        self._inode = 0
        self._open: list[socket.socket] = []

    def begin(self) -> None:
        """From now on. Nothing happens where no Redis listens."""
        listener = socket.socket(socket.AF_UNIX)
        try:
            self._path.rename(self._aside)
            listener.bind(str(self._path))
        except OSError:  # it is down, or comes up this moment
            listener.close()
            return
        listener.listen(64)
        self._listener, self._inode = listener, self._path.stat().st_ino
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
        with suppress(RedisError, OSError), Redis(unix_socket_path=str(self._aside)) as client:
            client.client_kill_filter(_type="normal", skipme=True)

    def end(self) -> None:
        """Redis has its socket again, unless a new one has taken its place meanwhile."""
        if self._listener is None:
            return
        with suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                self._aside.rename(self._path)
        self._aside.unlink(missing_ok=True)
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near = listener.accept()[0]
                if self._line is Line.REFUSES:
                    near.close()
                    continue
                self._open.append(near)
                if self._line is Line.SLOW:
                    self._carry(near)

    def _carry(self, near: socket.socket) -> None:
        far = socket.socket(socket.AF_UNIX)
        self._open.append(far)
        try:
            far.connect(str(self._aside))
        except OSError:
            near.close()
            return
        for giver, taker in ((near, far), (far, near)):
            threading.Thread(target=_late, args=(giver, taker), daemon=True).start()


def _late(giver: socket.socket, taker: socket.socket) -> None:
    with suppress(OSError):
        while data := giver.recv(CHUNK):
            time.sleep(LATE_S)  # what a slow line is; nothing waits for it
            taker.sendall(data)
        taker.shutdown(socket.SHUT_WR)
