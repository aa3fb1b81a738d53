"""gunicorn's worker with threads, which gives none of them to a client that sends nothing or too
slowly: a few of those would otherwise hold all threads, and callers would hear nothing.

A new connection waits in the poller until its first byte. Then its request must arrive within
GRACE_S and the time that its size takes at RATE; a carrier's webhook comes in one piece. Where a
proxy that buffers requests stands before us (docs/operations.md), this never has anything to do.
"""

import selectors
import socket
import time
from functools import partial
from typing import Any

from gunicorn.workers import gthread  # type: ignore[import-untyped, unused-ignore]

GRACE_S = 3.0
"""A carrier gives up after 15 s (docs/facts.md T2): a webhook that comes while all threads are held
must get one of them well before."""
RATE = 16 * 1024.0
"""Bytes a second; a recording of a minute (1 MB) over a bad mobile line is faster."""


class Patient(socket.socket):
    """A socket whose reading comes to an end. `begin` starts a request."""

    _until = 0.0
    _begun = False

    def begin(self) -> None:
        """The next bytes belong to a new request."""
        self._begun = False

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As the socket's; nothing, as at an end, when the client has been too slow.

        With flags somebody only looks whether the client is there (`console.live.events`).
        """
        if flags:
            return super().recv(size, flags)
        now = time.monotonic()
        if not self._begun:
            self._begun, self._until = True, now + GRACE_S
        if now >= self._until:
            return b""
        self.settimeout(self._until - now)
        try:
            data = super().recv(size)
        except TimeoutError:
            return b""
        finally:
            self.settimeout(None)
        self._until += len(data) / RATE
        return data


class Worker(gthread.ThreadWorker):  # type: ignore[misc, unused-ignore]
    """`--worker-class hotline.supervise.patience.Worker`."""

    def enqueue_req(self, conn: Any) -> None:
        """A connection has something to say, or is new: then it waits without a thread."""
        if not isinstance(conn.sock, Patient):
            conn.sock = Patient(fileno=conn.sock.detach())
        conn.sock.begin()
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, readable)
