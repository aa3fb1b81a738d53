"""Registered phones: what is rung for each number, and the handsets of its calls."""

from collections.abc import Callable
from dataclasses import dataclass, field

from switch.clock import Clock
from switch.phones.base import Phone
from switch.phones.script import Script
from switch.phones.scripted import ScriptedPhone

KEPT = 50
"""Handsets (and so calls that can be listened to) kept for each number."""

Make = Callable[[], Phone]
"""Makes a phone for one call."""


@dataclass
class _Entry:
    make: Make
    handsets: dict[str, ScriptedPhone] = field(default_factory=dict)


class PhoneBook:
    """Which numbers there are. A number takes any number of calls at once, as a desk does."""

    def __init__(self, clock: Clock) -> None:
        """An empty book."""
        self._clock = clock
        self._entries: dict[str, _Entry] = {}

    def register(self, number: str, script: Script) -> None:
        """Add a phone, or give it another script from its next call on."""
        self.attach(number, lambda: ScriptedPhone(script, self._clock))

    def attach(self, number: str, make: Make) -> None:
        """Add a phone of any kind, in place of an earlier one from its next call on."""
        entry = self._entries.get(number)
        if entry is None:
            self._entries[number] = _Entry(make)
        else:
            entry.make = make

    def detach(self, number: str) -> None:
        """Take a number away; nothing when it is not there."""
        self._entries.pop(number, None)

    def known(self, number: str) -> bool:
        """Whether the number is registered."""
        return number in self._entries

    def handset(self, number: str, call_sid: str) -> Phone:
        """The phone for a new call; raises KeyError for a number that is not registered."""
        entry = self._entries[number]
        phone = entry.make()
        if isinstance(phone, ScriptedPhone):
            entry.handsets[call_sid] = phone
            if len(entry.handsets) > KEPT:
                del entry.handsets[next(iter(entry.handsets))]
        return phone

    def find(self, number: str, call_sid: str | None = None) -> ScriptedPhone | None:
        """The scripted handset of a call, or of the number's last call; None when there is none.
        (Phones of other kinds keep nothing of what they heard.)"""
        entry = self._entries.get(number)
        if entry is None or not entry.handsets:
            return None
        if call_sid is None:
            call_sid = next(reversed(entry.handsets))
        return entry.handsets.get(call_sid)
