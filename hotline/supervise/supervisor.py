"""Keeps parts running: a part that ends is started again, later each time, at most 30 s later."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from hotline.supervise.child import Child, Part, Sink

FIRST_DELAY_S = 0.25
LONGEST_DELAY_S = 30.0
# A part that ran so long is healthy: the next failure counts as the first.
HEALTHY_S = 20.0
LOOK_EVERY_S = 0.1
WRONG_SETTING = 2
"""Exit code of our commands when a person must mend something first."""
log = structlog.get_logger()


class Supervisor:
    """Runs parts until `stop`. One thread starts every process and lives as long as they do."""

    def __init__(self, directory: Path, sink: Sink) -> None:
        """`directory`: where parts run; `<directory>/run/NAME.pid` tells their process ids."""
        self._directory = directory
        self._pids = directory / "run"
        self._pids.mkdir(mode=0o700, exist_ok=True)
        self._sink = sink
        self._wanted: list[Part] = []
        self._running: dict[str, Child] = {}
        self._started_at: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._exit_codes: dict[str, int] = {}
        self._due_at: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def start(self, parts: Sequence[Part]) -> None:
        """Start parts (within a tenth of a second) and keep them running."""
        with self._lock:
            self._wanted.extend(parts)

    def kill(self, name: str) -> Part:
        """End a part at once, as a power cut does (SIGKILL), and leave it so until it is started
        again; gives it back for that. Raises KeyError when there is none of that name running."""
        with self._lock:
            child = self._running.pop(name)
            self._wanted.remove(child.part)
            child.kill()
            self._pid_file(child.part).unlink(missing_ok=True)
            return child.part

    def pids(self) -> dict[str, int]:
        """Process id of each running part."""
        with self._lock:
            return {name: child.pid for name, child in self._running.items()}

    def failures(self, name: str) -> int:
        """How often the part has ended by itself lately."""
        with self._lock:
            return self._failures.get(name, 0)

    def refused(self, name: str) -> bool:
        """Whether the part has ended because of a wrong setting; trying again will not help."""
        with self._lock:
            return self._exit_codes.get(name) == WRONG_SETTING

    def stop(self) -> None:
        """Stop all parts and wait for them."""
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            with self._lock:
                self._look(time.monotonic())
        self._stop_all()

    def _look(self, now: float) -> None:
        for part in self._wanted:
            child = self._running.get(part.name)
            if child is not None and child.exit_code is not None:
                self._ended(part, child, now)
            elif child is None and now >= self._due_at.get(part.name, 0.0):
                self._start(part, now)

    def _start(self, part: Part, now: float) -> None:
        child = Child(part, self._directory, self._sink)
        self._running[part.name] = child
        self._started_at[part.name] = now
        unfinished = self._pids / f"{part.name}.new"
        unfinished.write_text(f"{child.pid}\n")
        unfinished.replace(self._pid_file(part))  # nobody reads half a number

    def _pid_file(self, part: Part) -> Path:
        return self._pids / f"{part.name}.pid"

    def _ended(self, part: Part, child: Child, now: float) -> None:
        self._exit_codes[part.name] = child.finish()
        del self._running[part.name]
        self._pid_file(part).unlink(missing_ok=True)  # the number may soon be another process's
        healthy = now - self._started_at[part.name] >= HEALTHY_S
        failures = 1 if healthy else self._failures.get(part.name, 0) + 1
        self._failures[part.name] = failures
        delay = min(FIRST_DELAY_S * 2.0 ** (failures - 1), LONGEST_DELAY_S)
        self._due_at[part.name] = now + delay
        log.warning("part_ended", name=part.name, exit_code=child.exit_code, delay_s=delay)

    def _stop_all(self) -> None:
        """Everything that uses a part of `outlives` stops before it; the rest all at once."""
        for late in (False, True):
            children = [c for c in self._running.values() if c.part.outlives is late]
            for child in children:
                child.terminate()
            for child in children:
                child.finish()
                child.kill_rest()
                self._pid_file(child.part).unlink(missing_ok=True)
        self._running.clear()
