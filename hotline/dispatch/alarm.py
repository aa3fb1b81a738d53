"""The alarm: ring its phones and post to its URL, again and again, until a person acknowledges."""

import secrets
from datetime import timedelta

import requests
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.carrier.port import CarrierError, LegState
from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.dispatch import policy
from hotline.dispatch.machine import RING_SLACK_S
from hotline.dispatch.model import Alarm, AlarmCall, Dispatch
from hotline.oncall import responders
from hotline.oncall.model import Responder
from hotline.tasks import queue
from hotline.tasks.queue import Lease

log = structlog.get_logger()

# An alarm phone rings so long before the next one does.
RING_S = 30.0
POST_TIMEOUT_S = 5.0


def sound(runtime: Runtime, lease: Lease) -> None:
    """One round of an alarm; the task is due again until somebody has acknowledged."""
    with runtime.database.transaction() as session:
        alarm = session.get_one(Alarm, lease.subject_id)
        placed = _just_placed(session, alarm, runtime)
        if alarm.acknowledged_at is not None:
            queue.finish(session, lease, runtime.clock())
    if alarm.acknowledged_at is not None:
        return _hush(runtime, placed)
    with runtime.database.transaction() as session:
        alarm = session.get_one(Alarm, lease.subject_id)
        calls = _intend_calls(session, runtime, alarm)
        alarm.rounds += 1
        fact: dict[str, object] = {
            "alarm": alarm.id,
            "reason": alarm.reason,
            "report": alarm.report_id,
            "raised_at": alarm.raised_at.isoformat(),
            "round": alarm.rounds,
        }
    _post(runtime, fact)
    for call_id, token, number in calls:
        _ring(runtime, call_id, token, number)
    with runtime.database.transaction() as session:
        due = runtime.clock() + timedelta(seconds=runtime.settings.alarm_repeat_s)
        queue.postpone(session, lease, due)
    return None


def call_by_token(session: Session, token: str) -> AlarmCall | None:
    """The alarm call that carries this token."""
    return session.scalar(select(AlarmCall).where(AlarmCall.token == token))


def _intend_calls(session: Session, runtime: Runtime, alarm: Alarm) -> list[tuple[str, str, str]]:
    """Rows for this round's alarm calls: (id, token, number)."""
    calls = []
    for handle in _targets(session, alarm):
        query = select(Responder).where(Responder.handle == handle, Responder.active)
        responder = session.scalar(query)
        if responder is None:
            continue
        number = responders.contact(session, runtime.vault, responder.id).number
        row = AlarmCall(
            id=new_id(),
            alarm_id=alarm.id,
            responder_id=responder.id,
            token=secrets.token_urlsafe(24),
            placed_at=runtime.clock(),
        )
        session.add(row)
        calls.append((row.id, row.token, number))
    return calls


def _just_placed(session: Session, alarm: Alarm, runtime: Runtime) -> list[str]:
    """Carrier ids of this alarm's calls that may still be ringing."""
    since = runtime.clock() - timedelta(seconds=RING_S + RING_SLACK_S)
    query = select(AlarmCall.carrier_call_id).where(AlarmCall.alarm_id == alarm.id)
    return [k for k in session.scalars(query.where(AlarmCall.placed_at >= since)) if k]


def _hush(runtime: Runtime, call_ids: list[str]) -> None:
    """Somebody has acknowledged: phones that still ring for it stop. Who talks is left alone."""
    for call_id in call_ids:
        try:
            if runtime.carrier.call_state(call_id) in (LegState.QUEUED, LegState.RINGING):
                runtime.carrier.end_call(call_id)
        except CarrierError as error:  # it rings out by itself
            log.warning("alarm_not_hushed", code=error.code)


def _targets(session: Session, alarm: Alarm) -> tuple[str, ...]:
    """Alarm phones of the report's frozen policy, else of the policy as it stands now."""
    query = select(Dispatch).where(Dispatch.report_id == alarm.report_id)
    dispatch = session.scalar(query) if alarm.report_id else None
    if dispatch is not None and dispatch.snapshot.get("alarm"):
        return policy.thaw(dispatch.snapshot).alarm
    try:
        return policy.current(session).alarm
    except policy.PolicyError:
        return ()


def _ring(runtime: Runtime, alarm_call_id: str, token: str, number: str) -> None:
    try:
        call_id = runtime.carrier.place_call(
            to=number,
            url=runtime.url(f"/voice/alarm/{token}"),
            status_url=runtime.url(f"/voice/alarm/{token}/status"),
            ring_s=RING_S,
        )
    except CarrierError as error:  # the next round tries again
        log.error("alarm_not_rung", alarm_call=alarm_call_id, code=error.code)
        return
    with runtime.database.transaction() as session:
        session.get_one(AlarmCall, alarm_call_id).carrier_call_id = call_id


def _post(runtime: Runtime, fact: dict[str, object]) -> None:
    if runtime.settings.alarm_url is None:
        return
    try:
        requests.post(
            runtime.settings.alarm_url, json=fact, timeout=POST_TIMEOUT_S
        ).raise_for_status()
    except requests.RequestException as error:
        log.error("alarm_not_posted", alarm=fact["alarm"], error=type(error).__name__)
