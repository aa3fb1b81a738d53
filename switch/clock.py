"""Telephone time: a clock that counts 20 ms frames, `speed` times faster than the wall clock.

Telephone time *is* the number of frames sent, so audio, pauses, timeouts and ring times agree with
one another at any speed. Frames are paced by absolute deadlines and therefore never drift; when the
process was held up for longer than `MAX_LAG_S`, telephone time stands still for that while instead
of rushing.
"""

import asyncio
import heapq
import itertools
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

FRAME_S = 0.02
"""Seconds of telephone time in one frame."""

MAX_LAG_S = 1.0
"""Wall seconds that frames may be late and still be caught up with, at the pace of real life."""

MAX_LAG_FAST_S = 0.2
"""The same at any faster pace, in telephone seconds: there is no real life to keep up with."""

TIMERS = 500
"""Timers among which cancelled ones are not looked for."""

SETTLE = 3
"""Turns of the event loop that whatever a frame set off gets before the next frame."""

IDLE_S = 0.05
"""Wall seconds between looks at the clock while no call and no timer needs it."""


@dataclass(order=True)
class Timer:
    """A callback due at a frame; `cancel` forgets it."""

    due: int
    number: int
    callback: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """Never run the callback."""
        self.callback = None


class Clock:
    """Counts frames while something needs them and runs timers in telephone time."""

    def __init__(self, speed: float = 1.0) -> None:
        """Start at telephone time 0; `speed` is telephone seconds per wall second."""
        self._speed = speed
        self._ticks = 0
        self._base_ticks = 0
        self._base_wall = time.monotonic()
        self._timers: list[Timer] = []
        self._tidy_at = 2 * TIMERS
        self._numbers = itertools.count()
        self._idle = True
        self._wake = asyncio.Event()
        self.on_frame: Callable[[], bool] = lambda: False
        """Called once per frame; returns whether any line is live."""

    @property
    def now(self) -> float:
        """Telephone seconds since the switch started."""
        self._catch_up()
        return self._ticks * FRAME_S

    @property
    def speed(self) -> float:
        """Telephone seconds per wall second."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Change the pace from this moment on; raises ValueError unless it is positive."""
        if not (math.isfinite(speed) and speed > 0):
            raise ValueError("speed must be a positive number")
        self._catch_up()
        self._rebase()
        self._speed = speed

    def wake(self) -> None:
        """Count frames again: a line went live."""
        self._catch_up()
        self._idle = False
        self._wake.set()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Run `callback` after `seconds` of telephone time, rounded up to a frame."""
        self.wake()
        frames = max(1, math.ceil(seconds / FRAME_S - 1e-6))
        if len(self._timers) > self._tidy_at:
            self._tidy()
        timer = Timer(self._ticks + frames, next(self._numbers), callback)
        heapq.heappush(self._timers, timer)
        return timer

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of telephone time."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        over = asyncio.Event()
        timer = self.call_later(seconds, over.set)
        try:
            await over.wait()
        finally:
            timer.cancel()

    @asynccontextmanager
    async def timeout(self, seconds: float | None) -> AsyncIterator[None]:
        """Raise TimeoutError in the body after `seconds` of telephone time (None: never)."""
        async with asyncio.timeout(None) as scope:
            timer = None if seconds is None else self.call_later(seconds, lambda: _expire(scope))
            try:
                yield
            finally:
                if timer is not None:
                    timer.cancel()

    async def run(self) -> None:
        """Count frames until cancelled."""
        while True:
            if self._idle:
                await self._rest()
            else:
                await asyncio.sleep(max(0.0, self._until_next()))
                self._tick()
                for _ in range(SETTLE):
                    await asyncio.sleep(0)

    def _tidy(self) -> None:
        """Let go of cancelled timers that are due in hours only, such as those of time limits."""
        self._timers = [timer for timer in self._timers if timer.callback is not None]
        heapq.heapify(self._timers)
        self._tidy_at = 2 * max(TIMERS, len(self._timers))

    def _tick(self) -> None:
        self._ticks += 1
        while self._timers and self._timers[0].due <= self._ticks:
            callback = heapq.heappop(self._timers).callback
            if callback is not None:
                callback()
        live = self.on_frame()
        while self._timers and self._timers[0].callback is None:
            heapq.heappop(self._timers)
        self._idle = not live and not self._timers

    def _until_next(self) -> float:
        frames = self._ticks + 1 - self._base_ticks
        delay = self._base_wall + frames * FRAME_S / self._speed - time.monotonic()
        if delay < -(MAX_LAG_S if self._speed <= 1 else MAX_LAG_FAST_S / self._speed):
            self._rebase()
        return delay

    def _rebase(self) -> None:
        self._base_ticks = self._ticks
        self._base_wall = time.monotonic()

    def _catch_up(self) -> None:
        if self._idle:
            passed = (time.monotonic() - self._base_wall) * self._speed / FRAME_S
            self._ticks = max(self._ticks, self._base_ticks + int(passed))

    async def _rest(self) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(IDLE_S):
                await self._wake.wait()
        except TimeoutError:
            self._catch_up()


def _expire(scope: asyncio.Timeout) -> None:
    scope.reschedule(asyncio.get_running_loop().time())
