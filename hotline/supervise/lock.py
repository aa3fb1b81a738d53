"""One start per data directory."""

import fcntl
import os
from pathlib import Path

from hotline.supervise.errors import StartError


class DirectoryLock:
    """Holds `<data_dir>/up.lock` until it is closed or its process ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        """Take the lock. Raises StartError when another start holds it."""
        self._file = os.open(data_dir / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise StartError(
                f"The hotline already runs with the data directory {data_dir}; stop that one "
                "first, or set HOTLINE_DATA_DIR to another directory."
            ) from None

    def close(self) -> None:
        """Let go of it."""
        os.close(self._file)
