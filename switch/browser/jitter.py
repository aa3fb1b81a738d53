"""What a microphone sends, evened out: frames come in bursts and are asked for every 20 ms."""

from collections import deque

from switch.g711 import FRAME, SILENCE

PREFILL = 3
"""Frames that are waited for before the first is given: 60 ms. Frames of a page came at most 39 ms
apart where that was measured (headless Chromium, loopback; docs/switch.md)."""

MOST = 10
"""Frames that may wait, 200 ms; more would be heard as delay, so the oldest are dropped."""


class Jitter:
    """A small buffer of frames; silence while it fills."""

    def __init__(self) -> None:
        """Empty."""
        self._frames: deque[bytes] = deque(maxlen=MOST)
        self._filling = True

    def put(self, frame: bytes) -> None:
        """Keep a frame of 160 µ-law bytes; anything of another size is dropped."""
        if len(frame) == FRAME:
            self._frames.append(frame)

    def get(self) -> bytes:
        """The next frame, or silence."""
        if self._filling and len(self._frames) < PREFILL:
            return SILENCE
        self._filling = False
        if not self._frames:
            self._filling = True
            return SILENCE
        return self._frames.popleft()

    def clear(self) -> None:
        """Forget what waits."""
        self._frames.clear()
        self._filling = True
