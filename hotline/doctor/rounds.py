"""Examining again and again while a page shows it: no look waits for a slow check.

Each check runs in a thread of its own and its result is kept for a while. What has not answered in
time is shown as it was, or as being looked at.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from hotline.doctor.examination import WORST_FIRST, Check, tried
from hotline.doctor.finding import Finding
from hotline.settings import Settings

# A page is asked for again every 30 s; several people looking at it cost no more than one.
KEPT_S = 15.0
# How long a look waits for checks that are under way.
PATIENCE_S = 2.0


@dataclass(frozen=True)
class Seen:
    """What is known now, the worst first, and the names of checks that have not answered yet."""

    findings: Sequence[Finding]
    waiting: Sequence[str]


@dataclass
class _Kept:
    """One check: what it found last, when (monotonic seconds), and whether it runs."""

    found: list[Finding] | None = None
    at: float = 0.0
    running: threading.Event | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Rounds:
    """All checks of one process. Safe for many threads."""

    def __init__(
        self,
        settings: Settings,
        checks: Iterable[Check],
        *,
        patience_s: float = PATIENCE_S,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """`elapsed` gives seconds that only go on."""
        self._settings = settings
        self._checks = {check: _Kept() for check in checks}
        self._patience_s = patience_s
        self._elapsed = elapsed

    def look(self) -> Seen:
        """What is known now; takes PATIENCE_S at most."""
        running = [self._begin(check, kept) for check, kept in self._checks.items()]
        until = time.monotonic() + self._patience_s
        for event in running:
            if event is not None:
                event.wait(max(0.0, until - time.monotonic()))
        found = [f for kept in self._checks.values() for f in kept.found or ()]
        waiting = [check.__name__ for check, kept in self._checks.items() if kept.found is None]
        return Seen(sorted(found, key=lambda f: WORST_FIRST.index(f.level)), waiting)

    def _begin(self, check: Check, kept: _Kept) -> threading.Event | None:
        """Start the check unless it runs or its result is fresh; what to wait for, if anything."""
        with kept.lock:
            fresh = kept.found is not None and self._elapsed() - kept.at < KEPT_S
            if kept.running is not None or fresh:
                return kept.running
            kept.running = threading.Event()
            # A daemon: a check that hangs does not keep the process from ending.
            threading.Thread(target=self._run, args=(check, kept), daemon=True).start()
            return kept.running

    def _run(self, check: Check, kept: _Kept) -> None:
        found = list(tried(check, self._settings))
        with kept.lock:
            kept.found, kept.at = found, self._elapsed()
            done, kept.running = kept.running, None
        if done is not None:
            done.set()
