"""Transcripts and reasons of a report: sealed when written, opened when read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.privacy.cipher import CannotOpen, Locked, Vault, place
from hotline.reports import audio
from hotline.reports.model import Message, MessageState, Report, Transcript


@dataclass(frozen=True)
class SpokenWord:
    """One word: seconds from the start of the message, confidence 0–1."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True)
class Spoken:
    """An opened transcript. id, written_at: of its row; empty where a person typed all of it."""

    message_id: str
    language: str
    text: str
    words: tuple[SpokenWord, ...]
    average_confidence: float | None
    duration_s: float
    id: str = ""
    written_at: datetime | None = None
    locked: bool = False
    """It is sealed to people, and whoever reads is none of them: the words are the masked ones, or
    there are none any more."""


def write(
    session: Session,
    vault: Vault,
    message: Message,
    *,
    language: str,
    model: str,
    text: str,
    words: Sequence[tuple[str, float, float, float]],
    average_confidence: float | None,
    duration_s: float,
    now: datetime,
) -> Transcript:
    """Seal and add the transcript of a message (one per message, by a unique key)."""
    audio.unsealed(session, message.id)
    key_id = session.get_one(Report, message.report_id).data_key_id
    row_id = new_id()
    row = Transcript(
        id=row_id,
        message_id=message.id,
        language=language,
        model=model,
        text=vault.seal_json(session, key_id, place("transcript", row_id, "text"), text),
        words=vault.seal_json(
            session, key_id, place("transcript", row_id, "words"), [list(w) for w in words]
        ),
        average_confidence=average_confidence,
        duration_s=duration_s,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def drop(session: Session, message: Message) -> None:
    """Delete the transcript of a message, if there is one: a better one takes its place."""
    session.execute(delete(Transcript).where(Transcript.message_id == message.id))


def read(session: Session, vault: Vault, report: Report) -> list[Spoken]:
    """The opened transcripts of the report's sent messages, oldest first. Raises CannotOpen."""
    query = (
        select(Transcript)
        .join(Message, Message.id == Transcript.message_id)
        .where(Message.report_id == report.id, Message.state == MessageState.SENT)
        .order_by(Message.created_at)
    )
    return [_open(session, vault, report.data_key_id, row) for row in session.scalars(query)]


def read_many(
    session: Session, vault: Vault, reports: Sequence[Report]
) -> dict[str, list[Spoken] | None]:
    """What `read` gives, for many reports with one question; None: it cannot be opened."""
    vault.hold_keys(session, (report.data_key_id for report in reports))
    rows: dict[str, list[Transcript]] = {report.id: [] for report in reports}
    query = (
        select(Transcript, Message.report_id)
        .join(Message, Message.id == Transcript.message_id)
        .where(Message.report_id.in_(rows), Message.state == MessageState.SENT)
        .order_by(Message.created_at)
    )
    for row, report_id in session.execute(query):
        rows[report_id].append(row)
    return {report.id: _open_all(session, vault, report, rows[report.id]) for report in reports}


def _open_all(
    session: Session, vault: Vault, report: Report, rows: Sequence[Transcript]
) -> list[Spoken] | None:
    try:
        return [_open(session, vault, report.data_key_id, row) for row in rows]
    except CannotOpen:
        return None


def _open(session: Session, vault: Vault, key_id: str, row: Transcript) -> Spoken:
    own = row.data_key_id or key_id
    try:
        text = vault.open_json(session, own, place("transcript", row.id, "text"), row.text)
        words = vault.open_json(session, own, place("transcript", row.id, "words"), row.words)
        locked = False
    except Locked:
        words, locked = _masked(session, vault, key_id, row), True
        text = " ".join(word[0] for word in words if word[0])
    return Spoken(
        row.message_id,
        row.language,
        text,
        tuple(SpokenWord(*w) for w in words),
        row.average_confidence,
        row.duration_s,
        row.id,
        row.created_at,
        locked,
    )


def write_masked(
    session: Session,
    vault: Vault,
    report: Report,
    row: Transcript,
    words: Sequence[tuple[str, float, float, float]],
) -> None:
    """Keep the words as readers see them who reveal nothing, for when the others are sealed."""
    where = place("transcript", row.id, "masked")
    value = [list(word) for word in words]
    row.masked = vault.seal_json(session, report.data_key_id, where, value)


def _masked(session: Session, vault: Vault, key_id: str, row: Transcript) -> list[list[Any]]:
    if row.masked is None:
        return []
    where = place("transcript", row.id, "masked")
    words: list[list[Any]] = vault.open_json(session, key_id, where, row.masked)
    return words


def write_reasons(
    session: Session, vault: Vault, report: Report, reasons: list[dict[str, Any]]
) -> None:
    """Seal why the report has its category and urgency."""
    where = place("report", report.id, "reasons")
    report.reasons = vault.seal_json(session, report.data_key_id, where, reasons)


def read_reasons(session: Session, vault: Vault, report: Report) -> list[dict[str, Any]]:
    """The opened reasons, each {category, urgency, phrase, first_word, last_word, message_id}."""
    if report.reasons is None:
        return []
    where = place("report", report.id, "reasons")
    opened: list[dict[str, Any]] = vault.open_json(
        session, report.data_key_id, where, report.reasons
    )
    return opened
