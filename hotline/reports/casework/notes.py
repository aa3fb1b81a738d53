"""Notes: what colleagues write for each other. Never changed, never heard by the caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.privacy.cipher import Vault, place
from hotline.reports import timeline
from hotline.reports.casework.model import Note
from hotline.reports.model import Report

LONGEST = 4000
"""Characters: two pages. What is longer belongs into a file of the school's."""


@dataclass(frozen=True)
class Written:
    """An opened note; `by` is the account that wrote it."""

    by: str
    at: datetime
    text: str


def add(
    session: Session, vault: Vault, report: Report, text: str, *, by: str, now: datetime
) -> None:
    """Seal and add a note. Raises ValueError for none and for more than LONGEST characters."""
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise ValueError(f"a note has 1 to {LONGEST} characters")
    note = Note(id=new_id(), report_id=report.id, account_id=by, created_at=now)
    note.text = vault.seal_json(session, report.data_key_id, place("note", note.id, "text"), text)
    session.add(note)
    timeline.add(session, report.id, now, "note_added", by=by, note=note.id)


def read(session: Session, vault: Vault, report: Report) -> Sequence[Written]:
    """The opened notes of a report, oldest first. Raises CannotOpen."""
    query = select(Note).where(Note.report_id == report.id).order_by(Note.created_at, Note.id)
    return [
        Written(row.account_id, row.created_at, _open(session, vault, report, row))
        for row in session.scalars(query)
    ]


def _open(session: Session, vault: Vault, report: Report, row: Note) -> str:
    where = place("note", row.id, "text")
    return str(vault.open_json(session, report.data_key_id, where, row.text))
