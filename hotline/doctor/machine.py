"""The machine: data directory, disk, clock."""

import ctypes
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hotline.doctor.finding import Finding, bad, ok, warn
from hotline.settings import Settings

LITTLE_BYTES, FEW_BYTES = 200_000_000, 2_000_000_000
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
"""No true clock shows less."""
NOT_SYNCHRONIZED = 5  # TIME_ERROR of adjtimex(2)
TIMEX_BYTES = 512  # more than any struct timex has; all zero only asks


def data_directory(settings: Settings) -> Iterator[Finding]:
    """The directory of keys and database is ours alone."""
    folder = settings.data_dir
    if not folder.is_dir():
        yield warn(
            "data_directory",
            f"The data directory {folder} is not there yet.",
            "It is made by `hotline up` or `hotline migrate`; is HOTLINE_DATA_DIR right?",
        )
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield bad(
            "data_directory",
            f"The data directory {folder} cannot be used by this user.",
            "Run `hotline doctor` as the user of the hotline, or give it the directory with chown.",
        )
    elif folder.stat().st_mode & 0o077:
        yield bad(
            "data_directory",
            f"Others on this machine can look into {folder}, where keys and recordings lie.",
            f"chmod 0700 {folder}",
        )
    else:
        yield ok("data_directory", f"{folder} is private.")


def disk_space(settings: Settings) -> Iterator[Finding]:
    """There is room for recordings, and for a model where they are installed."""
    for name, folder in (
        ("data directory", settings.data_dir),
        ("models folder", settings.models_folder),
    ):
        free = shutil.disk_usage(nearest(folder)).free
        says = f"{free / 1e9:,.1f} GB are free where the {name} is ({folder})."
        if free < LITTLE_BYTES:
            yield bad("disk_space", says, "Make room now: without it no message can be kept.")
        elif free < FEW_BYTES:
            yield warn("disk_space", says, "Make room: recordings and backups need it.")
        else:
            yield ok("disk_space", says)


def nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def clock(settings: Settings) -> Iterator[Finding]:
    """The clock can be true, and something keeps it so."""
    now = datetime.now(UTC)
    if now < RELEASED:
        yield bad(
            "clock", f"The clock says {now:%Y-%m-%d}, which cannot be.", "Set it; keep it with NTP."
        )
    elif not is_synchronized():
        yield warn(
            "clock",
            f"The clock says {now:%Y-%m-%d %H:%M:%S} UTC; nothing on this machine keeps it true.",
            "Install chrony or systemd-timesyncd: shifts, timers and report times depend on it.",
        )
    else:
        yield ok("clock", f"The clock says {now:%Y-%m-%d %H:%M:%S} UTC, and is kept true.")


def is_synchronized() -> bool:
    """Whether the kernel knows that its clock is disciplined; true where it cannot be asked."""
    try:
        ask = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return True
    return int(ask(ctypes.create_string_buffer(TIMEX_BYTES))) != NOT_SYNCHRONIZED
