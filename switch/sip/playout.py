"""Frames that come from the other process in their own rhythm, handed on one per tick."""

from collections import deque

from switch.g711 import SILENCE

START = 2
"""Frames that are there before the first is handed on: a tick may be late by one."""

MOST = 10
"""Frames kept at most (200 ms): the oldest are dropped, or a line would lag for good."""


class Playout:
    """One direction of one leg's sound."""

    def __init__(self) -> None:
        """Empty."""
        self._frames: deque[bytes] = deque(maxlen=MOST)
        self._playing = False

    def put(self, frame: bytes) -> None:
        """Take a frame."""
        self._frames.append(frame)

    def pull(self) -> bytes:
        """The next frame; silence while there are too few."""
        if not self._playing and len(self._frames) < START:
            return SILENCE
        self._playing = bool(self._frames)
        return self._frames.popleft() if self._frames else SILENCE
