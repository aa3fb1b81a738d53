"""Deleting what a report holds, so that nothing opens it again.

Its data key is deleted, every sealed value emptied, its search entry, notes, drafts and corrections
are removed, its number and PIN forgotten. What stays are rows without content: when it came, what
it was about, how it ended, who was rung. Statistics of the past count the same as before.
"""

from datetime import datetime

from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import Session

from hotline.database.types import Sealed
from hotline.privacy import locks
from hotline.privacy.cipher import SEALED_VERSION, DataKey
from hotline.reports import callback, marks, sealing, texted
from hotline.reports.casework.model import (
    Correction,
    Disclosure,
    Draft,
    Note,
    Presence,
    Reply,
)
from hotline.reports.incident_model import IncidentReport
from hotline.reports.model import (
    AudioChunk,
    AudioPart,
    Call,
    Message,
    Report,
    ReportState,
    SearchEntry,
    Transcript,
)

EMPTY = Sealed(b"")
SHREDDED = "00000000-0000-0000-0000-000000000000"
"""The data key that reports point at whose own was deleted; it opens nothing, and no master key
has to be kept for it."""


def shred(session: Session, report: Report, now: datetime) -> None:
    """Delete all that the report holds, in the transaction. Once more does nothing."""
    if report.purged_at is not None:
        return
    key_id, sealed = report.data_key_id, sealing.sealed_keys(session, report.id)
    for statement in _emptied(report.id):
        session.execute(statement, execution_options={"synchronize_session": False})
    for gone in (Note, Draft, Presence, SearchEntry):
        session.execute(delete(gone).where(gone.report_id == report.id))
    messages = select(Message.id).where(Message.report_id == report.id)
    for part in (Correction, AudioChunk, AudioPart):
        session.execute(delete(part).where(part.message_id.in_(messages)))
    callback.shred(session, report.id)
    marks.drop(session, report.id)
    texted.shred(session, report.id)
    _empty(session, report, now)
    locks.shred(session, sealed)
    session.execute(delete(DataKey).where(DataKey.id == key_id, DataKey.id != SHREDDED))
    session.expire_all()


def _emptied(report_id: str) -> list[Update]:
    messages = select(Message.id).where(Message.report_id == report_id)
    return [
        update(Transcript)
        .where(Transcript.message_id.in_(messages))
        .values(text=EMPTY, words=EMPTY, masked=None),
        update(Message).where(Message.report_id == report_id).values(peaks=None),
        update(Reply).where(Reply.report_id == report_id).values(text=None, sound=None),
        update(Disclosure).where(Disclosure.report_id == report_id).values(given_to=EMPTY),
        update(IncidentReport).where(IncidentReport.report_id == report_id).values(shared=None),
        update(Call).where(Call.report_id == report_id).values(receipt=None, menu={}),
    ]


def _empty(session: Session, report: Report, now: datetime) -> None:
    if session.get(DataKey, SHREDDED) is None:
        session.add(DataKey(id=SHREDDED, version=SEALED_VERSION, wrapped=EMPTY))
        session.flush()
    report.data_key_id = SHREDDED
    report.number, report.pin_hash = f"purged-{report.id}", None
    report.reasons, report.facts = None, None
    report.purged_at = now
    if report.state is ReportState.OPEN:  # only after a restore: it had been closed
        report.state, report.closed_at = ReportState.CLOSED, now
    session.flush()
