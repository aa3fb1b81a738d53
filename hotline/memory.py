"""Large blocks of memory go back to the system as soon as they are free.

Every return code is hashed in 19 MiB (`hotline.reports.codes`). glibc keeps a freed block of up to
32 MiB for the thread that had it, once it has seen one (mallopt(3): M_MMAP_THRESHOLD moves): a web
process took 450 MB after a few hundred messages, and 170 MB with the limit that is set here.
"""

import ctypes

M_MMAP_THRESHOLD = -3
"""malloc.h"""
LARGE = 1024 * 1024
"""Bytes; what is larger gets pages of its own. Setting it stops it from moving."""


def give_back_large() -> None:
    """Do so in this process. Nothing happens where the C library knows no `mallopt`."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
