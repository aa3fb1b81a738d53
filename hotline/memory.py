"""What one thread has given back to the C library, the next one uses.

Every return code is hashed in 19 MiB (`hotline.reports.codes`). glibc keeps a freed block of that
size for the thread that had it (an "arena" for each, mallopt(3)): a web process took 450 MB after a
hundred messages, and 200 MB with one arena for all. To have such blocks given back to the system
(M_MMAP_THRESHOLD) saves 30 MB more and costs 10 ms for each hash, as its pages are made anew.
"""

import ctypes

M_ARENA_MAX = -8
"""malloc.h"""


def share_one_heap() -> None:
    """Do so in this process, before it has threads. Nothing happens where the C library knows no
    `mallopt`."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)
