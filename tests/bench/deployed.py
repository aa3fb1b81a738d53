"""A benchmark runs as a deployed worker does: with the memory that one gets."""

import os
import sys

from hotline.memory import LARGE_PAGES


def again(module: str) -> None:
    """Begin anew with the environment of a worker, unless it is that already: the C library reads
    it when a process begins."""
    if not os.environ.items() >= LARGE_PAGES.items():
        command = [sys.executable, "-m", module, *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, **LARGE_PAGES})


def plain() -> dict[str, str]:
    """The environment of a process that is not ours."""
    return {name: value for name, value in os.environ.items() if name not in LARGE_PAGES}
