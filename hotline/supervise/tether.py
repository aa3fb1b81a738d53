"""Start a program that ends when its starter does: `python tether.py PARENT_PID PROGRAM …`.

Linux only (`prctl`); elsewhere the program is started without the tether. It runs in the new
process, because code between fork and exec of a process with threads may dead-lock. Standard
library only, and no import of the project: this runs before every part of the hotline.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


def tie(parent: int) -> None:
    """Ask the kernel for SIGTERM when the parent is gone; exit now if it is gone already."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)


def main(arguments: list[str]) -> None:
    """Tie this process to its parent and become the program."""
    tie(int(arguments[0]))
    os.execvp(arguments[1], arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
