"""What a stream's server lets the far end hear: sound one after the other, with marks between."""

from collections import deque
from collections.abc import Callable

from switch.g711 import FRAME, SILENCE

Then = Callable[[bool], None]
"""Called with True once all that was queued before it was heard, with False when it was cleared."""


class Playout:
    """A source that is fed while it is heard; silence while there is nothing to hear."""

    def __init__(self) -> None:
        """Nothing to hear."""
        self._queue: deque[memoryview | Then] = deque()
        self._passed: list[Then] = []

    def add(self, audio: bytes) -> None:
        """Let µ-law `audio` be heard after all that is queued."""
        if audio:
            self._queue.append(memoryview(audio))

    def after(self, then: Then) -> None:
        """Call `then` when all that is queued was heard: at the next frame if nothing is."""
        self._queue.append(then)

    def clear(self) -> None:
        """Forget all sound that was not heard yet, and tell those who wait for it."""
        heard, self._passed = self._passed, []
        waiting = [each for each in self._queue if not isinstance(each, memoryview)]
        self._queue.clear()
        for then in heard:
            then(True)
        for then in waiting:
            then(False)

    def read(self) -> bytes:
        """The next frame. Whoever waits is told now of what the frames before this one held."""
        self._tell()
        frame = bytearray()
        while self._queue and len(frame) < FRAME:
            first = self._queue.popleft()
            if not isinstance(first, memoryview):
                self._passed.append(first)
                continue
            rest = first[FRAME - len(frame) :]
            frame += first[: FRAME - len(frame)]
            if rest:
                self._queue.appendleft(rest)
        return bytes(frame) + SILENCE[len(frame) :]

    def _tell(self) -> None:
        while self._queue and not isinstance(first := self._queue[0], memoryview):
            self._queue.popleft()
            self._passed.append(first)
        passed, self._passed = self._passed, []
        for then in passed:
            then(True)
