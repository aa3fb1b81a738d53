"""What a backup says of itself: the first file of the archive. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from hotline.mistakes import Mistake

FORMAT = 1
"""Of the archive; one that is higher was made by a newer version."""
NEWER = "The backup is of a newer version of Hotline; install that one. Nothing was changed."
BROKEN = "The backup does not say what is in it; take another one. Nothing was changed."


@dataclass(frozen=True)
class Part:
    """A file of the archive."""

    name: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True)
class Facts:
    """What is true of the database at the moment of the backup. Counts and codes only."""

    revision: str
    reports: int
    audit_seq: int
    audit_digest: str
    """Number and digest of the audit's last entry: an anchor (`hotline.audit_anchors`)."""
    keys: tuple[str, ...]
    """Versions of the master keys that its records need; the keys themselves are elsewhere."""


@dataclass(frozen=True)
class Manifest:
    """kind: sqlite or postgresql. tool: the version of pg_dump, None for SQLite."""

    made_at: datetime
    version: str
    kind: str
    tool: int | None
    facts: Facts
    parts: tuple[Part, ...]

    def dump(self) -> bytes:
        """The manifest as it stands in the archive."""
        data = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        return json.dumps(data, indent=1).encode()


def parse(text: bytes) -> Manifest:
    """The manifest in these bytes. Raises Mistake."""
    try:
        data = json.loads(text)
        if int(data["format"]) > FORMAT:
            raise Mistake(NEWER)
        return _made(data)
    except Mistake:
        raise
    except (ValueError, KeyError, TypeError):
        raise Mistake(BROKEN) from None


def _made(data: Mapping[str, Any]) -> Manifest:
    facts, tool = data["facts"], data["tool"]
    made_at = datetime.fromisoformat(data["made_at"])
    if made_at.tzinfo is None:
        raise ValueError("a time without its zone")
    return Manifest(
        made_at=made_at,
        version=str(data["version"]),
        kind=str(data["kind"]),
        tool=None if tool is None else int(tool),
        facts=Facts(
            str(facts["revision"]),
            int(facts["reports"]),
            int(facts["audit_seq"]),
            str(facts["audit_digest"]),
            tuple(str(version) for version in facts["keys"]),
        ),
        parts=tuple(
            Part(str(part["name"]), int(part["size"]), str(part["sha256"]))
            for part in data["parts"]
        ),
    )
