"""Children that crash, hang, eat memory, or try to get out: only they come to harm."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from transcription.confinement import NICENESS, Limits, in_fresh_memory, limits_for
from transcription.sandbox import ChildDied, run_apart

MB = 1024 * 1024
FOLDER = tempfile.gettempdir()
LIMITS = Limits(wall_s=20.0, cpu_s=20, memory_bytes=256 * MB)
SHORT = Limits(wall_s=0.3, cpu_s=20, memory_bytes=256 * MB)

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

# A parent that is killed while its child works; the child's id is printed before.
PARENT = """
import os, time
from transcription.confinement import Limits
from transcription.sandbox import run_apart
said, told = os.pipe()
def work():
    while True:
        time.sleep(60)
def tell():
    children = open(f"/proc/self/task/{os.getpid()}/children").read()
    print(children, flush=True)
run_apart(work, Limits(60.0, 60, 10**8), on_wait=tell, every_s=0.1)
"""


def code(work: Callable[[], bytes], limits: Limits = LIMITS) -> str:
    """Why the work had no result."""
    with pytest.raises(ChildDied) as raised:
        run_apart(work, limits)
    return raised.value.code


def segfault() -> bytes:
    return ctypes.string_at(0)


def spin() -> bytes:
    while True:
        pass


def sleep_deaf() -> bytes:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGTERM})
    time.sleep(60)
    return b""


def eat() -> bytes:
    return b"%d" % len(bytearray(10 * 1024 * MB))


def fail() -> bytes:
    raise LookupError("what a caller said")


def leave() -> bytes:
    sys.exit(0)


def test_the_result_comes_back_whole() -> None:
    assert run_apart(lambda: b"", LIMITS) == b""
    data = os.urandom(3 * MB)
    assert run_apart(lambda: data[::-1], LIMITS) == data[::-1]


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (segfault, "crashed:SIGSEGV"),
        (lambda: os.abort(), "crashed:SIGABRT"),
        (lambda: os._exit(3), "crashed:exit_3"),
        (lambda: os._exit(0), "crashed:exit_0"),
        (eat, "memory"),
        (fail, "failed:LookupError"),
        (leave, "failed:SystemExit"),
        (lambda: "text", "failed:TypeError"),
    ],
)
def test_a_child_that_dies_says_why_and_nothing_else(work: Callable[[], bytes], why: str) -> None:
    assert code(work) == why


@pytest.mark.parametrize("work", [spin, sleep_deaf])
def test_a_child_that_hangs_is_ended(work: Callable[[], bytes]) -> None:
    assert code(work, SHORT) == "hung"


def test_a_child_that_computes_for_too_long_is_ended_by_the_kernel() -> None:
    assert code(spin, Limits(wall_s=30.0, cpu_s=1, memory_bytes=256 * MB)) == "hung"


def test_what_native_code_allocates_is_limited_too() -> None:
    def eat_natively() -> bytes:
        malloc = ctypes.CDLL(None).malloc
        malloc.restype, malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
        return b"refused" if malloc(10 * 1024 * MB) is None else b"given"

    assert run_apart(eat_natively, LIMITS) == b"refused"


def attempt(deed: Callable[[], object]) -> Callable[[], bytes]:
    """Work that tries it and says what came of it."""

    def work() -> bytes:
        try:
            deed()
        except OSError as error:
            return f"refused {error.errno}".encode()
        return b"done"

    return work


@pytest.mark.parametrize(
    "deed",
    [
        lambda: socket.socket(),
        lambda: socket.socketpair(),
        lambda: os.open("/etc/hostname", os.O_RDONLY),
        lambda: os.open(FOLDER, os.O_TMPFILE | os.O_RDWR),
        lambda: os.pipe(),
        lambda: os.dup(1),
        lambda: os.execv("/bin/true", ["true"]),
        lambda: os.kill(os.getppid(), 0),
    ],
)
def test_nothing_can_be_opened_connected_started_or_killed(deed: Callable[[], object]) -> None:
    assert run_apart(attempt(deed), LIMITS).startswith(b"refused")


def test_it_stands_back_for_everybody_who_is_on_the_line() -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    theirs = run_apart(lambda: str(os.getpriority(os.PRIO_PROCESS, 0)).encode(), LIMITS)
    assert int(theirs) == min(19, ours + NICENESS)
    assert os.getpriority(os.PRIO_PROCESS, 0) == ours


def test_nothing_that_was_open_is_there() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:

        def find() -> bytes:
            found = []
            for number in range(256):
                try:
                    os.fstat(number)
                except OSError:
                    continue
                found.append(number)
            return b"%d" % len(found)

        assert run_apart(find, LIMITS) == b"4"  # three that lead nowhere, and the pipe


@pytest.mark.parametrize("error", [KeyError, SystemExit, MemoryError])
def test_in_fresh_memory_gives_and_raises_what_the_work_does(error: type[BaseException]) -> None:
    def fail_there() -> None:
        raise error

    assert in_fresh_memory(lambda: 7) == 7
    with pytest.raises(error):
        in_fresh_memory(fail_there)


def test_what_is_freed_is_kept_for_the_next_piece_of_sound() -> None:
    def faults() -> bytes:
        """How many pages the kernel had to hand out the second time."""

        def take() -> int:
            before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
            memory = bytearray(16 * MB)
            memory[:: resource.getpagesize()] = b"1" * (16 * MB // resource.getpagesize())
            return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before

        take()
        return b"%d" % take()

    assert int(run_apart(faults, LIMITS)) < 100


def children() -> set[str]:
    """Process ids of this thread's children, those included that nobody has waited for."""
    return set(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split())


def test_the_parent_is_called_while_it_waits_and_may_stop_it() -> None:
    called = 0
    worked: set[str] = set()
    before = children()

    def on_wait() -> None:
        nonlocal called
        called += 1
        worked.update(children() - before)
        if called == 3:
            raise KeyError

    with pytest.raises(KeyError):
        run_apart(sleep_deaf, LIMITS, on_wait=on_wait, every_s=0.05)
    assert called == 3
    assert worked
    assert not worked & children()


def test_a_child_dies_with_its_parent() -> None:
    command = [sys.executable, "-W", "ignore", "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    status = Path(f"/proc/{child}/stat")
    until = time.monotonic() + 20
    while status.exists() and status.read_text().split(")")[1].split()[0] != "Z":
        assert time.monotonic() < until, "the child lives on"
        time.sleep(0.01)


def test_limits_grow_with_the_recording() -> None:
    assert limits_for(30.0, 1024) == Limits(130.0, 131, 1024 * MB)
