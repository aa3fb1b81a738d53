"""Recordings that the carrier lists for a call and of which nobody has told us."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.carrier.port import Recording
from hotline.privacy.cipher import Vault
from hotline.reports import intake, spoken, streams
from hotline.reports.model import Call, Message, MessageState


def take_in(
    session: Session, vault: Vault, call: Call, recordings: Sequence[Recording], now: datetime
) -> None:
    """Take in those that never arrived by a callback; the others change nothing."""
    unknown = [
        recording
        for recording in _unknown(session, recordings)
        if not spoken.takes(session, call, recording.id, recording.duration_s, now)
    ]
    waiting = _without_recording(session, call, len(unknown))
    for recording in unknown:
        message = waiting.pop(0) if waiting else None
        intake.recording_arrived(
            session,
            vault,
            carrier_call_id=call.carrier_call_id,
            message_id=message.id if message else None,
            recording_id=recording.id,
            duration_s=recording.duration_s,
            now=now,
        )


def _without_recording(session: Session, call: Call, count: int) -> list[Message]:
    """Messages of the call that so many recordings nobody told us of may belong to.

    Which recording is whose cannot be told. A discarded message gets one only where no other waits
    and there are enough of them: otherwise words that count could be dropped in its place.
    """
    without = [
        message
        for message in intake.messages_of(session, call)
        if message.carrier_recording_id is None and not streams.brings_all(session, message)
    ]
    discarded = [m for m in without if m.state is MessageState.DISCARDED]
    kept = [m for m in without if m.state is not MessageState.DISCARDED]
    return discarded if not kept and count <= len(discarded) else kept


def _unknown(session: Session, recordings: Sequence[Recording]) -> list[Recording]:
    """Those the carrier never told us about."""
    ids = [r.id for r in recordings]
    query = select(Message.carrier_recording_id).where(Message.carrier_recording_id.in_(ids))
    known = set(session.scalars(query))
    return [r for r in recordings if r.id not in known]
