"""What a scripted phone has noticed on its line: events, sound and silence."""

from dataclasses import dataclass
from typing import Any

from switch import g711
from switch.clock import FRAME_S, Clock


@dataclass(frozen=True)
class Noticed:
    """One ground-truth event of this line."""

    event: str
    details: dict[str, Any]


class Ears:
    """Counts what is heard since the last `mark`, and keeps what was noticed."""

    def __init__(self, clock: Clock) -> None:
        """Deaf until told otherwise."""
        self._clock = clock
        self._events: list[Noticed] = []
        self._next = 0
        self._acted_at = clock.now
        self._sound_frames = 0
        self._silent_frames = 0

    def hear(self, frame: bytes) -> None:
        """Measure one frame."""
        if g711.is_silent(frame):
            self._silent_frames += 1
        else:
            self._silent_frames = 0
            self._sound_frames += 1

    def notice(self, event: str, details: dict[str, Any]) -> None:
        """Remember an event."""
        self._events.append(Noticed(event, details))

    def find(self, event: str, url_part: str = "") -> bool:
        """Whether an event not yet used came; uses it and all before it."""
        for at in range(self._next, len(self._events)):
            noticed = self._events[at]
            if noticed.event == event and url_part in noticed.details.get("url", ""):
                self._next = at + 1
                return True
        return False

    def skip_events(self) -> None:
        """Use up all events so far."""
        self._next = len(self._events)

    def mark(self) -> None:
        """A cue was met: count sound anew."""
        self._sound_frames = 0

    def acted(self) -> None:
        """A step is over: measure time from here."""
        self._acted_at = self._clock.now

    @property
    def since_act_s(self) -> float:
        """Telephone seconds since the last step was over."""
        return self._clock.now - self._acted_at

    @property
    def sound_s(self) -> float:
        """Seconds of sound since the last cue was met."""
        return self._sound_frames * FRAME_S

    @property
    def silence_s(self) -> float:
        """Seconds of unbroken silence up to now."""
        return self._silent_frames * FRAME_S
