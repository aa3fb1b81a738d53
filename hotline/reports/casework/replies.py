"""Replies: what a caller hears when they come back with number and PIN. Typed, or recorded.

A reply is never changed or taken back: the caller may have heard it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.privacy.cipher import Vault, place
from hotline.reports import timeline
from hotline.reports.casework.model import Reply, ReplyKind
from hotline.reports.model import Report

LONGEST = 500
"""Characters: about 40 s of speech, as much as a frightened child listens to."""
LONGEST_S = 120.0
"""Seconds of a recorded reply."""
MAX_SOUND_BYTES = int(LONGEST_S * 8000 * 2) + 4096
"""A WAV of that length, 8 kHz and 16 bit, with its header."""


@dataclass(frozen=True)
class Left:
    """An opened reply; `text` is empty for one by voice. `by` is the account that left it."""

    id: str
    by: str
    at: datetime
    kind: ReplyKind
    language: str
    text: str
    duration_s: float | None
    heard_at: datetime | None


def write(
    session: Session, vault: Vault, report: Report, text: str, *, by: str, now: datetime
) -> None:
    """Leave a typed reply in the caller's language. Raises ValueError for none, or a longer one
    than LONGEST characters."""
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise ValueError(f"a reply has 1 to {LONGEST} characters")
    row = _new(report, ReplyKind.TEXT, by, now)
    row.text = vault.seal_json(session, report.data_key_id, place("reply", row.id, "text"), text)
    _add(session, report, row, by, now)


def record(
    session: Session,
    vault: Vault,
    report: Report,
    sound: bytes,
    duration_s: float,
    *,
    by: str,
    now: datetime,
) -> None:
    """Leave a reply by voice. `sound`: a WAV of 8 kHz that has been checked already."""
    row = _new(report, ReplyKind.VOICE, by, now)
    where = place("reply", row.id, "sound")
    row.sound = vault.seal_bytes(session, report.data_key_id, where, sound)
    row.duration_s = duration_s
    _add(session, report, row, by, now)


def _new(report: Report, kind: ReplyKind, by: str, now: datetime) -> Reply:
    row = Reply(id=new_id(), report_id=report.id, account_id=by, kind=kind, created_at=now)
    row.language = report.language
    return row


def _add(session: Session, report: Report, row: Reply, by: str, now: datetime) -> None:
    session.add(row)
    timeline.add(session, report.id, now, "reply_left", by=by, reply=row.id, how=row.kind.value)


def read(session: Session, vault: Vault, report: Report) -> Sequence[Left]:
    """The opened replies of a report, oldest first. Raises CannotOpen."""
    return [
        Left(
            row.id,
            row.account_id,
            row.created_at,
            row.kind,
            row.language,
            opened_text(session, vault, report, row),
            row.duration_s,
            row.heard_at,
        )
        for row in of(session, report)
    ]


def of(session: Session, report: Report) -> Sequence[Reply]:
    """The rows of a report's replies, oldest first."""
    query = select(Reply).where(Reply.report_id == report.id)
    return list(session.scalars(query.order_by(Reply.created_at, Reply.id)))


def opened_text(session: Session, vault: Vault, report: Report, row: Reply) -> str:
    """The text of a typed reply; empty for one by voice. Raises CannotOpen."""
    if row.text is None:
        return ""
    where = place("reply", row.id, "text")
    return str(vault.open_json(session, report.data_key_id, where, row.text))


def opened_sound(session: Session, vault: Vault, report: Report, row: Reply) -> bytes:
    """The WAV of a reply by voice; empty for a typed one. Raises CannotOpen."""
    if row.sound is None:
        return b""
    where = place("reply", row.id, "sound")
    return vault.open_bytes(session, report.data_key_id, where, row.sound)


def heard(session: Session, row: Reply, now: datetime) -> None:
    """The caller has it played to them now; told once."""
    if row.heard_at is None:
        row.heard_at = now
        timeline.add(session, row.report_id, now, "reply_heard", reply=row.id)
