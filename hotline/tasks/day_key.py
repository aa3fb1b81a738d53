"""The key of a day's pseudonyms (`hotline.privacy.pseudonym`): in memory only, and then gone.

All processes share one through Redis, under a name that ends with the day. It stands in no
database and so in no backup: whoever finds a pseudonym there later cannot try out numbers. Without
Redis each process has its own, and calls are counted by the process that takes them: fewer than
there were, never more.
"""

import math
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError

from hotline.tasks.doorbell import DEAF_S, connect

PREFIX = "hotline:day-key:"
KEY_BYTES = 32
LIFE_S = 26 * 3600
"""Redis drops a key by itself after so long: a day, and two hours for clocks that differ."""


class DayKey(Protocol):
    """Gives the key of a day."""

    def key(self, day: str) -> bytes:
        """The key of that day (YYYY-MM-DD). Never raises."""


class OwnKey:
    """A key that only this process knows."""

    def __init__(self) -> None:
        self._day, self._key = "", b""

    def key(self, day: str) -> bytes:
        """New with each day; that of the day before is forgotten."""
        if day != self._day:
            self._day, self._key = day, secrets.token_bytes(KEY_BYTES)
        return self._key


class SharedKey:
    """One key for all processes on one Redis."""

    def __init__(self, redis_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: seconds, never back."""
        self._redis: Redis = connect(redis_url)
        self._clock, self._deaf_until = clock, -math.inf
        self._own, self._adopted = OwnKey(), ("", b"")

    def key(self, day: str) -> bytes:
        """That of the others, or the one that this process offers them.

        Asked each time: a Redis that was started anew is told the key again by whoever knows it. A
        Redis that does not answer costs a webhook 0.2 s, once in DEAF_S.
        """
        known = self._adopted[1] if self._adopted[0] == day else self._own.key(day)
        if self._clock() < self._deaf_until:
            return known
        try:
            found = self._agreed(PREFIX + day, known)
        except (RedisError, OSError):
            self._deaf_until = self._clock() + DEAF_S
            return known
        self._adopted = (day, found)
        return found

    def _agreed(self, name: str, offered: bytes) -> bytes:
        if self._redis.set(name, offered, nx=True, ex=LIFE_S):
            self._throw_away(name)
            return offered
        there = self._redis.get(name)
        return there if isinstance(there, bytes) and len(there) == KEY_BYTES else offered

    def _throw_away(self, name: str) -> None:
        """A new day: the keys before it go, and so does the file in which Redis keeps its list of
        changes, where they could still be read."""
        with suppress(RedisError):
            old = [key for key in self._redis.scan_iter(PREFIX + "*") if key != name.encode()]
            if old:
                self._redis.delete(*old)
                self._redis.bgrewriteaof()


def open_day_key(redis_url: str | None) -> DayKey:
    """The keys of the settings."""
    return SharedKey(redis_url) if redis_url else OwnKey()
