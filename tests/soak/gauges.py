"""What the parts of a running hotline hold: memory, threads, file handles; and its database."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, make_url, select
from sqlalchemy.orm import Session

from hotline.reports.model import Report
from hotline.supervise.child import session_members
from hotline.supervise.stack import Stack

KEEPS_ALL = ("switch",)
"""Parts that may grow: the switch stands for a carrier and keeps its whole journal."""


@dataclass(frozen=True)
class Held:
    """Of one part, all its processes together. pss_kb: memory, what is shared counted once."""

    processes: int
    pss_kb: int
    threads: int
    handles: int


@dataclass(frozen=True)
class Look:
    """One look at everything. at_s: since the beginning."""

    at_s: float
    parts: dict[str, Held]
    reports: int
    database_bytes: int
    data_bytes: int
    """Of the whole data directory: the database, sound, keys, logs."""


def look(stack: Stack, at_s: float) -> Look:
    """Look at every part and at the data."""
    parts = {name: _held(session_members(pid)) for name, pid in stack.pids().items()}
    with stack.runtime.database.reading() as session:
        reports = session.scalar(select(func.count()).select_from(Report)) or 0
        database = _database_bytes(session, stack)
    files = (path for path in stack.settings.data_dir.rglob("*"))
    return Look(at_s, parts, reports, database, sum(_sizes(files)))


def _held(pids: list[int]) -> Held:
    pss = threads = handles = count = 0
    for pid in pids:
        with suppress(OSError, ValueError):  # a process that has just ended
            place = Path(f"/proc/{pid}")
            pss += _number(place / "smaps_rollup", "Pss:")
            threads += _number(place / "status", "Threads:")
            handles += sum(1 for _ in (place / "fd").iterdir())
            count += 1
    return Held(count, pss, threads, handles)


def _number(path: Path, name: str) -> int:
    line = next(line for line in path.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])


def _database_bytes(session: Session, stack: Stack) -> int:
    url = make_url(stack.settings.database)
    if url.get_backend_name() != "sqlite":
        found = session.scalar(select(func.pg_database_size(url.database)))
        return int(found or 0)
    names = (f"{url.database}{end}" for end in ("", "-wal"))
    return sum(_sizes(Path(name) for name in names))


def _sizes(paths: Iterator[Path]) -> Iterator[int]:
    for path in paths:
        with suppress(OSError):
            if path.is_file():
                yield path.stat().st_size
