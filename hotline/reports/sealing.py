"""Sealing a report's sound and words to people, once triage and dispatch have what they need.

What stays under the report's own data key: the words with what is personal masked, until the report
is closed; why it is as urgent as it is; notes, facts and replies; how loud the sound is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, or_, select, union_all
from sqlalchemy.orm import Session

from hotline.database.types import Sealed
from hotline.privacy import locks
from hotline.privacy.cipher import Vault, place, seal
from hotline.privacy.locks import KeyHolder
from hotline.reports import audio, search, streams, timeline, transcripts
from hotline.reports.casework import heard
from hotline.reports.casework.heard import Heard
from hotline.reports.casework.model import Correction
from hotline.reports.model import (
    AudioChunk,
    AudioState,
    Message,
    MessageState,
    Report,
    ReportState,
    Transcript,
)

Row = TypeVar("Row", Transcript, AudioChunk, Correction)


def seal_report(
    session: Session, vault: Vault, report: Report, holders: Sequence[KeyHolder], now: datetime
) -> int:
    """Seal every message that is complete; gives how many. Raises CannotOpen.

    The plain data key is dropped with the end of this function: from then on only a holder opens
    sound, transcript and corrections.
    """
    session.flush()
    session.refresh(report, with_for_update=True)
    words = heard.read(session, vault, report)
    query = select(Message).where(Message.report_id == report.id, Message.sealed_at.is_(None))
    ready = [m for m in session.scalars(query.with_for_update()) if _is_ready(session, report, m)]
    for message in ready:
        _seal_message(session, vault, report, message, holders, words.get(message.id))
        message.sealed_at = now
        timeline.add(session, report.id, now, "sealed", message=message.id)
    session.flush()
    if report.state is ReportState.CLOSED:
        forget_masked(session, report)
    return len(ready)


def forget_masked(session: Session, report: Report) -> None:
    """Drop the masked words, and let the closed report be found by words no more."""
    for row in session.scalars(_transcripts(report)):
        if row.data_key_id is not None:
            row.masked = None
    search.remove(session, report.id)
    session.flush()


def sealed_keys(session: Session, report_id: str) -> list[str]:
    """Ids of the sealed data keys of a report: to be shredded with it (`locks.shred`)."""
    ids = select(Message.id).where(Message.report_id == report_id)
    found: set[str | None] = set()
    for table in (AudioChunk, Transcript, Correction):
        query = select(table.data_key_id).where(table.message_id.in_(ids)).distinct()
        found.update(session.scalars(query))
    return sorted(key for key in found if key is not None)


def keys_seen(district: str | None) -> Select[str | None]:
    """The ids of the sealed data keys of reports that somebody of the district sees, as
    `console.scope` says: of their own district and of none; without a district, of all."""
    found = (_keys_of(AudioChunk, district), _keys_of(Transcript, district))
    return select(union_all(*found, _keys_of(Correction, district)).subquery().c[0])


def _keys_of(table: type[Row], district: str | None) -> Select[str | None]:
    query = select(table.data_key_id).where(table.data_key_id.is_not(None))
    if district is None:
        return query
    query = query.join(Message, Message.id == table.message_id)
    query = query.join(Report, Report.id == Message.report_id)
    return query.where(or_(Report.district == district, Report.district.is_(None)))


def _is_ready(session: Session, report: Report, message: Message) -> bool:
    """Whether nothing more is expected of it: all of its sound is here, and its words, or it was
    left to human ears."""
    if message.state is not MessageState.SENT or message.audio is AudioState.AWAITED:
        return False
    if message.audio is AudioState.STORED and not streams.is_whole(session, message):
        return False
    row = session.scalar(select(Transcript).where(Transcript.message_id == message.id))
    if row is not None:
        return row.assessed_at is not None
    return report.needs_listening or message.audio is AudioState.UNUSABLE


def _seal_message(
    session: Session,
    vault: Vault,
    report: Report,
    message: Message,
    holders: Sequence[KeyHolder],
    words: Heard | None,
) -> None:
    key_id, key = locks.new_key(session, holders)
    own = report.data_key_id
    for row in session.scalars(_of(Transcript, message)):
        if words is not None and words.spoken is not None and row.data_key_id is None:
            transcripts.write_masked(session, vault, report, row, masked_words(words))
        for column in ("text", "words"):
            where = place("transcript", row.id, column)
            plain = vault.open_bytes(session, own, where, getattr(row, column))
            setattr(row, column, seal(key, where, plain))
        row.data_key_id = key_id
    for chunk in session.scalars(_of(AudioChunk, message)):
        where = audio.place_of(message.id, chunk.seq)
        chunk.data = _again(session, vault, own, key, where, chunk.data)
        chunk.data_key_id = key_id
    for correction in session.scalars(_of(Correction, message)):
        where = place("correction", correction.id, "text")
        correction.text = _again(session, vault, own, key, where, correction.text)
        correction.data_key_id = key_id


def masked_words(words: Heard) -> list[tuple[str, float, float, float]]:
    """As many words as the machine wrote, at their offsets: what a reader sees without revealing,
    corrections in their places, and nothing in the places of what is hidden but its label."""
    found = [("", one.start, one.end, one.confidence) for one in words.machine]
    shown = words.shown
    masker = search.masker(words.language)
    texts = [word.text for word in shown]
    masks = masker.find(texts, [word.confidence for word in shown])
    hidden = {at: mask for mask in masks for at in range(mask.first_word, mask.last_word + 1)}
    for at, word in enumerate(shown):
        mask = hidden.get(at)
        text = word.text if mask is None else f"[{masker.label(mask)}]"
        if word.first_word < len(found) and (mask is None or mask.first_word == at):
            found[word.first_word] = (text, *found[word.first_word][1:])
    return found


def _again(
    session: Session, vault: Vault, own: str, key: bytes, where: str, sealed: Sealed
) -> Sealed:
    return seal(key, where, vault.open_bytes(session, own, where, sealed))


def _of(table: type[Row], message: Message) -> Select[Row]:
    """Its rows that are not sealed to people yet."""
    return select(table).where(table.message_id == message.id, table.data_key_id.is_(None))


def _transcripts(report: Report) -> Select[Transcript]:
    ids = select(Message.id).where(Message.report_id == report.id)
    return select(Transcript).where(Transcript.message_id.in_(ids))
