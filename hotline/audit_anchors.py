"""Anchors: number and digest of the audit's last entry, kept where the database is not.

The chain alone does not show that its end was cut off, or that all of it was written anew. An
anchor does: the chain must contain that very entry for ever. A file of them holds one JSON object
a line, {"at", "seq", "digest"}, and is only ever appended to.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from hotline import audit, durable
from hotline.mistakes import Mistake

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Anchor:
    """The last entry at a moment; `seq` 0: there was none yet."""

    at: str
    seq: int
    digest: str

    @property
    def head(self) -> tuple[int, str]:
        """As `hotline.audit.verify` takes it."""
        return self.seq, self.digest


def of(session: Session, now: datetime) -> Anchor:
    """The anchor of this moment."""
    return Anchor(now.isoformat(timespec="seconds"), *audit.head(session))


def line(anchor: Anchor) -> str:
    """The anchor as a line of a file, without its end."""
    return json.dumps({"at": anchor.at, "seq": anchor.seq, "digest": anchor.digest})


def keep(path: Path, anchor: Anchor) -> None:
    """Append the anchor to a file and have it written out. Raises OSError."""
    durable.append(path, line(anchor) + "\n")


def parse(text: str) -> list[Anchor]:
    """The anchors of a file. Raises Mistake with the line that is none; an empty file is one too:
    to verify against nothing would say that all is well."""
    found = [_anchor(n, row) for n, row in enumerate(text.splitlines(), 1) if row.strip()]
    if not found:
        raise Mistake("The file holds no anchor; take one that `hotline audit anchor` wrote.")
    return found


def _anchor(number: int, row: str) -> Anchor:
    try:
        data = json.loads(row)
        anchor = Anchor(str(data["at"]), int(data["seq"]), str(data["digest"]))
    except (ValueError, KeyError, TypeError):
        raise Mistake(f"Line {number} of the file is no anchor; give an unaltered one.") from None
    if anchor.seq < 0 or not _DIGEST.fullmatch(anchor.digest):
        raise Mistake(f"Line {number} of the file is no anchor; give an unaltered one.")
    return anchor
