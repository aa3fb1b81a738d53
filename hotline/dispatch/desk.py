"""The desk: start a dispatch, tell it what happened, accept, withdraw. One transaction each."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.carrier.port import LegState
from hotline.database.base import new_id
from hotline.dispatch import machine, policy, store
from hotline.dispatch.machine import AttemptState, DispatchState
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.reports import intake, timeline
from hotline.reports.model import Call, Report
from hotline.tasks import queue
from hotline.tasks.model import TaskKind

# What ends a bridge is told within this time, if it is told at all.
BRIDGE_CHECK_S = 3.0


def start(session: Session, report: Report, now: datetime, call: Call | None = None) -> Dispatch:
    """Start looking for somebody, with the policy frozen now. A second call changes nothing.

    `call`: the caller's leg when the caller waits on the line. Raises nothing for a missing
    policy: an empty plan goes straight to the alarm.
    """
    row = of_report(session, report.id)
    if row is None:
        row = Dispatch(
            id=new_id(),
            report_id=report.id,
            state=DispatchState.WAITING,
            snapshot=_frozen_policy(session),
            position=-1,
            started_at=now,
        )
        session.add(row)
        session.flush()
        timeline.add(session, report.id, now, "dispatch_started")
    if call is not None:
        row.call_id = call.id
        if row.state is DispatchState.TAKEN:  # somebody has it: bring the caller to them
            store.write_effect(session, row, machine.ConnectCaller(), now)
    # Words that came in after the search was withdrawn are somebody's business after all.
    withdrawn = row.state is DispatchState.WITHDRAWN
    apply(session, row.id, machine.Reopen() if withdrawn else machine.Begin(), now)
    return row


def of_report(session: Session, report_id: str) -> Dispatch | None:
    """The dispatch of a report, if it was started."""
    return session.scalar(select(Dispatch).where(Dispatch.report_id == report_id))


def apply(session: Session, dispatch_id: str, event: machine.Event, now: datetime) -> None:
    """Feed one event to the machine and write what follows: state, timeline, task rows."""
    row = store.lock(session, dispatch_id)
    if row is None:
        return
    state = store.load(session, row)
    pending: list[machine.Event] = [event]
    following: list[machine.Effect] = []
    while pending:
        state, effects = machine.advance(state, pending.pop(), now)
        for effect in effects:
            if isinstance(effect, machine.Resolve):
                step = state.plan[effect.position]
                ids = store.resolve(session, row, step, effect.position, now)
                pending.append(machine.Resolved(effect.position, ids))
            else:
                following.append(effect)
    store.save(session, row, state, now)
    for effect in following:  # after the state, so that the timeline tells cause before effect
        store.write_effect(session, row, effect, now)


def tell(session: Session, attempt_id: str, event: machine.Event, now: datetime) -> None:
    """Feed an event of an attempt to its dispatch; unknown attempts are ignored."""
    attempt = session.get(Attempt, attempt_id)
    if attempt is not None:
        apply(session, attempt.dispatch_id, event, now)


# How a leg that is over is written down. Completed: picked up and hung up without a press of 1.
_OUTCOMES = {
    LegState.COMPLETED: AttemptState.DECLINED,
    LegState.BUSY: AttemptState.BUSY,
    LegState.UNANSWERED: AttemptState.UNANSWERED,
    LegState.FAILED: AttemptState.FAILED,
    LegState.CANCELLED: AttemptState.UNANSWERED,
}


def leg_is(session: Session, attempt_id: str, state: LegState, now: datetime) -> None:
    """The carrier says what an attempt's leg does (callbacks, any number and order; or asked)."""
    if state is LegState.QUEUED:
        tell(session, attempt_id, machine.Placed(attempt_id), now)
    elif state is LegState.RINGING:
        tell(session, attempt_id, machine.Ringing(attempt_id), now)
    elif state is LegState.ANSWERED:
        tell(session, attempt_id, machine.Answered(attempt_id), now)
    elif state.over or state is LegState.UNKNOWN:
        outcome = _OUTCOMES.get(state, AttemptState.LOST)
        tell(session, attempt_id, machine.Ended(attempt_id, outcome), now)
        check_bridge(session, session.get(Attempt, attempt_id), now)


def check_bridge(session: Session, attempt: Attempt | None, now: datetime) -> None:
    """Write a task to see whether a caller is alone in the bridge with whoever took the report.

    A leg can die between the press of 1 and the bridge; then no bridge ends and nobody would tell.
    """
    if attempt is not None and alone_with(session, attempt) is not None:
        due = now + timedelta(seconds=BRIDGE_CHECK_S)
        queue.add(session, TaskKind.LOOK_UP, attempt.id, now, due_at=due, again=new_id())


def taker_of(session: Session, call: Call) -> Attempt | None:
    """The attempt that took the report of a caller who is on the line."""
    row = session.scalar(select(Dispatch).where(Dispatch.call_id == call.id))
    return session.get(Attempt, row.taken_by) if row is not None and row.taken_by else None


def alone_with(session: Session, attempt: Attempt) -> Call | None:
    """The caller who is sent to the bridge with this attempt's responder, if there is one."""
    row = of_attempt(session, attempt)
    if row.taken_by != attempt.id or row.call_id is None:
        return None
    call = session.get_one(Call, row.call_id)
    return call if call.conference is not None and call.ended_at is None else None


def recognize(
    session: Session, attempt: Attempt, carrier_call_id: str, *, sure: bool = True
) -> None:
    """Keep the carrier's id of the attempt's call.

    `sure`: a webhook with the attempt's token named it, or the carrier's answer to our request.
    Otherwise it was found by looking, and two calls to one number may have been mixed up then: what
    is sure takes the id away from whom it was given to by mistake.
    """
    if attempt.carrier_call_id == carrier_call_id:
        return
    other = session.scalar(select(Attempt).where(Attempt.carrier_call_id == carrier_call_id))
    if sure and other is not None:
        other.carrier_call_id = None
        session.flush()
    if sure or (other is None and attempt.carrier_call_id is None):
        attempt.carrier_call_id = carrier_call_id
        session.flush()


def nobody_there(session: Session, attempt: Attempt, now: datetime) -> None:
    """Picked up, but no key came to the end of the screening: a machine, or nobody listening."""
    tell(session, attempt.id, machine.Ended(attempt.id, AttemptState.MACHINE), now)


def of_attempt(session: Session, attempt: Attempt) -> Dispatch:
    """The dispatch of an attempt."""
    return session.get_one(Dispatch, attempt.dispatch_id)


def ring_s(row: Dispatch, attempt: Attempt) -> float:
    """For how many seconds the attempt's step rings."""
    return policy.thaw(row.snapshot).plan[attempt.position].ring_s


def by_token(session: Session, token: str) -> Attempt | None:
    """The attempt whose call carries this token."""
    return session.scalar(select(Attempt).where(Attempt.token == token))


def accept(session: Session, attempt: Attempt, now: datetime) -> bool:
    """Somebody pressed 1. True for exactly one attempt of a dispatch; a repeat is true again.

    The dispatch row is locked first, so the test and the set are one step for everybody else.
    """
    row = store.lock(session, attempt.dispatch_id)
    if row is None:
        return False
    late = attempt.state not in machine.LIVE
    if row.taken_by is None and row.state is not DispatchState.WITHDRAWN:
        apply(session, row.id, machine.Accepted(attempt.id), now)
    if row.taken_by == attempt.id:
        _acknowledge_alarms(session, row.report_id, attempt.responder_id, now)
        if late:  # the carrier may have said before that the leg is over
            bridge_name(session, row)
            check_bridge(session, attempt, now)
        return True
    timeline.add(session, row.report_id, now, "late_acceptance", attempt=attempt.id)
    return False


def decline(session: Session, attempt: Attempt, now: datetime) -> None:
    """Somebody pressed 2, or hung up without taking it."""
    tell(session, attempt.id, machine.Ended(attempt.id, AttemptState.DECLINED), now)


def caller_gone(session: Session, call: Call, now: datetime, *, said_something: bool) -> None:
    """The waiting caller has hung up. Without a word said, the search is withdrawn."""
    row = session.scalar(select(Dispatch).where(Dispatch.call_id == call.id))
    if row is None:
        return
    row.call_id = None
    waiting_ended(call)
    if not said_something:
        apply(session, row.id, machine.Withdraw(), now)


def caller_left(session: Session, call: Call, now: datetime, wait_s: float) -> None:
    """The caller's leg is over: what was said is sent; without a word the search is withdrawn."""
    said = intake.caller_left(session, call, now, wait_s)
    caller_gone(session, call, now, said_something=said)


def bridge_ended(session: Session, call: Call, now: datetime) -> None:
    """The responder left the bridge and the caller is still there: go on with the next person."""
    row = session.scalar(select(Dispatch).where(Dispatch.call_id == call.id))
    if row is not None:
        waiting_began(session, call, now)
        apply(session, row.id, machine.Reopen(), now)


def acknowledge(session: Session, alarm: Alarm, by: str, now: datetime) -> bool:
    """A person answers for the alarm (`by`: responder or account id). False if already done."""
    if alarm.acknowledged_at is not None:
        return False
    alarm.acknowledged_at = now
    alarm.acknowledged_by = by
    queue.pull_forward(session, TaskKind.ALARM, alarm.id, now)  # phones that still ring, stop
    if alarm.report_id is not None:
        timeline.add(
            session, alarm.report_id, now, "alarm_acknowledged", reason=alarm.reason, by=by
        )
    return True


def _acknowledge_alarms(session: Session, report_id: str, by: str, now: datetime) -> None:
    query = select(Alarm).where(Alarm.report_id == report_id, Alarm.reason == "nobody_took_it")
    query = query.with_for_update(key_share=True)
    for alarm in session.scalars(query.execution_options(populate_existing=True)):
        acknowledge(session, alarm, by, now)


def _frozen_policy(session: Session) -> dict[str, object]:
    try:
        return policy.current(session).to_dict()
    except policy.PolicyError:
        return {"steps": [], "rounds": 1, "last_resort": None, "alarm": []}


def waiting_began(session: Session, call: Call, now: datetime) -> None:
    """The caller waits for a person from now on (the opening words are part of the wait)."""
    call.parked_at = call.parked_at or now
    call.conference = None


def waiting_ended(call: Call) -> None:
    """The caller no longer waits for a person: bridged, at the recorder, or gone."""
    call.parked_at = None


def bridge_name(session: Session, row: Dispatch) -> str | None:
    """The random name of the bridge to the caller; None when no caller waits on the line."""
    call = session.get(Call, row.call_id) if row.call_id else None
    if call is None or call.ended_at is not None:
        return None
    if call.conference is None and call.parked_at is not None:
        call.conference = secrets.token_urlsafe(18)
    return call.conference
