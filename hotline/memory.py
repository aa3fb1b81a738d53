"""How processes take memory from the C library.

What one thread has given back, the next one uses: every return code is hashed in 19 MiB
(`hotline.reports.codes`). glibc keeps a freed block of that size for the thread that had it (an
"arena" for each, mallopt(3)): a web process took 450 MB after a hundred messages, and 200 MB with
one arena for all. To have such blocks given back to the system (M_MMAP_THRESHOLD) saves 30 MB more
and costs 10 ms for each hash, as its pages are made anew.

Speech models lie in pages of 2 MB where the kernel has such (LARGE_PAGES): they are read all the
time, from all over, and are there in a fork for every message. What a minute's message costs beside
Vosk went from 128 ms of CPU to 83 to 97 ms, of some 700 in all (docs/sizing.md).
"""

import ctypes

M_ARENA_MAX = -8
"""malloc.h"""
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""For the environment of a process that loads speech models, or starts one that does: glibc reads
it when a process begins (its manual, Memory Allocation Tunables: from 2.35 on)."""


def share_one_heap() -> None:
    """Do so in this process, before it has threads. Nothing happens where the C library knows no
    `mallopt`."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)
