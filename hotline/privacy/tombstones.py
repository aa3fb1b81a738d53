"""Tombstones: which reports were deleted, kept outside of the database.

A backup that is restored brings deleted reports back, and knows nothing of their deletion. The
file does: each line is a JSON object {"report", "deleted_at", "retention"}. Ids and codes only.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hotline import durable
from hotline.mistakes import Mistake

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Tombstone:
    """One report that is gone. retention: the class by whose clock."""

    report: str
    deleted_at: datetime
    retention: str


def carve(path: Path, stone: Tombstone) -> None:
    """Append a tombstone and have it written out. Raises OSError.

    Call it before the deletion is committed: one too many only deletes what was due.
    """
    _append(path, [stone])


def add_missing(path: Path, stones: Iterable[Tombstone]) -> int:
    """Append those of reports that the file does not name yet; gives how many. Raises OSError, and
    Mistake as `read`."""
    known = {stone.report for stone in read(path)}
    new = {stone.report: stone for stone in stones if stone.report not in known}
    if new:
        _append(path, new.values())
    return len(new)


def _append(path: Path, stones: Iterable[Tombstone]) -> None:
    lines = (
        {"report": s.report, "deleted_at": s.deleted_at.isoformat(), "retention": s.retention}
        for s in stones
    )
    durable.append(path, "".join(json.dumps(line) + "\n" for line in lines))


def read(path: Path) -> Iterator[Tombstone]:
    """All tombstones of a file, none if there is no file. Raises Mistake for a line that is none;
    a last line without its end is what a power cut leaves, and is passed over."""
    if not path.exists():
        return
    with path.open() as file:
        yield from parse(file)


def parse(lines: Iterable[str]) -> Iterator[Tombstone]:
    """The tombstones in the lines of a file, as `read`."""
    for number, line in enumerate(lines, 1):
        if not line.endswith("\n"):
            return
        yield _parse(number, line)


def _parse(number: int, line: str) -> Tombstone:
    try:
        data = json.loads(line)
        stone = Tombstone(
            str(data["report"]), datetime.fromisoformat(data["deleted_at"]), str(data["retention"])
        )
    except (ValueError, KeyError, TypeError):
        raise Mistake(f"Line {number} of the tombstones is none; give an unaltered file.") from None
    if not _ID.fullmatch(stone.report) or stone.deleted_at.tzinfo is None:
        raise Mistake(f"Line {number} of the tombstones is none; give an unaltered file.")
    return stone
