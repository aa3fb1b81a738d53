"""Several processes that do the same, forked from one that has everything loaded.

What the parent has loaded is shared (copy-on-write), so that four of them need little more memory
than one. One that dies is forked again; all die with the parent.
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import structlog

from transcription.confinement import die_with_parent

log = structlog.get_logger()

FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 30.0
LOOK_EVERY_S = 0.1
HEALTHY_S = 20.0
"""One that lived so long may die again before the next is made to wait."""


class Crew:
    """Runs `work` in a number of children until SIGTERM or SIGINT, which they get too."""

    def __init__(self, work: Callable[[], None], size: int) -> None:
        self._work, self._size = work, size
        self._born: dict[int, float] = {}
        self._stopping = False

    def run(self) -> None:
        """Work until told to stop and the last child has ended."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for _ in range(self._size):
            self._fork()
        delay_s = FIRST_DELAY_S
        while self._born:
            child, status = os.waitpid(-1, 0)
            born = self._born.pop(child, None)
            if born is None or self._stopping:
                continue
            code = os.waitstatus_to_exitcode(status)
            log.error("worker_died", pid=child, exit_code=code)
            healthy = time.monotonic() - born >= HEALTHY_S
            delay_s = FIRST_DELAY_S if healthy else min(delay_s * 2, LONGEST_DELAY_S)
            until = time.monotonic() + delay_s
            while not self._stopping and time.monotonic() < until:
                time.sleep(LOOK_EVERY_S)
            if not self._stopping:
                self._fork()

    def _fork(self) -> None:
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                die_with_parent(parent)
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, signal.SIG_DFL)
                self._work()
                code = 0
            except Exception as error:
                log.error("worker_failed", error=type(error).__name__)
            finally:
                os._exit(code)
        self._born[child] = time.monotonic()
        if self._stopping:  # told while it was forked
            os.kill(child, signal.SIGTERM)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for child in self._born:
            with suppress(ProcessLookupError):  # it has ended a moment ago
                os.kill(child, signal.SIGTERM)
