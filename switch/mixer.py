"""Rooms where several lines hear each other: the sum of all, minus oneself, clipped."""

import numpy as np
import numpy.typing as npt

from switch import g711
from switch.media import Line

_QUIET = np.zeros(g711.FRAME, dtype=np.int32)


class Room:
    """A mix of any number of seats."""

    def __init__(self) -> None:
        """An empty room."""
        self._seats: list[Seat] = []
        self._total: npt.NDArray[np.int32] | None = None

    def enter(self, line: Line, *, muted: bool = False) -> "Seat":
        """Connect a line to the room in both directions."""
        seat = Seat(self, line, muted)
        self._seats.append(seat)
        self._total = None
        seat.attach()
        return seat

    def leave(self, seat: "Seat") -> None:
        """Disconnect a seat's line, unless something else has taken it over."""
        if seat in self._seats:
            self._seats.remove(seat)
        self._total = None
        seat.line.stop(seat)
        if seat.line.sink == seat.write:
            seat.line.sink = None

    def changed(self) -> None:
        """Somebody spoke: the sum has to be made anew."""
        self._total = None

    def without(self, own: npt.NDArray[np.int32]) -> bytes:
        """One µ-law frame of everybody's sound but `own`."""
        if self._total is None:
            self._total = np.sum([seat.heard for seat in self._seats], axis=0, dtype=np.int32)
        return g711.encode(np.clip(self._total - own, -32768, 32767).astype(np.int16))


class Seat:
    """One line's place in a room: a source (the others) and a sink (itself)."""

    def __init__(self, room: Room, line: Line, muted: bool) -> None:
        """Made by `Room.enter`."""
        self._room = room
        self._muted = muted
        self.line = line
        self.heard: npt.NDArray[np.int32] = _QUIET

    def attach(self) -> None:
        """Let the line hear and feed the room."""
        self.line.source, self.line.sink = self, self.write

    def write(self, frame: bytes) -> None:
        """Take what this line says."""
        if not self._muted:
            self.heard = g711.decode(frame).astype(np.int32)
            self._room.changed()

    def read(self) -> bytes:
        """What this line hears."""
        return self._room.without(self.heard)
