"""Crash points: named places where the tests of faults let the process that passes be killed.

Nothing happens at a point unless HOTLINE_CRASH_FILE names a file and the file is there. It holds
the name of a point and how many passings are let through: "call.placed 0". Whoever passes next
removes the file, so that one order kills one process, and ends as in a power cut (SIGKILL): no
handler runs, no transaction is finished. `tests/faults` finds every point in the source, so that a
new one cannot be forgotten there.
"""

import os
import signal
import threading
from pathlib import Path

FILE = "HOTLINE_CRASH_FILE"

_file = Path(os.environ[FILE]) if os.environ.get(FILE) else None
_lock = threading.Lock()
_passed: dict[str, int] = {}


def point(name: str) -> None:
    """Pass this point. name: what has just been done, as PLACE.STATE."""
    if _file is not None and _is_meant(_file, name):
        os.kill(os.getpid(), signal.SIGKILL)


def order(name: str, after: int = 0) -> str:
    """What is to stand in the file. after: so many passings of one process are let through."""
    return f"{name} {after}"


def _is_meant(file: Path, name: str) -> bool:
    """Whether the order is for this passing; of all who see it, one takes it."""
    try:
        text = file.read_text()
    except OSError:
        return False
    wanted, _, after = text.partition(" ")
    if wanted != name:
        return False
    with _lock:
        _passed[text] = _passed.get(text, 0) + 1
        if _passed[text] <= int(after or 0):
            return False
    try:
        file.unlink()
    except OSError:
        return False
    return True
