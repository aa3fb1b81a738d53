"""The ground-truth journal: what really happened on every line, for demo and tests."""

import asyncio
from bisect import bisect_left
from datetime import UTC, datetime
from typing import Any

from switch.clock import Clock

Entry = dict[str, Any]
"""One event: n, at (telephone s), wall (ISO UTC), call_sid, number, event and its details."""


class Journal:
    """A list of events that can be waited on; the oldest are dropped when there are too many."""

    def __init__(self, clock: Clock, most: int) -> None:
        """Take the telephone time of each event from `clock`; keep up to `most` of them, and for
        short a tenth more."""
        self._clock = clock
        self._most = most
        self._dropped = 0
        self._news = asyncio.Event()
        self.entries: list[Entry] = []

    def write(
        self, event: str, *, call_sid: str | None = None, number: str | None = None, **details: Any
    ) -> None:
        """Append one event and wake whoever waits."""
        entry: Entry = {
            "n": self._dropped + len(self.entries) + 1,
            "at": round(self._clock.now, 3),
            "wall": datetime.now(UTC).isoformat(),
            "call_sid": call_sid,
            "number": number,
            "event": event,
        }
        self.entries.append(entry | details)
        if len(self.entries) > self._most + self._most // 10:
            self._drop(len(self.entries) - self._most)
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def after(self, n: int, wait_s: float = 0.0) -> list[Entry]:
        """Events numbered above `n`; waits up to `wait_s` wall seconds for the first of them."""
        try:
            async with asyncio.timeout(wait_s):
                while self._dropped + len(self.entries) <= n:
                    await self._news.wait()
        except TimeoutError:
            pass
        return self.entries[max(0, n - self._dropped) :]

    def drop_before(self, at: float) -> None:
        """Drop what happened before a moment of telephone time."""
        self._drop(bisect_left(self.entries, at, key=lambda entry: float(entry["at"])))

    def _drop(self, count: int) -> None:
        del self.entries[:count]
        self._dropped += count
