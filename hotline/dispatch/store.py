"""Between the machine's state and its rows: load, save, and the tasks that effects become."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.dispatch import machine, policy
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.oncall.model import Responder
from hotline.reports import timeline
from hotline.tasks import queue
from hotline.tasks.model import TaskKind


def lock(session: Session, dispatch_id: str) -> Dispatch | None:
    """The dispatch row, locked until the transaction ends (SQLite locks the whole database)."""
    query = select(Dispatch).where(Dispatch.id == dispatch_id).with_for_update(key_share=True)
    return session.scalar(query.execution_options(populate_existing=True))


def attempts_of(session: Session, row: Dispatch) -> list[Attempt]:
    """The attempts of a dispatch as they are now, in the order they were intended.

    Read anew: what this session saw before it had the dispatch's lock may be out of date.
    """
    query = select(Attempt).where(Attempt.dispatch_id == row.id).order_by(Attempt.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def load(session: Session, row: Dispatch) -> machine.Dispatch:
    """The machine's state as the rows hold it."""
    attempts = tuple(
        machine.Attempt(a.id, a.position, a.state, a.due_at, a.overdue)
        for a in attempts_of(session, row)
    )
    plan = policy.thaw(row.snapshot).plan
    return machine.Dispatch(plan, row.state, row.position, attempts, row.taken_by)


def save(session: Session, row: Dispatch, state: machine.Dispatch, now: datetime) -> None:
    """Write the machine's state into the rows, with times and timeline for what is new."""
    rows = {a.id: a for a in attempts_of(session, row)}
    for attempt in state.attempts:
        _save_attempt(session, row, rows[attempt.id], attempt, now)
    if row.state is not state.state:
        _note_state(session, row, state, now)
    row.state, row.position, row.taken_by = state.state, state.position, state.taken_by


def _save_attempt(
    session: Session, row: Dispatch, stored: Attempt, attempt: machine.Attempt, now: datetime
) -> None:
    stored.due_at, stored.overdue = attempt.due_at, attempt.overdue
    if stored.state is attempt.state:
        return
    stored.state = attempt.state
    if attempt.state in _AT_THE_CARRIER and stored.placed_at is None:
        stored.placed_at = now  # a callback may be faster than the answer to our request
        _note_attempt(session, row, stored, machine.AttemptState.PLACED, now)
    match attempt.state:
        case machine.AttemptState.PLACED:
            return
        case machine.AttemptState.RINGING:
            stored.rang_at = now
        case machine.AttemptState.SCREENING:
            stored.answered_at = now
        case _:
            stored.ended_at = now
    _note_attempt(session, row, stored, attempt.state, now)


_AT_THE_CARRIER = (
    machine.AttemptState.PLACED,
    machine.AttemptState.RINGING,
    machine.AttemptState.SCREENING,
)


def _note_attempt(
    session: Session, row: Dispatch, stored: Attempt, state: machine.AttemptState, now: datetime
) -> None:
    ids = {"attempt": stored.id, "responder": stored.responder_id}
    timeline.add(session, row.report_id, now, f"attempt_{state}", **ids)


def _note_state(session: Session, row: Dispatch, state: machine.Dispatch, now: datetime) -> None:
    if state.state is machine.DispatchState.TAKEN:
        row.taken_at = now
    if state.state not in (machine.DispatchState.WAITING, machine.DispatchState.RINGING):
        row.ended_at = now
        timeline.add(session, row.report_id, now, f"dispatch_{state.state}")
    elif row.taken_by is not None:  # taken before, and looking again
        row.taken_at = row.ended_at = None
        timeline.add(session, row.report_id, now, "dispatch_reopened")


def resolve(
    session: Session, row: Dispatch, step: machine.Step, position: int, now: datetime
) -> tuple[str, ...]:
    """Whom the step rings now: writes their attempts (intended) and gives their ids."""
    ids = []
    for handle in step.targets:
        query = select(Responder).where(Responder.handle == handle, Responder.active)
        responder = session.scalar(query)
        if responder is None:
            timeline.add(session, row.report_id, now, "target_skipped", why="not_in_roster")
            continue
        attempt = Attempt(
            id=new_id(),
            dispatch_id=row.id,
            responder_id=responder.id,
            position=position,
            state=machine.AttemptState.INTENDED,
            token=secrets.token_urlsafe(24),
            intended_at=now,
        )
        session.add(attempt)
        session.flush()
        ids.append(attempt.id)
    return tuple(ids)


def write_effect(session: Session, row: Dispatch, effect: machine.Effect, now: datetime) -> None:
    """Turn an effect into the task the engine performs after the commit."""
    match effect:
        case machine.PlaceCall(attempt_id):
            queue.add(session, TaskKind.PLACE_CALL, attempt_id, now)
        case machine.CancelCall(attempt_id):
            queue.add(session, TaskKind.CANCEL_CALL, attempt_id, now, again=new_id())
        case machine.LookUp(attempt_id):
            queue.add(session, TaskKind.LOOK_UP, attempt_id, now, again=new_id())
        case machine.ConnectCaller():
            if row.call_id is not None:
                queue.add(session, TaskKind.CONNECT_CALLER, row.call_id, now, again=new_id())
        case machine.RaiseAlarm():
            raise_alarm(session, row.report_id, "nobody_took_it", now)
        case machine.Resolve():
            raise AssertionError("the desk answers Resolve itself")


def raise_alarm(session: Session, report_id: str | None, reason: str, now: datetime) -> Alarm:
    """Open an alarm (one per report and reason) and write the task that rings it."""
    query = select(Alarm).where(Alarm.report_id == report_id, Alarm.reason == reason)
    found = session.scalar(query.where(Alarm.acknowledged_at.is_(None)))
    if found is not None:
        return found
    alarm = Alarm(id=new_id(), report_id=report_id, reason=reason, raised_at=now, rounds=0)
    session.add(alarm)
    session.flush()
    queue.add(session, TaskKind.ALARM, alarm.id, now)
    if report_id is not None:
        timeline.add(session, report_id, now, "alarm_raised", reason=reason)
    return alarm
