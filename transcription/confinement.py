"""What a process gives up before it touches a caller's sound with native code.

A decoder or recognizer that is made to misbehave by hostile bytes finds itself in a process that
can open nothing, connect to nothing, start nothing, and that dies with its parent.
"""

import ctypes
import os
import platform
import resource
import signal
import sys
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import TypeVar

# linux/prctl.h
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
SECCOMP_MODE_FILTER = 2
# malloc.h, asm-generic/mman-common.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
MADV_HUGEPAGE = 14
HEAP_BYTES = 64 * 1024 * 1024  # of one thread in the C library (HEAP_MAX_SIZE), aligned to as much
ROOM_BYTES = (HEAP_BYTES // 2 - 4096, HEAP_BYTES // 2 - 4 * 1024 * 1024)
"""Of which it takes no more than the half at once; what a thread had before must have room too."""
NICENESS = 10
"""How far it stands back for the other processes: they get nine times its share of a core that both
want (sched(7): a factor of 1.25 for each step). Recognition can wait, and whoever is on the line
must not: a caller between two prompts, sound that is due every 20 ms, the next ring."""
# linux/seccomp.h, linux/bpf_common.h
ALLOW, DENY = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ERRNO with EPERM
LOAD_WORD, JUMP_IF_EQUAL, JUMP_IF_GREATER, RETURN = 0x20, 0x15, 0x25, 0x06
NUMBER_AT, ARCHITECTURE_AT = 0, 4  # offsets in struct seccomp_data
X32_FIRST = 0x3FFFFFFF  # x86-64 has a second numbering above this

# Per machine: its AUDIT_ARCH (linux/audit.h), and the numbers (asm/unistd.h) of: socket, connect,
# bind, socketpair, execve, execveat, ptrace, kill, process_vm_readv, process_vm_writev,
# pidfd_getfd, io_uring_setup.
DENIED = {
    "x86_64": (0xC000003E, (41, 42, 49, 53, 59, 322, 101, 62, 310, 311, 438, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 199, 221, 281, 117, 129, 270, 271, 438, 425)),
}

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """wall_s: kept by the parent. cpu_s, memory_bytes: what the process may use beyond what it has.

    memory_bytes counts address space, of which a process uses a part.
    """

    wall_s: float
    cpu_s: int
    memory_bytes: int


def limits_for(duration_s: float, memory_mb: int) -> Limits:
    """The limits for a recording of that length: 10 s and four times what it plays.

    The bundled models need 0.01 s for a second of speech (tests/bench/bench_worker.py). One that
    cannot keep pace with speech by far is of no use to a hotline.
    """
    wall_s = 10.0 + 4.0 * duration_s
    return Limits(wall_s, int(wall_s) + 1, memory_mb * 1024 * 1024)


def die_with_parent(parent: int) -> None:
    """Let the kernel end this process when the process `parent`, which has forked it, ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended before
        os._exit(1)


def confine(limits: Limits, keep: Collection[int]) -> None:
    """Give up everything but computing, after everybody else, and the open descriptors `keep`.
    There is no way back.

    For a child that has just been forked. Whatever code it needs must have been imported before,
    because from now on no file can be opened.
    """
    _forget_signals()
    _silence()
    _close_all_but({0, 1, 2, *keep})
    _prctl(PR_SET_DUMPABLE, 0)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    size = _address_space() + limits.memory_bytes
    os.nice(NICENESS)
    _limit(resource.RLIMIT_CORE, 0)  # a core would hold what a caller said
    _limit(resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1)  # SIGXCPU, then SIGKILL
    _limit(resource.RLIMIT_AS, size)
    _limit(resource.RLIMIT_NOFILE, 0)  # no new file, no new socket
    _filter_calls()


def in_fresh_memory(work: Callable[[], T]) -> T:
    """What `work()` returns or raises, done in a thread of its own. For a child just forked.

    The C library gives each thread a heap of its own. On the heap of the process that has loaded
    the models, free memory lies scattered over all pages, and each page that is written to after a
    fork is copied first: with the bundled models a sixth of what ten seconds of speech cost.
    """
    made: Future[T] = Future()

    def run() -> None:
        try:
            _make_room()
            made.set_result(work())
        except BaseException as error:  # it is raised again where it is waited for
            made.set_exception(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    return made.result()


def _make_room() -> None:
    """Have this thread's heap grow at once, in pages of 2 MB where the kernel gives such, and keep
    what is freed: recognition frees and takes the same memory again for each piece of sound, and
    the kernel hands out every page empty. Nothing is used by it; elsewhere than in glibc nothing
    is done."""
    if sys.platform != "linux" or not hasattr(_LIBC, "mallopt"):
        return
    _LIBC.mallopt(M_MMAP_THRESHOLD, HEAP_BYTES // 2)
    _LIBC.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
    rooms = [_LIBC.malloc(ctypes.c_size_t(size)) for size in ROOM_BYTES]
    for room in filter(None, rooms):
        heap = ctypes.c_void_p(room - room % HEAP_BYTES)
        _LIBC.madvise(heap, ctypes.c_size_t(HEAP_BYTES), MADV_HUGEPAGE)
        _LIBC.free(ctypes.c_void_p(room))


def _forget_signals() -> None:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue  # one of the C library's own
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _silence() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)


def _close_all_but(keep: Collection[int]) -> None:
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in keep:
            try:
                os.close(int(name))
            except OSError:
                continue  # that of the listing itself


def _address_space() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    """Lower a limit; one that is lower already stays."""
    _, now = resource.getrlimit(what)
    hard = soft if hard is None else hard
    hard = hard if now == resource.RLIM_INFINITY else min(hard, now)
    resource.setrlimit(what, (min(soft, hard), hard))


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        _LIBC.prctl(option, ctypes.c_ulong(value), 0, 0, 0)


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("jump_true", ctypes.c_ubyte),
        ("jump_false", ctypes.c_ubyte),
        ("operand", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("first", ctypes.POINTER(_Instruction)))


def _filter_calls() -> None:
    """Have the kernel refuse network, programs and other processes, where it can.

    Silently without it elsewhere: without descriptors there is no network either.
    """
    program = _program(platform.machine())
    if program is None or sys.platform != "linux":
        return
    lines = (_Instruction * len(program))(*program)
    made = _Program(len(program), ctypes.cast(lines, ctypes.POINTER(_Instruction)))
    _LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(made), 0, 0)


def _program(machine: str) -> list[_Instruction] | None:
    if machine not in DENIED:
        return None
    architecture, numbers = DENIED[machine]
    count = len(numbers)
    return [
        _Instruction(LOAD_WORD, 0, 0, ARCHITECTURE_AT),
        _Instruction(JUMP_IF_EQUAL, 0, count + 3, architecture),
        _Instruction(LOAD_WORD, 0, 0, NUMBER_AT),
        _Instruction(JUMP_IF_GREATER, count + 1, 0, X32_FIRST),
        *(_Instruction(JUMP_IF_EQUAL, count - at, 0, n) for at, n in enumerate(numbers)),
        _Instruction(RETURN, 0, 0, ALLOW),
        _Instruction(RETURN, 0, 0, DENY),
    ]


_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.malloc.restype = ctypes.c_void_p
