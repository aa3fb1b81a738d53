"""How much comes in, all together and from one network: reports, and wrong numbers and PINs.

No report is ever turned away, however many come: beyond the limits one question is asked before
it is taken (`door.question`). What is known of a visitor is a pseudonym of their network, by a key
that is new every day and leaves the memory of this process no more than the pseudonym does.
"""

import hmac
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from threading import Lock

from hotline.people.delays import network_of
from hotline.reports.guesses import LINE_LIMIT, LINE_PERIOD

ALL_LIMIT = 60
ALL_PERIOD = timedelta(minutes=10)
"""A state's line of this kind takes 14 reports a day, and once took 300 in ten hours
(docs/design.md): this is twelve times as many as then."""
NETWORK_LIMIT = 10
NETWORK_PERIOD = timedelta(hours=1)
"""A whole school may be behind one address."""

WRONG_LIMIT = LINE_LIMIT // 2
"""Wrong pairs an hour that the door passes on. The other half is left for the telephone: whoever
sends wrong pairs over the web keeps nobody from coming back by telephone."""
WRONG_NETWORK_LIMIT = WRONG_LIMIT // 2

Pseudonym = bytes


@dataclass(frozen=True)
class Limits:
    """So many in a period, all together and from one network."""

    all: int
    all_period: timedelta
    network: int
    network_period: timedelta


REPORTS = Limits(ALL_LIMIT, ALL_PERIOD, NETWORK_LIMIT, NETWORK_PERIOD)
WRONG_PAIRS = Limits(WRONG_LIMIT, LINE_PERIOD, WRONG_NETWORK_LIMIT, LINE_PERIOD)


class Crowd:
    """Counts in memory; safe among threads."""

    def __init__(self, limits: Limits = REPORTS) -> None:
        self._limits = limits
        self._lock = Lock()
        self._day, self._key = date.min, b""
        self._all: deque[datetime] = deque()
        self._by_network: dict[Pseudonym, deque[datetime]] = {}

    def is_dense(self, address: str, now: datetime) -> bool:
        """Whether the next from this address is one too many."""
        limits = self._limits
        with self._counting(address, now) as counted:
            return len(self._all) >= limits.all or len(counted) >= limits.network

    def count(self, address: str, now: datetime) -> None:
        """One more from this address."""
        with self._counting(address, now) as counted:
            self._all.append(now)
            if (network := network_of(address)) != "":
                self._by_network[self._pseudonym(network)] = counted
                counted.append(now)

    @contextmanager
    def _counting(self, address: str, now: datetime) -> Iterator[deque[datetime]]:
        """The times of those of its network; none where it cannot be told (a proxy that is not
        known, an onion service): then only all together count."""
        with self._lock:
            self._begin_day(now)
            _forget(self._all, now - self._limits.all_period)
            for pseudonym, times in list(self._by_network.items()):
                _forget(times, now - self._limits.network_period)
                if not times:
                    del self._by_network[pseudonym]
            network = network_of(address)
            known = self._by_network.get(self._pseudonym(network)) if network else None
            yield deque() if known is None else known

    def _begin_day(self, now: datetime) -> None:
        if now.date() != self._day:
            self._day, self._key = now.date(), secrets.token_bytes(32)
            self._by_network.clear()

    def _pseudonym(self, network: str) -> Pseudonym:
        return hmac.digest(self._key, network.encode(), sha256)


def _forget(times: deque[datetime], until: datetime) -> None:
    while times and times[0] <= until:
        times.popleft()
