"""Seconds that go on while the page is looked at. Pure.

The server says how many they are now; a small script (`static/js/board.js`) counts on from the
moment the number refers to, by the server's clock. Without a script they stand as of the page.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from console import times

HOLE = "{}"
"""Stands in a pattern for the seconds."""


@dataclass(frozen=True)
class Count:
    """Seconds since, or until, `at`, from 0 to `most_s`. `pattern` has a hole for them; `clock`:
    they are shown as 1:12."""

    at: datetime
    up: bool
    pattern: str
    text: str
    most_s: int | None = None
    clock: bool = False


def seconds_up(
    at: datetime, now: datetime, say: Callable[[object], str], most_s: float | None = None
) -> Count:
    """Seconds since a moment; `say` puts them into a sentence."""
    return _count(at, now, True, say, most_s, times.whole)


def seconds_down(at: datetime, now: datetime, say: Callable[[object], str]) -> Count:
    """Seconds until a moment, those begun counted: with those gone they make up the whole."""
    return _count(at, now, False, say, None, lambda s: times.whole(math.ceil(s)))


def clock_up(at: datetime, now: datetime) -> Count:
    """How long something has lasted, as a large clock: 1:12."""
    return _count(at, now, True, str, None, times.position)


def _count(
    at: datetime,
    now: datetime,
    up: bool,
    say: Callable[[object], str],
    most_s: float | None,
    show: Callable[[float], str],
) -> Count:
    seconds = (now - at if up else at - now).total_seconds()
    shown = max(0.0, seconds if most_s is None else min(seconds, most_s))
    most = None if most_s is None else round(most_s)
    return Count(at, up, say(HOLE), say(show(shown)), most, show is times.position)
