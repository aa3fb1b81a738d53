"""The alarm: ring its phones and tell it outside, again and again, until a person acknowledges."""

import secrets
from datetime import timedelta

import structlog

from hotline.carrier.port import CarrierError, LegState
from hotline.database.base import new_id
from hotline.dispatch import alarms, policy, push
from hotline.dispatch.books import Books, Ports
from hotline.dispatch.limits import RING_SLACK_S
from hotline.dispatch.model import Alarm, AlarmCall
from hotline.tasks.queue import Lease

log = structlog.get_logger()

# An alarm phone rings so long before the next one does.
RING_S = 30.0


def sound(ports: Ports, lease: Lease) -> None:
    """One round of an alarm; the task is due again until somebody has acknowledged."""
    with ports.transaction() as books:
        alarm = books.alarm(lease.subject_id)
        since = ports.clock() - timedelta(seconds=RING_S + RING_SLACK_S)
        placed = [c.carrier_call_id for c in books.alarm_calls(alarm.id, since)]
        acknowledged = alarm.acknowledged_at is not None
        if acknowledged:
            books.finish(lease, ports.clock())
    if acknowledged:
        return _hush(ports, [k for k in placed if k is not None])
    with ports.transaction() as books:
        alarm = books.alarm(lease.subject_id)
        calls = _intend_calls(books, ports, alarm)
        alarm.rounds += 1
        fact = alarms.fact(alarm)
    ports.post(fact)
    for call_id, token, number in calls:
        _ring(ports, call_id, token, number)
    with ports.transaction() as books:
        books.postpone(lease, ports.clock() + timedelta(seconds=ports.alarm_repeat_s))
    return None


def _intend_calls(books: Books, ports: Ports, alarm: Alarm) -> list[tuple[str, str, str]]:
    """Rows for this round's alarm calls: (id, token, number)."""
    calls = []
    for handle in _targets(books, alarm):
        responder = books.responder(handle)
        if responder is None:
            continue
        row = AlarmCall(
            id=new_id(),
            alarm_id=alarm.id,
            responder_id=responder.id,
            token=secrets.token_urlsafe(24),
            placed_at=ports.clock(),
        )
        books.add(row)
        if alarm.rounds == 0:
            push.wanted(books, responder.id, alarm.id, ports.clock())
        calls.append((row.id, row.token, books.number(responder.id)))
    return calls


def _hush(ports: Ports, call_ids: list[str]) -> None:
    """Somebody has acknowledged: phones that still ring for it stop. Who talks is left alone."""
    for call_id in call_ids:
        try:
            if ports.carrier.call_state(call_id) in (LegState.QUEUED, LegState.RINGING):
                ports.carrier.end_call(call_id)
        except CarrierError as error:  # it rings out by itself
            log.warning("alarm_not_hushed", code=error.code)


def _targets(books: Books, alarm: Alarm) -> tuple[str, ...]:
    """Alarm phones of the report's frozen policy, else of the policy as it stands now."""
    dispatch = books.dispatch_of(alarm.report_id) if alarm.report_id else None
    frozen = policy.thaw(dispatch.snapshot).alarm if dispatch is not None else ()
    return frozen or books.alarm_phones()


def _ring(ports: Ports, alarm_call_id: str, token: str, number: str) -> None:
    try:
        call_id = ports.carrier.place_call(
            to=number,
            url=ports.url(f"/voice/alarm/{token}"),
            status_url=ports.url(f"/voice/alarm/{token}/status"),
            ring_s=RING_S,
        )
    except CarrierError as error:  # the next round tries again
        log.error("alarm_not_rung", alarm_call=alarm_call_id, code=error.code)
        return
    with ports.transaction() as books:
        row = books.get(AlarmCall, alarm_call_id)
        if row is not None:
            row.carrier_call_id = call_id
