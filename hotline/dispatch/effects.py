"""What the engine does at the carrier for each task of dispatch, one function per kind.

Each has the shape `(runtime, lease) -> None`: it reads in one transaction, talks to the carrier
outside of any, and writes what came of it together with the end of its task. Functions may be
repeated after a crash at any line; a call is looked up before it is placed a second time.
"""

from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.carrier.port import Busy, CarrierError, LegState, NotThere, Refused
from hotline.context import Runtime
from hotline.dispatch import desk, machine
from hotline.dispatch.machine import AttemptState
from hotline.dispatch.model import AlarmCall, Attempt
from hotline.oncall import responders
from hotline.reports import intake
from hotline.reports.model import Call, MessageState, Report
from hotline.tasks import queue
from hotline.tasks.queue import Lease

log = structlog.get_logger()


def start_dispatch(runtime: Runtime, lease: Lease) -> None:
    """Begin to look for somebody who takes the report."""
    with runtime.database.transaction() as session:
        report = session.get_one(Report, lease.subject_id)
        desk.start(session, report, runtime.clock())
        queue.finish(session, lease, runtime.clock())


def place_call(runtime: Runtime, lease: Lease) -> None:
    """Ring the attempt's phone, unless a try before this one already does."""
    with runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, lease.subject_id)
        if attempt.state is not AttemptState.INTENDED:
            return queue.finish(session, lease, runtime.clock())
        number = responders.contact(session, runtime.vault, attempt.responder_id).number
        dispatch = desk.of_attempt(session, attempt)
        ring_s = desk.ring_s(dispatch, attempt)
        known = _known_calls(session, attempt)
    try:
        call_id = None
        if lease.tries > 1:
            call_id = runtime.carrier.find_call(to=number, since=attempt.intended_at, known=known)
        call_id = call_id or runtime.carrier.place_call(
            to=number,
            url=runtime.url(f"/voice/responder/{attempt.token}"),
            status_url=runtime.url(f"/voice/responder/{attempt.token}/status"),
            ring_s=ring_s,
        )
    except Refused as error:
        return _not_placed(runtime, lease, error)
    except Busy as error:
        return _later(runtime, lease, 1.0, error)
    except CarrierError as error:
        return _later(runtime, lease, 0.5, error)
    _placed(runtime, lease, call_id)
    return None


def _placed(runtime: Runtime, lease: Lease, call_id: str) -> None:
    with runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, lease.subject_id)
        desk.recognize(session, attempt, call_id)
        desk.tell(session, attempt.id, machine.Placed(attempt.id), runtime.clock())
        queue.finish(session, lease, runtime.clock())


def _not_placed(runtime: Runtime, lease: Lease, error: CarrierError) -> None:
    log.warning("call_refused", attempt=lease.subject_id, code=error.code)
    with runtime.database.transaction() as session:
        ended = machine.Ended(lease.subject_id, AttemptState.FAILED)
        desk.tell(session, lease.subject_id, ended, runtime.clock())
        queue.give_up(session, lease, runtime.clock(), error.code)


def _known_calls(session: Session, attempt: Attempt) -> list[str]:
    """Carrier ids of our calls of the last hour: a call found at the carrier is none of them."""
    since = attempt.intended_at - timedelta(hours=1)
    ours = select(Attempt.carrier_call_id).where(Attempt.intended_at >= since)
    alarms = select(AlarmCall.carrier_call_id).where(AlarmCall.placed_at >= since)
    return [k for query in (ours, alarms) for k in session.scalars(query) if k is not None]


def cancel_call(runtime: Runtime, lease: Lease) -> None:
    """End the attempt's call, whatever it is doing; then say what became of the attempt."""
    with runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, lease.subject_id)
        call_id = attempt.carrier_call_id
    if call_id is not None:
        try:
            state = runtime.carrier.call_state(call_id)
            if not state.over:
                runtime.carrier.end_call(call_id)
                state = LegState.UNANSWERED
        except NotThere:
            state = LegState.UNKNOWN
        except CarrierError as error:
            return _later(runtime, lease, min(2.0**lease.tries, 30.0), error)
        return _ended(runtime, lease, state)
    # Nothing was placed as far as we know. If the carrier answers yet, `Placed` cancels it.
    with runtime.database.transaction() as session:
        queue.finish(session, lease, runtime.clock())
    return None


def look_up(runtime: Runtime, lease: Lease) -> None:
    """The attempt was intended and never confirmed: find out whether the carrier knows its call."""
    with runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, lease.subject_id)
        number = responders.contact(session, runtime.vault, attempt.responder_id).number
        known = _known_calls(session, attempt)
    if attempt.carrier_call_id is None and attempt.state is AttemptState.INTENDED:
        try:
            call_id = runtime.carrier.find_call(to=number, since=attempt.intended_at, known=known)
        except CarrierError as error:
            return _later(runtime, lease, 2.0, error)
        if call_id is not None:
            return _placed(runtime, lease, call_id)
    with runtime.database.transaction() as session:
        queue.finish(session, lease, runtime.clock())
    return None


def connect_caller(runtime: Runtime, lease: Lease) -> None:
    """Bring the parked caller to the bridge now instead of at the next poll."""
    with runtime.database.transaction() as session:
        call = session.get_one(Call, lease.subject_id)
        parked = call.parked_at is not None and call.ended_at is None
        # Words under way are not cut off; the end of the recording leads to the park.
        speaking = any(m.state is MessageState.RECORDING for m in intake.messages_of(session, call))
        carrier_call_id = call.carrier_call_id
    if parked and not speaking:
        try:
            runtime.carrier.redirect_call(carrier_call_id, runtime.url("/voice/park"))
        except CarrierError as error:  # the caller's own poll brings them there within seconds
            log.warning("nudge_failed", call=lease.subject_id, code=error.code)
    with runtime.database.transaction() as session:
        queue.finish(session, lease, runtime.clock())


def _ended(runtime: Runtime, lease: Lease, state: LegState) -> None:
    with runtime.database.transaction() as session:
        desk.leg_is(session, lease.subject_id, state, runtime.clock())
        queue.finish(session, lease, runtime.clock())


def _later(runtime: Runtime, lease: Lease, delay_s: float, error: CarrierError) -> None:
    log.warning("carrier_later", task=lease.kind, subject=lease.subject_id, code=error.code)
    with runtime.database.transaction() as session:
        due = runtime.clock() + timedelta(seconds=delay_s)
        queue.postpone(session, lease, due, error.code)
