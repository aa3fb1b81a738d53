"""The two ends of a call that goes from the switch back into the switch: what one leg plays, the
other hears, and the keys whose tones it plays are keys the other presses."""

from collections import deque
from collections.abc import Callable
from typing import Any

from switch.g711 import SILENCE
from switch.phones.base import LineControl

MOST_FRAMES = 50
"""A second of sound that the other end has not taken yet."""


class Loop:
    """One end: for its own leg a phone, for the other end what that phone's far side does."""

    def __init__(self, begin: Callable[["Loop"], None] | None = None) -> None:
        """`begin` dials in with the other end, once this one is rung."""
        self._begin = begin
        self._control: LineControl | None = None
        self._frames: deque[bytes] = deque(maxlen=MOST_FRAMES)
        self._other: Loop | None = None

    def offer(self, control: LineControl) -> None:
        """The call arrives where it came from: dial in, and be answered when that is."""
        self._control = control
        control.ring()
        self._other = Loop()
        self._other._other = self
        if self._begin is not None:
            self._begin(self._other)

    def dial(self, control: LineControl) -> None:
        """The other end dials in."""
        self._control = control

    def connected(self) -> None:
        """One leg is answered, so the other one is."""
        if self._other is not None and self._other._control is not None and self._begin is None:
            self._other._control.answer()

    def speak(self) -> bytes:
        """What the other leg has played."""
        other = self._other
        return other._frames.popleft() if other is not None and other._frames else SILENCE

    def hear(self, frame: bytes) -> None:
        """Keep it for the other leg."""
        self._frames.append(frame)

    def keyed(self, digit: str) -> None:
        """The tone of a key was played to this end: the other leg hears the key pressed."""
        if self._other is not None and self._other._control is not None:
            self._other._control.press(digit)

    def notice(self, event: str, details: dict[str, Any]) -> None:
        """Nothing follows from it."""

    def ended(self) -> None:
        """One leg is over, so the other one is."""
        if self._other is not None and self._other._control is not None:
            self._other._control.hang_up()
