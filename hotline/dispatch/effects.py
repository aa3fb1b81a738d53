"""What the engine does at the carrier for each task of dispatch, one function per kind.

Each has the shape `(runtime, lease) -> None`: it reads in one transaction, talks to the carrier
outside of any, and writes what came of it together with the end of its task. Functions may be
repeated after a crash at any line; a call is looked up before it is placed a second time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.carrier.port import Busy, CarrierError, LegState, NotThere, Refused, Uncertain
from hotline.context import Runtime
from hotline.dispatch import desk, machine, store
from hotline.dispatch.machine import AttemptState
from hotline.dispatch.model import AlarmCall, Attempt
from hotline.oncall import responders
from hotline.reports import intake, timeline
from hotline.reports.model import Call, MessageState, Report
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind, TaskState
from hotline.tasks.queue import Lease

log = structlog.get_logger()

# Lists at the carrier lag behind: after a try of which nobody knows what became of it, so many
# looks must have found nothing before one more look, and then the phone is rung a second time.
LOOKS = 2
_LOOKED = "looked_"


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
        if attempt.carrier_call_id is not None or attempt.state not in machine.LIVE:
            return queue.finish(session, lease, runtime.clock())
        search = _search(runtime, session, attempt)
        ring_s = desk.ring_s(desk.of_attempt(session, attempt), attempt)
        looks = _looks(session, lease)
    if lease.tries > 1:
        try:
            call_id = search()
        except CarrierError as error:
            return _later(runtime, lease, 1.0, Uncertain(error.code))
        if call_id is not None:
            return _placed(runtime, lease, call_id, sure=False)
    if attempt.state is not AttemptState.INTENDED or looks < LOOKS:
        return _later(runtime, lease, 1.0, Uncertain(f"{_LOOKED}{looks + 1}"))
    try:
        call_id = runtime.carrier.place_call(
            to=search.number,
            url=runtime.url(f"/voice/responder/{attempt.token}"),
            status_url=runtime.url(f"/voice/responder/{attempt.token}/status"),
            ring_s=ring_s,
        )
    except Refused as error:
        return _not_placed(runtime, lease, error)
    except CarrierError as error:
        return _later(runtime, lease, 1.0 if isinstance(error, Busy) else 0.5, error)
    return _placed(runtime, lease, call_id, sure=True)


@dataclass(frozen=True)
class _Search:
    """Looks at the carrier for a call of an attempt that we have no id of."""

    runtime: Runtime
    number: str
    since: datetime
    known: list[str]

    def __call__(self) -> str | None:
        """The carrier's id of the call, None when it knows of none. Raises CarrierError."""
        return self.runtime.carrier.find_call(to=self.number, since=self.since, known=self.known)


def _search(runtime: Runtime, session: Session, attempt: Attempt) -> _Search:
    number = responders.contact(session, runtime.vault, attempt.responder_id).number
    return _Search(runtime, number, attempt.intended_at, _known_calls(session, attempt))


def _looks(session: Session, lease: Lease) -> int:
    """How often we have looked in vain since the last try that may have rung the phone.

    LOOKS when there was no such try: the first one, or one after the carrier had refused.
    """
    before = session.get_one(Task, lease.task_id).error or ""
    if lease.tries == 1 or before.startswith(Busy.__name__):
        return LOOKS
    _, looked, count = before.partition(_LOOKED)
    return int(count) if looked else 0


def _placed(runtime: Runtime, lease: Lease, call_id: str, *, sure: bool) -> None:
    with runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, lease.subject_id)
        desk.recognize(session, attempt, call_id, sure=sure)
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
        if attempt.state is AttemptState.TAKEN:  # pressed 1 after this was decided: theirs
            return queue.finish(session, lease, runtime.clock())
        search = _search(runtime, session, attempt)
        placing = session.scalar(
            select(Task.id)
            .where(Task.kind == TaskKind.PLACE_CALL, Task.subject_id == attempt.id)
            .where(Task.state == TaskState.PENDING)
        )
    try:
        call_id = call_id or search()
        if call_id is not None:
            state = _end(runtime, call_id)
        elif placing is not None:  # it may be ringing in a moment
            return _later(runtime, lease, 1.0, Uncertain("being_placed"))
        else:
            state = LegState.CANCELLED
    except CarrierError as error:
        return _later(runtime, lease, min(2.0**lease.tries, 30.0), error)
    return _ended(runtime, lease, state, call_id)


def _end(runtime: Runtime, call_id: str) -> LegState:
    """End a call and say how it ended. Raises CarrierError."""
    try:
        state = runtime.carrier.call_state(call_id)
        if state.over:
            return state
        runtime.carrier.end_call(call_id)
    except NotThere:
        return LegState.UNKNOWN
    return LegState.UNANSWERED


def look_up(runtime: Runtime, lease: Lease) -> None:
    """Ask the carrier what nobody has told us: whether the call of an intended attempt was placed,
    or whether the responder who took the report is still there for the caller."""
    with runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, lease.subject_id)
        taken = attempt.state is AttemptState.TAKEN
        search = _search(runtime, session, attempt)
    if taken:
        return _look_into_bridge(runtime, lease)
    if attempt.carrier_call_id is None and attempt.state is AttemptState.INTENDED:
        try:
            call_id = search()
        except CarrierError as error:
            return _later(runtime, lease, 2.0, error)
        if call_id is not None:
            return _placed(runtime, lease, call_id, sure=False)
    with runtime.database.transaction() as session:
        queue.finish(session, lease, runtime.clock())
    return None


def _look_into_bridge(runtime: Runtime, lease: Lease) -> None:
    """A caller who is in the bridge alone is fetched back, and the search goes on."""
    with runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, lease.subject_id)
        call = desk.alone_with(session, attempt)
        if call is None:
            return queue.finish(session, lease, runtime.clock())
        leg, caller_leg = attempt.carrier_call_id, call.carrier_call_id
    try:
        alone = _is_over(runtime, leg) and not _is_over(runtime, caller_leg)
    except CarrierError as error:
        return _later(runtime, lease, 2.0, error)
    with runtime.database.transaction() as session:
        store.lock(session, attempt.dispatch_id)
        call = desk.alone_with(session, session.get_one(Attempt, lease.subject_id))
        if alone and call is not None:
            timeline.add(session, call.report_id or "", runtime.clock(), "bridge_ended")
            desk.bridge_ended(session, call, runtime.clock())
            queue.add(
                session, TaskKind.CONNECT_CALLER, call.id, runtime.clock(), again=lease.task_id
            )
        queue.finish(session, lease, runtime.clock())
    return None


def _is_over(runtime: Runtime, call_id: str | None) -> bool:
    """Whether a leg has ended; one that we or the carrier have never heard of has."""
    try:
        return call_id is None or runtime.carrier.call_state(call_id).over
    except NotThere:
        return True


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


def _ended(runtime: Runtime, lease: Lease, state: LegState, call_id: str | None) -> None:
    with runtime.database.transaction() as session:
        if call_id is not None:
            attempt = session.get_one(Attempt, lease.subject_id)
            desk.recognize(session, attempt, call_id, sure=False)
        desk.leg_is(session, lease.subject_id, state, runtime.clock())
        queue.finish(session, lease, runtime.clock())


def _later(runtime: Runtime, lease: Lease, delay_s: float, error: CarrierError) -> None:
    log.warning("carrier_later", task=lease.kind, subject=lease.subject_id, code=error.code)
    with runtime.database.transaction() as session:
        due = runtime.clock() + timedelta(seconds=delay_s)
        queue.postpone(session, lease, due, f"{type(error).__name__}:{error.code}")
