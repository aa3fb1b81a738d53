"""A cap on guessing report numbers and PINs, for all callers of this process together."""

import threading
from collections import deque
from datetime import datetime, timedelta

LIMIT = 20
"""Wrong pairs an hour, line-wide: with six and six digits and a thousand live reports the chance of
a hit is then 2e-4 a year (docs/facts.md P1). It counts per web process."""
PERIOD = timedelta(hours=1)


class Guesses:
    """Remembers when wrong pairs were entered; holds no number and no caller."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._wrong: deque[datetime] = deque()
        self._lock = threading.Lock()

    def locked(self, now: datetime) -> bool:
        """Whether no more guesses are answered for the moment."""
        with self._lock:
            while self._wrong and self._wrong[0] <= now - PERIOD:
                self._wrong.popleft()
            return len(self._wrong) >= self._limit

    def wrong(self, now: datetime) -> None:
        """Count a wrong pair."""
        with self._lock:
            self._wrong.append(now)
