"""One watcher for all listeners of a process: it reads the marks, they wait for others.

The watcher is a thread that begins with the first listener and ends with the last. A listener holds
no transaction while it waits. Whoever would be one too many is refused, so that webhooks never wait
for a thread (docs/adr/0016-live-pages-by-hints.md).
"""

import threading
from collections.abc import Callable
from types import TracebackType

import structlog

from hotline.dispatch.pulse import Marks

log = structlog.get_logger(__name__)

EVERY_S = 0.5
"""Between two looks at the database."""
MOST = 40
"""Listeners of one process; `hotline.supervise.parts.WEB_THREADS` leaves threads for the rest."""


class Full(Exception):
    """There are as many listeners as there may be; try again later."""


class Seat:
    """A listener's place. Leave it once; leaving again does nothing."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    def wait(self, seen: Marks, timeout_s: float) -> Marks | None:
        """The marks as soon as they differ from `seen`, or after so many seconds as they are.

        None: there will be none any more; this process stops, or cannot read the database.
        """
        return self._hub.wait(self, seen, timeout_s)

    def leave(self) -> None:
        """Give the place to somebody else."""
        self._hub.leave(self)

    def __enter__(self) -> "Seat":
        """Sit down."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave."""
        self.leave()


class Hub:
    """The watcher and its listeners. `read` gives the marks of this moment, in a transaction of its
    own; an error of it ends all listeners, who come back."""

    def __init__(
        self, read: Callable[[], Marks], *, every_s: float = EVERY_S, most: int = MOST
    ) -> None:
        self._read, self._every_s, self._most = read, every_s, most
        self._changed = threading.Condition()
        self._seats: set[Seat] = set()
        self._marks: Marks = {}
        self._watcher: threading.Thread | None = None
        self._closing = False  # a plain flag: a signal handler may set it and take no lock

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._seats)

    @property
    def watching(self) -> bool:
        """Whether the watcher runs."""
        return self._watcher is not None

    def listen(self) -> Seat:
        """A place among the listeners. Raises Full, and what `read` raises."""
        with self._changed:
            if self._closing or len(self._seats) >= self._most:
                raise Full
            if self._watcher is None:
                self._marks = self._read()
                self._watcher = threading.Thread(target=self._watch, name="live", daemon=True)
                self._watcher.start()
            seat = Seat(self)
            self._seats.add(seat)
            return seat

    def wait(self, seat: Seat, seen: Marks, timeout_s: float) -> Marks | None:
        """See `Seat.wait`."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._over(seat) or self._marks != seen, timeout=max(0.0, timeout_s)
            )
            return None if self._over(seat) else self._marks

    def leave(self, seat: Seat) -> None:
        """See `Seat.leave`."""
        with self._changed:
            self._seats.discard(seat)
            self._changed.notify_all()

    def close(self) -> None:
        """End all listeners at their next wake, for good; takes no lock and does not wait."""
        self._closing = True

    def _over(self, seat: Seat) -> bool:
        return self._closing or seat not in self._seats

    def _watch(self) -> None:
        while self._go_on():
            try:
                marks = self._read()
            except Exception as error:  # the database is away; nobody may believe they are live
                log.warning("live_cannot_read", error=type(error).__name__)
                self._end()
                return
            with self._changed:
                if marks != self._marks:
                    self._marks = marks
                    self._changed.notify_all()

    def _go_on(self) -> bool:
        """Wait for the next look; false, and the watcher is gone, when nobody listens any more."""
        with self._changed:
            self._changed.wait_for(lambda: not self._seats, timeout=self._every_s)
            if self._seats and not self._closing:
                return True
            self._watcher = None
            self._changed.notify_all()
            return False

    def _end(self) -> None:
        with self._changed:
            self._seats.clear()
            self._watcher = None
            self._changed.notify_all()
