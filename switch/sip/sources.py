"""Who may send us signalling, and how much: told before a message is read."""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

Network = ipaddress.IPv4Network

RATE = 50.0
"""Messages that one address may send in a second: a trunk sends about six for each call."""

BURST = 200.0
"""Messages that may come at once after a pause."""

REMEMBERED = 1024
"""Addresses whose pace is remembered; the oldest are forgotten."""


def network(text: str) -> Network:
    """An address or a network in CIDR; raises ValueError."""
    return Network(text.strip(), strict=False)


@dataclass
class _Pace:
    left: float
    at: float


class Sources:
    """The allow-list and the pace of each address; `now` is in seconds of any steady clock."""

    def __init__(self, allowed: list[Network], rate: float = RATE, burst: float = BURST) -> None:
        """Only `allowed` is listened to; an empty list lets nobody in."""
        self._allowed = allowed
        self._rate = rate
        self._burst = burst
        self._paces: OrderedDict[str, _Pace] = OrderedDict()

    def allow(self, address: str, now: float) -> bool:
        """Whether a message from `address` is read."""
        return self._known(address) and self._in_pace(address, now)

    def _known(self, address: str) -> bool:
        try:
            one = ipaddress.IPv4Address(address)
        except ValueError:
            return False
        return any(one in each for each in self._allowed)

    def _in_pace(self, address: str, now: float) -> bool:
        pace = self._paces.setdefault(address, _Pace(self._burst, now))
        self._paces.move_to_end(address)
        while len(self._paces) > REMEMBERED:
            self._paces.popitem(last=False)
        pace.left = min(self._burst, pace.left + max(0.0, now - pace.at) * self._rate)
        pace.at = now
        if pace.left < 1:
            return False
        pace.left -= 1
        return True
