"""Do native work on hostile bytes in a child that may crash, hang or eat memory alone.

The child is forked, so it has everything that is loaded, models included; `confinement` takes away
the rest. What it found comes back through a pipe; nothing else does.
"""

import os
import select
import signal
import time
from collections.abc import Callable
from typing import NoReturn

from transcription.confinement import Limits, confine, die_with_parent, in_fresh_memory

MOST_BYTES = 64 * 1024 * 1024
"""More than any result: the transcript of half an hour takes 1 MB."""
READ_BYTES = 1024 * 1024
DONE, FAILED = b"=", b"!"  # the first byte of what the child says


class ChildDied(Exception):
    """There is no result. `code` says why: "hung" (past its wall or CPU time), "memory",
    "crashed:SIGSEGV", "failed:ValueError" (an exception's class, never its text)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def run_apart(
    work: Callable[[], bytes],
    limits: Limits,
    *,
    on_wait: Callable[[], None] | None = None,
    every_s: float = 5.0,
) -> bytes:
    """What `work()` returns, done in a child of its own. Raises ChildDied.

    on_wait: called here every `every_s` seconds while the child works. If it raises, the child is
    killed and the exception goes on.
    """
    parent = os.getpid()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(work, limits, parent, writing)
    os.close(writing)
    watch = _Watch(child, reading)
    try:
        watch.until_over(limits.wall_s, on_wait, every_s)
    finally:
        status = watch.close()
    return _result(watch, status)


class _Watch:
    """The parent's side of one child."""

    def __init__(self, child: int, reading: int) -> None:
        self._child, self._reading = child, reading
        self._over = os.pidfd_open(child)
        self.said = bytearray()
        self.hung = False
        os.set_blocking(reading, False)

    def until_over(self, wall_s: float, on_wait: Callable[[], None] | None, every_s: float) -> None:
        """Take in what it says until it is over, or its time is."""
        poll = select.poll()
        poll.register(self._over, select.POLLIN)
        poll.register(self._reading, select.POLLIN)
        until = time.monotonic() + wall_s
        call_at = time.monotonic() + every_s
        while True:
            now = time.monotonic()
            ready = {fd for fd, _ in poll.poll(max(0.0, min(until, call_at) - now) * 1000)}
            if self._reading in ready and not self._read():
                poll.unregister(self._reading)
            if self._over in ready:
                self._read()
                return
            self.hung = time.monotonic() >= until or len(self.said) > MOST_BYTES
            if self.hung:
                return
            if on_wait is not None and time.monotonic() >= call_at:
                call_at += every_s
                on_wait()

    def _read(self) -> bool:
        """Take in what is there; false when there will be no more."""
        try:
            while data := os.read(self._reading, READ_BYTES):
                self.said += data
        except BlockingIOError:
            return True
        return False

    def close(self) -> int:
        """End it if it is not over, and give its exit status."""
        signal.pidfd_send_signal(self._over, signal.SIGKILL)
        _, status = os.waitpid(self._child, 0)
        os.close(self._over)
        os.close(self._reading)
        return os.waitstatus_to_exitcode(status)


def _result(watch: _Watch, status: int) -> bytes:
    said = bytes(watch.said)
    if watch.hung or status == -signal.SIGXCPU:
        raise ChildDied("hung")
    if status < 0:
        raise ChildDied(f"crashed:{signal.Signals(-status).name}")
    if said[:1] == DONE and status == 0:
        return said[1:]
    if said[:1] == FAILED and status == 0:
        raise ChildDied(said[1:].decode("ascii", "replace"))
    raise ChildDied(f"crashed:exit_{status}")


def _work(work: Callable[[], bytes], limits: Limits, parent: int, writing: int) -> NoReturn:
    """The child's side. It never comes back into the code that has forked it."""
    try:
        die_with_parent(parent)
        confine(limits, {writing})
        said = DONE + in_fresh_memory(work)
    except MemoryError:
        said = FAILED + b"memory"
    except BaseException as error:  # even SystemExit: nothing of the parent's may run here
        said = FAILED + f"failed:{type(error).__name__}".encode("ascii", "replace")
    try:
        left = memoryview(said)
        while left:
            left = left[os.write(writing, left) :]
    finally:
        os._exit(0)
