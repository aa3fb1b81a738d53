"""The machine: data directory, disk, clock."""

import ctypes
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hotline.doctor.finding import Finding, Level, bad, ok, warn
from hotline.settings import Settings
from hotline.texts import marked

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
            marked("The data directory %(folder)s is not there yet."),
            marked("It is made by `hotline up` or `hotline migrate`; is HOTLINE_DATA_DIR right?"),
            folder=folder,
        )
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield bad(
            "data_directory",
            marked("The data directory %(folder)s cannot be used by this user."),
            marked(
                "Run `hotline doctor` as the user of the hotline, or give it the directory with "
                "chown."
            ),
            folder=folder,
        )
    elif folder.stat().st_mode & 0o077:
        yield bad(
            "data_directory",
            marked(
                "Others on this machine can look into %(folder)s, where keys and recordings lie."
            ),
            "chmod 0700 %(folder)s",
            folder=folder,
        )
    else:
        yield ok("data_directory", marked("%(folder)s is private."), folder=folder)


def disk_space(settings: Settings) -> Iterator[Finding]:
    """There is room for recordings, and for a model where they are installed."""
    for says, folder in (
        (marked("%(free)s GB are free in the data directory (%(folder)s)."), settings.data_dir),
        (marked("%(free)s GB are free in the models folder (%(folder)s)."), settings.models_folder),
    ):
        free = shutil.disk_usage(nearest(folder)).free
        level, mend = Level.OK, ""
        if free < FEW_BYTES:
            level, mend = Level.WARN, marked("Make room: recordings and backups need it.")
        if free < LITTLE_BYTES:
            level, mend = Level.BAD, marked("Make room now: without it no message can be kept.")
        values = {"free": f"{free / 1e9:,.1f}", "folder": folder}
        yield Finding("disk_space", level, says, mend, values)


def nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def clock(settings: Settings) -> Iterator[Finding]:
    """The clock can be true, and something keeps it so."""
    now = datetime.now(UTC)
    says_now = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now < RELEASED:
        says, mend = (
            marked("The clock says %(now)s, which cannot be."),
            marked("Set it; keep it with NTP."),
        )
        yield bad("clock", says, mend, now=says_now)
    elif not is_synchronized():
        yield warn(
            "clock",
            marked("The clock says %(now)s; nothing on this machine keeps it true."),
            marked(
                "Install chrony or systemd-timesyncd: shifts, timers and report times depend on it."
            ),
            now=says_now,
        )
    else:
        yield ok("clock", marked("The clock says %(now)s, and is kept true."), now=says_now)


def is_synchronized() -> bool:
    """Whether the kernel knows that its clock is disciplined; true where it cannot be asked."""
    try:
        ask = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return True
    return int(ask(ctypes.create_string_buffer(TIMEX_BYTES))) != NOT_SYNCHRONIZED
