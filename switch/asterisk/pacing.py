"""How much sound waits at Asterisk, reckoned: so that it neither runs dry nor lags behind.

Asterisk keeps what we send in a line of up to 1000 frames (20 s) and plays one of them every 20 ms,
by its own clock; when the line is empty, it plays silence. What is in the line is heard as delay.
"""

from switch.clock import FRAME_S
from switch.g711 import FRAME, SILENCE, is_silent

RESERVE = 2
"""Frames of silence sent ahead whenever the line is empty: a frame may then be late by almost
40 ms."""

ENOUGH = RESERVE + 2
"""With so many frames in the line, a silent one is left out: nobody hears that it is missing."""

MOST = 15
"""With so many (300 ms) any frame is left out; talking together is hard with more delay."""


class Ahead:
    """The line of one call. Times are seconds of any clock that only goes on."""

    def __init__(self) -> None:
        """An empty line."""
        self._frames = 0.0
        self._at: float | None = None

    def waiting(self, now: float) -> float:
        """Frames in the line."""
        if self._at is None:
            return 0.0
        return max(0.0, self._frames - (now - self._at) / FRAME_S)

    def take(self, frame: bytes, now: float) -> bytes:
        """What to send for a frame: it, it behind a reserve of silence, or nothing."""
        waiting = self.waiting(now)
        if waiting >= MOST or (waiting >= ENOUGH and is_silent(frame)):
            return b""
        if waiting > 0:
            return self._send(frame, 1, waiting, now)
        return self._send(SILENCE * RESERVE + frame, RESERVE + 1, 0.0, now)

    def begin(self, frames: list[bytes], now: float) -> bytes:
        """What to send for frames that were kept until the line was there: a greeting is not cut,
        whatever the delay; later silence takes that back."""
        data = b"".join(frames)
        return self._send(data, len(data) // FRAME, self.waiting(now), now)

    def _send(self, data: bytes, frames: int, waiting: float, now: float) -> bytes:
        self._frames, self._at = waiting + frames, now
        return data
