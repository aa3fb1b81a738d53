"""Check-in: before a shift begins, whoever begins it is rung and asked to press 1.

Optional (HOTLINE_CHECK_IN_S). Rung twice at most; nobody there is an alarm, raised before the shift
begins where there is time for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.context import Runtime
from hotline.dispatch import drill, watch
from hotline.dispatch.drill import CHECK_IN, PRESS_S, RING_S, Check
from hotline.dispatch.sql import SqlBooks
from hotline.oncall import calendar, schedules
from hotline.oncall.calendar import Shift
from hotline.oncall.model import CheckCall, Responder

UNANSWERED = "check_in_unanswered"
"""The alarm's reason."""
TRIES = 2
# A call that has not ended after this long is over: its end was not told.
CALL_S = RING_S + PRESS_S


class Next(Enum):
    """What is to be done about a shift: nothing, ring, or raise the alarm."""

    NOTHING = auto()
    RING = auto()
    ALARM = auto()


def look(runtime: Runtime) -> list[str]:
    """Ring whose shift begins within HOTLINE_CHECK_IN_S, raise the alarm for who has not pressed 1
    in two calls. Gives the handles of those rung now."""
    now = runtime.clock()
    with runtime.database.transaction() as session:
        watch.one_at_a_time(session)
        checks = list(_due(runtime, session, now))
    for check in checks:
        drill.ring(runtime, check)
    return [check.handle for check in checks]


def decide(calls: Sequence[CheckCall], now: datetime) -> Next:
    """What follows from the calls for one shift, oldest first."""
    if any(call.confirmed_at is not None for call in calls):
        return Next.NOTHING
    if any(call.ended_at is None and call.placed_at > _before(now, CALL_S) for call in calls):
        return Next.NOTHING
    return Next.RING if len(calls) < TRIES else Next.ALARM


def _due(runtime: Runtime, session: Session, now: datetime) -> list[Check]:
    ahead_s = runtime.settings.check_in_s
    busy = SqlBooks(session, runtime.vault).busy("", now)
    checks: dict[str, Check] = {}
    for shift in _shifts(session, now, ahead_s):
        responder = _responder(session, shift.person)
        if responder is None or shift.person in busy or shift.person in checks:
            continue  # on a call of the hotline: they are there
        calls = _calls(session, responder, _before(shift.start, ahead_s))
        for call in calls:
            if call.placed_at <= _before(now, CALL_S):
                drill.ended(session, call, now)
        match decide(calls, now):
            case Next.RING:
                checks[shift.person] = drill.begun(runtime, session, responder, CHECK_IN, now)
            case Next.ALARM:
                _raise(session, calls[-1].placed_at, now)
    for check in checks.values():
        audit.record(session, now, watch.AUDITOR, "oncall.check_in", f"check:{check.id}")
    return list(checks.values())


def _shifts(session: Session, now: datetime, ahead_s: float) -> list[Shift]:
    """Shifts that begin soon, and those that began while they could still be rung for them."""
    since = _before(now, TRIES * CALL_S)
    until = now + timedelta(seconds=ahead_s)
    found = schedules.read_all(session, since).values()
    begin = [shift for s in found for shift in calendar.handoffs(s, since, until)]
    return sorted(begin, key=lambda shift: (shift.start, shift.person))


def _responder(session: Session, handle: str) -> Responder | None:
    return session.scalar(select(Responder).where(Responder.handle == handle, Responder.active))


def _calls(session: Session, responder: Responder, since: datetime) -> list[CheckCall]:
    query = select(CheckCall).where(CheckCall.responder_id == responder.id)
    query = query.where(CheckCall.purpose == CHECK_IN, CheckCall.placed_at >= since)
    return list(session.scalars(query.order_by(CheckCall.placed_at, CheckCall.id)))


def _raise(session: Session, since: datetime, now: datetime) -> None:
    if not watch.alarmed(session, None, (UNANSWERED,), since):
        watch.raise_alarm(session, None, UNANSWERED, now)


def _before(moment: datetime, seconds: float) -> datetime:
    return moment - timedelta(seconds=seconds)
