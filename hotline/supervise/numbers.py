"""Tells our own switch which numbers its lines may ring: those of the roster and no others.

It is told every two seconds, whether something changed or not, so that a switch that was started
again knows them too. They go over HTTP on this machine and stand in no file: in the database they
are sealed.
"""

import re
import threading
from collections.abc import Callable, Iterable
from typing import Self

import structlog

from hotline.context import Runtime
from hotline.oncall import numbers

EVERY_S = 2.0
"""Seconds between two times: as long somebody who was taken off the roster may still be rung."""

CALLABLE = re.compile(r"\+[1-9][0-9]{6,14}|[1-9][0-9]{2,5}")
"""A number that a trunk can be asked for: an international one, or a short one such as 988."""

log = structlog.get_logger()

Read = Callable[[], Iterable[str]]
Tell = Callable[[Iterable[str]], None]


def ringable(runtime: Runtime) -> frozenset[str]:
    """Whom lines of our own may ring: the roster, and the crisis line where one is called there."""
    with runtime.database.reading() as session:
        found = numbers.to_ring(session, runtime.vault, runtime.clock())
    everybody = found | {runtime.settings.crisis_number}
    return frozenset(number for number in everybody if CALLABLE.fullmatch(number))


class RosterNumbers:
    """Use it as a context manager; the switch is told in a thread of its own."""

    def __init__(self, read: Read, tell: Tell, every_s: float = EVERY_S) -> None:
        """`read` gives the numbers of the roster as they are now; `tell` is the switch's."""
        self._read = read
        self._tell = tell
        self._every_s = every_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="numbers", daemon=True)

    def __enter__(self) -> Self:
        """The switch knows the numbers before this returns, if both answer."""
        self._renew()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Tell nothing any more."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._every_s):
            self._renew()

    def _renew(self) -> None:
        """While one of them does not answer, the switch keeps what it knows. Whatever goes wrong,
        the next time must come."""
        try:
            self._tell(sorted(self._read()))
        except Exception as error:
            log.warning("numbers_not_told", error=type(error).__name__)
