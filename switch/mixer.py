"""Rooms where several lines hear each other: the sum of all, minus oneself, clipped."""

import numpy as np
import numpy.typing as npt

from switch import g711
from switch.media import Line

_QUIET = np.zeros(g711.FRAME, dtype=np.int32)
# Of the frame's own type: plain numbers are converted and compared with what the type can hold each
# time, which takes longer than all the rest of mixing.
_LOWEST, _HIGHEST = np.int32(-32768), np.int32(32767)


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
        seat.detach()

    def changed(self) -> None:
        """Somebody spoke: the sum has to be made anew."""
        self._total = None

    def whole(self) -> bytes:
        """One µ-law frame of everybody's sound."""
        return _frame(self._sum())

    def heard_by(self, seat: "Seat") -> bytes:
        """One µ-law frame for one seat: all others, and whoever speaks to it alone."""
        mixed = self._sum()
        if seat.only_to is None:
            mixed = mixed - seat.heard
        for each in self._seats:
            if each.only_to is seat.line:
                mixed = mixed + each.heard
        return _frame(mixed)

    def _sum(self) -> npt.NDArray[np.int32]:
        if self._total is None:
            total = _QUIET
            for seat in self._seats:
                if seat.only_to is None:
                    total = total + seat.heard
            self._total = total
        return self._total


class Seat:
    """One line's place in a room: a source (the others) and a sink (itself)."""

    def __init__(self, room: Room, line: Line, muted: bool) -> None:
        """Made by `Room.enter`."""
        self._room = room
        self._muted = muted
        self.line = line
        self.only_to: Line | None = None
        self.heard: npt.NDArray[np.int32] = _QUIET

    def attach(self) -> None:
        """Let the line hear and feed the room."""
        self.line.source, self.line.sink = self, self.write

    def detach(self) -> None:
        """Let the line neither hear nor feed the room for a while."""
        self.line.stop(self)
        if self.line.sink == self.write:
            self.line.sink = None
        self.heard = _QUIET
        self._room.changed()

    def mute(self, muted: bool) -> None:
        """Let nobody hear this line, or everybody again."""
        self._muted, self.heard = muted, _QUIET
        self._room.changed()

    def speak_to(self, line: Line | None) -> None:
        """Let one line alone hear this one; None: everybody."""
        self.only_to = line
        self._room.changed()

    def write(self, frame: bytes) -> None:
        """Take what this line says."""
        if not self._muted:
            self.heard = g711.decode(frame).astype(np.int32)
            self._room.changed()

    def read(self) -> bytes:
        """What this line hears."""
        return self._room.heard_by(self)


def _frame(mixed: npt.NDArray[np.int32]) -> bytes:
    within = np.minimum(np.maximum(mixed, _LOWEST), _HIGHEST)
    return g711.encode(within.astype(np.int16))
