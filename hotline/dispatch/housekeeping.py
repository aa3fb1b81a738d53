"""Tasks about the caller's side: settle calls whose end nobody told us, delete carrier copies."""

from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.carrier.port import CarrierError, LegState, NotThere, Recording
from hotline.context import Runtime
from hotline.dispatch import desk
from hotline.reports import intake, timeline
from hotline.reports.model import Call, Message, MessageState
from hotline.tasks import queue
from hotline.tasks.queue import Lease

log = structlog.get_logger()

# Deleting at the carrier is tried again after so many seconds, doubling, at most an hour apart.
DELETE_RETRY_S = 5.0


def settle_call(runtime: Runtime, lease: Lease) -> None:
    """No webhook for a while: ask the carrier whether the call lives, and fetch lost recordings."""
    with runtime.database.transaction() as session:
        call = session.get_one(Call, lease.subject_id)
        quiet_until = call.seen_at + timedelta(seconds=intake.SETTLE_AFTER_S)
        if quiet_until > runtime.clock():
            return queue.postpone(session, lease, quiet_until)
        carrier_call_id = call.carrier_call_id
    try:
        state = runtime.carrier.call_state(carrier_call_id)
        recordings = runtime.carrier.recordings(carrier_call_id)
    except NotThere:
        state, recordings = LegState.COMPLETED, []
    except CarrierError as error:
        with runtime.database.transaction() as session:
            due = runtime.clock() + timedelta(seconds=intake.SETTLE_AFTER_S)
            queue.postpone(session, lease, due, error.code)
        return None
    now = runtime.clock()
    with runtime.database.transaction() as session:
        call = session.get_one(Call, lease.subject_id)
        unknown = _unknown(session, recordings)
        waiting = _without_recording(session, call, len(unknown))
        for recording in unknown:
            message = waiting.pop(0) if waiting else None
            intake.recording_arrived(
                session,
                runtime.vault,
                carrier_call_id=carrier_call_id,
                message_id=message.id if message else None,
                recording_id=recording.id,
                duration_s=recording.duration_s,
                now=now,
            )
        if not state.over:
            desk.check_bridge(session, desk.taker_of(session, call), now)
            due = now + timedelta(seconds=intake.SETTLE_AFTER_S)
            return queue.postpone(session, lease, due)
        desk.caller_left(session, call, now, runtime.settings.transcript_wait_s)
        queue.finish(session, lease, now)
    return None


def _without_recording(session: Session, call: Call, count: int) -> list[Message]:
    """Messages of the call that so many recordings nobody told us of may belong to.

    Which recording is whose cannot be told. A discarded message gets one only where no other waits
    and there are enough of them: otherwise words that count could be dropped in its place.
    """
    without = [m for m in intake.messages_of(session, call) if m.carrier_recording_id is None]
    discarded = [m for m in without if m.state is MessageState.DISCARDED]
    kept = [m for m in without if m.state is not MessageState.DISCARDED]
    return discarded if not kept and count <= len(discarded) else kept


def _unknown(session: Session, recordings: list[Recording]) -> list[Recording]:
    """Those the carrier never told us about."""
    ids = [r.id for r in recordings]
    query = select(Message.carrier_recording_id).where(Message.carrier_recording_id.in_(ids))
    known = set(session.scalars(query))
    return [r for r in recordings if r.id not in known]


def delete_recording(runtime: Runtime, lease: Lease) -> None:
    """Delete the carrier's copy; the time of its answer is the proof."""
    with runtime.database.transaction() as session:
        recording_id = session.get_one(Message, lease.subject_id).carrier_recording_id
    try:
        if recording_id is not None:
            runtime.carrier.delete_recording(recording_id)
    except CarrierError as error:
        log.warning("recording_not_deleted", message=lease.subject_id, code=error.code)
        delay = min(DELETE_RETRY_S * 2.0 ** min(lease.tries, 10), 3600.0)
        with runtime.database.transaction() as session:
            queue.postpone(session, lease, runtime.clock() + timedelta(seconds=delay), error.code)
        return
    now = runtime.clock()
    with runtime.database.transaction() as session:
        message = session.get_one(Message, lease.subject_id)
        message.carrier_deleted_at = now
        timeline.add(session, message.report_id, now, "carrier_copy_deleted", message=message.id)
        queue.finish(session, lease, now)
