"""Faults on demand: lost, doubled and late callbacks, missing media, failing REST, cut streams."""

import random
from dataclasses import dataclass, fields


@dataclass
class Faults:
    """One fault per place, each `normal` at first; see `Faults.update` for the words."""

    recording_callback: str = "normal"
    media: str = "normal"
    rest: str = "normal"
    status_callback: str = "normal"
    stream: str = "normal"
    stream_form: str = "normal"

    def update(self, changes: dict[str, str]) -> None:
        """Set some of the faults; raises ValueError for an unknown place or fault.

        recording_callback: normal, drop, twice, times:N, delay:SECONDS (telephone time) · media:
        normal, 404:N, html · rest: normal, 500:N, 429:N, accept_then_drop:N · status_callback:
        normal, drop, twice, times:N, scatter:SECONDS (telephone time; each comes so much later at
        most, so that later ones overtake earlier ones) · stream: normal, refuse (every handshake
        fails), refuse:N, cut:N (after N frames), delay:SECONDS (telephone time, of all that is
        sent) · stream_form: normal, somleng (its place of the custom parameters).
        """
        allowed = {
            "recording_callback": ("normal", "drop", "twice", "times:", "delay:"),
            "media": ("normal", "404:", "html"),
            "rest": ("normal", "500:", "429:", "accept_then_drop:"),
            "status_callback": ("normal", "drop", "twice", "times:", "scatter:"),
            "stream": ("normal", "refuse", "refuse:", "cut:", "delay:"),
            "stream_form": ("normal", "somleng"),
        }
        for place, fault in changes.items():
            if not any(_fits(str(fault), word) for word in allowed.get(place, ())):
                raise ValueError(f"no such fault: {place}={fault}")
        for place, fault in changes.items():
            setattr(self, place, str(fault))

    def take(self, place: str, kind: str) -> bool:
        """Whether a counted fault (`404:3`) strikes now; counts it down to `normal`."""
        name, _, count = str(getattr(self, place)).partition(":")
        if name != kind or not count.isdecimal() or int(count) < 1:
            return False
        left = int(count) - 1
        setattr(self, place, f"{name}:{left}" if left else "normal")
        return True

    def copies(self, place: str) -> list[float]:
        """When a callback is sent: telephone seconds from now, one for each copy of it."""
        late = self.amount(place, "scatter")
        if late:
            return [random.uniform(0.0, late)]  # noqa: S311
        count = int(self.amount(place, "times")) or 1
        return [0.0] * {"drop": 0, "twice": 2}.get(str(getattr(self, place)), count)

    def amount(self, place: str, kind: str) -> float:
        """The number of a fault such as `delay:2`; 0 when there is no such fault now."""
        name, _, number = str(getattr(self, place)).partition(":")
        return float(number) if name == kind and number else 0.0

    def as_dict(self) -> dict[str, str]:
        """Every place and its fault."""
        return {field.name: str(getattr(self, field.name)) for field in fields(self)}


def _fits(fault: str, word: str) -> bool:
    if not word.endswith(":"):
        return fault == word
    number = fault.removeprefix(word)
    return fault.startswith(word) and number.replace(".", "", 1).isdecimal()
