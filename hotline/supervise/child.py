"""One supervised process: started in a group of its own, its lines passed on, stopped in order."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TETHER = Path(__file__).with_name("tether.py")

Sink = Callable[[str, str], None]
"""Takes the name of a process and one line it wrote."""


@dataclass(frozen=True)
class Part:
    """What to run. `command` is a full argument list; `fds` are handed to the process.

    `stop_s`: seconds between SIGTERM and SIGKILL. `outlives`: it is stopped after all others.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    fds: tuple[int, ...] = ()
    stop_s: float = 10.0
    outlives: bool = False


class Child:
    """A running part. Must be made by a thread that lives as long as the process should.

    The kernel ends a tethered process when the *thread* that started it ends (prctl(2)).
    """

    def __init__(self, part: Part, directory: Path, sink: Sink) -> None:
        """Start it in `directory`; every line of its output goes to `sink`."""
        self.part = part
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *part.command],
            env={**os.environ, **part.environment},
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=part.fds,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, args=(sink,), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Process id, and id of its group."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for a signal."""
        return self._process.poll()

    def terminate(self) -> None:
        """Ask it to stop (SIGTERM, to the process alone: it stops its own children in order)."""
        if self.exit_code is None:
            self._process.terminate()

    def finish(self) -> int:
        """Wait until it has stopped, kill it if that takes too long; gives the exit code."""
        try:
            code = self._process.wait(self.part.stop_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._reader.join(0.2)
        return code

    def kill(self) -> None:
        """SIGKILL, to whatever it has started as well; returns when it is gone."""
        self.kill_rest()
        self._process.wait()

    def kill_rest(self) -> None:
        """SIGKILL to whatever it has left behind: its group, and on Linux its whole session."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        for pid in session_members(self.pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

    def _read(self, sink: Sink) -> None:
        output = self._process.stdout
        if output is not None:
            with output:
                for line in output:
                    sink(self.part.name, line.rstrip("\n"))


def session_members(session: int) -> list[int]:
    """Processes of a session, by /proc (none elsewhere).

    RQ puts the process that works into a group of its own, but it stays in the session.
    """
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found
