"""What a power cut must not take: files whose bytes, and names, have reached the disk."""

import fcntl
import os
from pathlib import Path
from typing import IO

BLOCK_BYTES = 4096


def sync(file: IO[str] | IO[bytes]) -> None:
    """Have what was written to an open file reach the disk. Raises OSError."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have a folder's names reach the disk: a new file is not safe before. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append(path: Path, lines: str) -> None:
    """Put whole lines at the end of a file and have them reach the disk; the file, and its folder
    (0700), are made where there are none. Raises OSError.

    A last line without its end is what a power cut left of an `append` that was never told to have
    happened: it is taken away, so that the next one stands on a line of its own.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed
        size = file.seek(0, os.SEEK_END)
        file.truncate(_end_of_whole_lines(file, size))
        file.write(lines.encode())
        sync(file)
    if size == 0:
        sync_folder(path.parent)


def _end_of_whole_lines(file: IO[bytes], size: int) -> int:
    """Where the last whole line of a file of so many bytes ends."""
    while size:
        block = min(BLOCK_BYTES, size)
        file.seek(size - block)
        found = file.read(block).rfind(b"\n")
        if found >= 0:
            return size - block + found + 1
        size -= block
    return 0
