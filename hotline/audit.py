"""The audit chain: who did what to what, in rows that each carry the digest of the one before.

Nobody's words or numbers go in here, only ids and codes: an actor such as `account:<uuid>` or
`dispatcher`, an action such as `report.opened`, a subject such as `report:<uuid>`.

Altering, moving or removing a row breaks the chain. Cutting its end off does not; compare `head`
with one that was kept elsewhere for that (`hotline.audit_anchors`). Triggers of the database refuse
to change or remove a row: whoever can drop them is who the chain is for.
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hotline.database.base import Base

GENESIS = "0" * 64  # what the first row says came before it
LOCK = 0x61756469  # "audi"; any number not used for another advisory lock
_BATCH = 500


class ChainBroken(Exception):
    """The chain does not verify from this row on; `seq` is the first that is wrong or missing."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"the audit chain is broken at {seq}")
        self.seq = seq


class AuditEntry(Base):
    """One act. `digest` is the SHA-256 of the canonical JSON of all the other columns."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text, index=True)
    subject: Mapped[str] = mapped_column(Text, index=True)
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str]
    digest: Mapped[str]


def record(
    session: Session, at: datetime, actor: str, action: str, subject: str, **detail: Any
) -> int:
    """Append one entry to the transaction and give its number (1, 2, 3 …, without gaps).

    Holds a lock until the transaction ends, so call it last: writers queue for it. `detail` must be
    JSON (TypeError or ValueError otherwise); `at` must be aware (ValueError).
    """
    _lock(session)
    seq, previous = head(session)
    entry = AuditEntry(
        seq=seq + 1,
        at=at.astimezone(UTC),
        actor=actor,
        action=action,
        subject=subject,
        detail=json.loads(_canonical(detail)),  # as it will be read back
        previous=previous,
    )
    entry.digest = _digest(entry)
    session.add(entry)
    session.flush()
    return entry.seq


def head(session: Session) -> tuple[int, str]:
    """Number and digest of the last entry, to be kept outside; (0, GENESIS) for an empty chain."""
    query = select(AuditEntry.seq, AuditEntry.digest).order_by(AuditEntry.seq.desc()).limit(1)
    last = session.execute(query).first()
    return (last.seq, last.digest) if last else (0, GENESIS)


@dataclass(frozen=True)
class Wanted:
    """Which entries to read; None and empty: all. `before`: only those with a smaller number."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    day: date | None = None
    """In UTC."""
    before: int | None = None


def read(session: Session, wanted: Wanted, limit: int) -> list[AuditEntry]:
    """Entries that fit, the newest first, at most `limit`."""
    query = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit)
    for column, value in (
        (AuditEntry.actor, wanted.actor),
        (AuditEntry.action, wanted.action),
        (AuditEntry.subject, wanted.subject),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.day is not None:
        begin = datetime.combine(wanted.day, time(), UTC)
        query = query.where(AuditEntry.at >= begin, AuditEntry.at < begin + timedelta(days=1))
    if wanted.before is not None:
        query = query.where(AuditEntry.seq < wanted.before)
    return list(session.scalars(query))


def actions(session: Session) -> list[str]:
    """Every action that is in the chain, in order."""
    return list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def follow(session: Session, after: tuple[int, str], limit: int) -> tuple[int, str]:
    """Verify at most `limit` entries after one that is known to be right; gives the last of them.

    So a long chain is read in short transactions, which keep nobody waiting. Raises ChainBroken.
    """
    seq, previous = after
    query = select(AuditEntry).where(AuditEntry.seq > seq).order_by(AuditEntry.seq).limit(limit)
    for entry in session.scalars(query, execution_options={"populate_existing": True}):
        seq += 1
        if entry.seq != seq or entry.previous != previous or entry.digest != _digest(entry):
            raise ChainBroken(seq)
        previous = entry.digest
    return seq, previous


def verify(session: Session, anchor: tuple[int, str] | None = None) -> int:
    """Walk the whole chain and give its length. Raises ChainBroken.

    With an `anchor` (a `head` of earlier) the chain must still contain that very entry.
    """
    return verify_against(session, [anchor] if anchor else [])


def verify_against(session: Session, anchors: Iterable[tuple[int, str]]) -> int:
    """As `verify`, with any number of anchors (heads of earlier). Raises ChainBroken."""
    kept: dict[int, set[str]] = {}
    for number, digest in anchors:
        kept.setdefault(number, set()).add(digest)
    seq, previous = 0, GENESIS
    query = select(*AuditEntry.__table__.columns).order_by(AuditEntry.seq)  # rows, as stored
    with closing(session.execute(query, execution_options={"yield_per": _BATCH})) as rows:
        for entry in rows:
            seq += 1
            if entry.seq != seq or entry.previous != previous or entry.digest != _digest(entry):
                raise ChainBroken(seq)
            if kept.get(seq, {entry.digest}) != {entry.digest}:
                raise ChainBroken(seq)
            previous = entry.digest
    if any(number > seq for number in kept):
        raise ChainBroken(seq + 1)
    return seq


def _lock(session: Session) -> None:
    """Let one writer at a time read the head. SQLite's BEGIN IMMEDIATE has done so already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _digest(entry: "AuditEntry | Row[Any]") -> str:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [entry.seq, at, entry.actor, entry.action, entry.subject, entry.detail, entry.previous]
    return hashlib.sha256(_canonical(fields).encode()).hexdigest()


def _canonical(value: Any) -> str:
    """One spelling per value (keys in order, no blanks, ASCII). Refuses NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
