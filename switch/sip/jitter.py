"""From packets that come early, late, twice or never to one frame every 20 ms.

Sound is kept by its timestamp in pieces of 10 ms, so packets of 10, 20, 30 ms and longer are all
the same here. Playing starts once three frames are there (the figure of the trial engine in the
measurements this follows); a gap is filled once with the frame before it, then with silence.
"""

from switch.g711 import FRAME, SILENCE

PIECE = FRAME // 2
START = 3 * FRAME
"""Samples that are there before the first is played: 60 ms."""

MOST = 15 * FRAME
"""Samples kept at most: 300 ms. Whoever sends more than is played is caught up with."""

STALE = 10
"""Frames in a row without sound after which the next packet begins anew."""

LEAP = MOST + STALE * FRAME
"""Samples by which a timestamp may be off the newest one; farther is another beginning."""

_WRAP = 1 << 32


class Jitter:
    """The sound of one stream; a packet of another stream begins anew."""

    def __init__(self) -> None:
        """Nothing there yet."""
        self._source: int | None = None
        self._pieces: dict[int, bytes] = {}
        self._next: int | None = None
        self._last = 0
        self._newest = 0
        self._missed = 0
        self._before = SILENCE

    def put(self, source: int, timestamp: int, payload: bytes) -> None:
        """Take the sound of a packet, as µ-law; what does not fit whole pieces is left out."""
        at = self._place(source, timestamp)
        for begin in range(0, len(payload) - PIECE + 1, PIECE):
            piece = at + begin
            if self._next is None or piece >= self._next:
                self._pieces[piece] = payload[begin : begin + PIECE]
                self._newest = max(self._newest, piece + PIECE)
        if len(self._pieces) > MOST // PIECE:
            self._next = self._newest - START
            for piece in [piece for piece in self._pieces if piece < self._next]:
                del self._pieces[piece]

    def pull(self) -> bytes:
        """The next frame; silence while there is none."""
        if self._next is None:
            if not self._pieces or self._newest - min(self._pieces) < START:
                return SILENCE
            self._next = min(self._pieces)
        first = self._pieces.pop(self._next, None)
        second = self._pieces.pop(self._next + PIECE, None)
        self._next += FRAME
        if first is None and second is None:
            return self._gap()
        self._missed = 0
        before = self._before
        self._before = (first or before[:PIECE]) + (second or before[PIECE:])
        return self._before

    def _gap(self) -> bytes:
        self._missed += 1
        if self._missed > STALE and not self._pieces:
            self._begin(None)
        return self._before if self._missed == 1 else SILENCE

    def _place(self, source: int, timestamp: int) -> int:
        """Where a packet belongs, without the timestamp's wrapping; a leap begins anew."""
        if source != self._source:
            self._begin(source)
        if self._next is None and not self._pieces:
            self._last = self._newest = timestamp
            return timestamp
        ahead = (timestamp - self._last + _WRAP // 2) % _WRAP - _WRAP // 2
        at = self._last + ahead
        if abs(ahead) > LEAP or ahead % PIECE:
            self._begin(source)
            self._last = self._newest = timestamp
            return timestamp
        self._last = max(self._last, at)
        return at

    def _begin(self, source: int | None) -> None:
        self._source = source
        self._pieces.clear()
        self._next = None
        self._missed = 0
        self._before = SILENCE
