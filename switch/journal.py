"""The ground-truth journal: what really happened on every line, for demo and tests."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from switch.clock import Clock

Entry = dict[str, Any]
"""One event: n, at (telephone s), wall (ISO UTC), call_sid, number, event and its details."""


class Journal:
    """An append-only list of events that can be waited on."""

    def __init__(self, clock: Clock) -> None:
        """Take the telephone time of each event from `clock`."""
        self._clock = clock
        self._news = asyncio.Event()
        self.entries: list[Entry] = []

    def write(
        self, event: str, *, call_sid: str | None = None, number: str | None = None, **details: Any
    ) -> None:
        """Append one event and wake whoever waits."""
        entry: Entry = {
            "n": len(self.entries) + 1,
            "at": round(self._clock.now, 3),
            "wall": datetime.now(UTC).isoformat(),
            "call_sid": call_sid,
            "number": number,
            "event": event,
        }
        self.entries.append(entry | details)
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def after(self, n: int, wait_s: float = 0.0) -> list[Entry]:
        """Events numbered above `n`; waits up to `wait_s` wall seconds for the first of them."""
        try:
            async with asyncio.timeout(wait_s):
                while len(self.entries) <= n:
                    await self._news.wait()
        except TimeoutError:
            pass
        return self.entries[max(0, n) :]
