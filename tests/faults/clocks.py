"""The clock of the machine, as the processes of a hotline and its database see it: it can be set.

In Python's processes by time-machine, which leaves the steady clock alone; in PostgreSQL's by
libfaketime (Debian: `faketime`), which does not bear how Python sleeps. Both look into one file
whenever somebody asks for the time. Redis keeps the true time: nothing of ours depends on it.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest.mock import patch

LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib")
NAME = "libfaketimeMT.so.1"
MISSING = f"{NAME} is not here (Debian: faketime); PostgreSQL's clock cannot be set"
HOOK = Path(__file__).with_name("set_clock")


class SetClock:
    """What was set so far, in a file. For the processes started `for_python` and `for_postgres`."""

    def __init__(self, file: Path) -> None:
        self._file, self._ahead_s = file, 0.0
        self.set(0.0)

    def set(self, by_s: float) -> None:
        """Set it forward, or back, for everybody at once."""
        self._ahead_s += by_s
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(f"{self._ahead_s:+.3f}\n")
        unfinished.chmod(0o644)  # the database's server is another user
        unfinished.replace(self._file)

    def for_python(self) -> AbstractContextManager[object]:
        """Python's processes that are started within see it."""
        return patch.dict(os.environ, {"PYTHONPATH": str(HOOK), "SET_CLOCK_FILE": str(self._file)})

    def for_postgres(self) -> AbstractContextManager[object]:
        """A server that is started within sees it. Raises FileNotFoundError without libfaketime."""
        there = library()
        if there is None:
            raise FileNotFoundError(MISSING)
        faked = {
            "LD_PRELOAD": str(there),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        return patch.dict(os.environ, faked)


def library() -> Path | None:
    """Where libfaketime is, if it is here."""
    found = (path for folder in LIBRARIES for path in Path(folder).glob(f"**/faketime/{NAME}"))
    return next(found, None)


@contextmanager
def settable() -> Iterator[SetClock]:
    """A clock that shows the true time until it is set."""
    with tempfile.TemporaryDirectory(prefix="hlc") as folder:
        Path(folder).chmod(0o755)
        yield SetClock(Path(folder) / "ahead")
