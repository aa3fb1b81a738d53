"""A clock that stands still until it is told to go on."""

import threading
from datetime import UTC, datetime, timedelta

# A school day in the middle of a week; any moment would do.
START = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)


class VirtualClock:
    """Call it for the moment (aware, UTC); `advance` it. Safe for several threads."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """The present moment."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> datetime:
        """Go on by so many seconds (not backwards: ValueError) and give the new moment."""
        return self.set(self() + timedelta(seconds=seconds))

    def set(self, moment: datetime) -> datetime:
        """Go to a moment that is not before the present one (ValueError)."""
        with self._lock:
            if moment < self._now:
                raise ValueError("a virtual clock does not go back")
            self._now = moment
            return moment

    def seconds(self) -> float:
        """Seconds since the epoch; stands in for a monotonic clock."""
        return self().timestamp()
